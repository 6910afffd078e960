"""The pages that are compared, and their measurement on freshly started workers."""

from contextlib import ExitStack

from benchmarks.figures import Block
from benchmarks.page_view import PageView
from benchmarks.rounds import Subject, measure
from benchmarks.server import Server
from benchmarks.setting import environ, signed_in
from trivet.sandbox import Sandbox

BASELINE = "bare page"

#: What each page is called, which application serves it, and where.
PAGES = {
    BASELINE: ("bare:app", "/page"),
    "bare page, no secret key": ("bare:keyless", "/page"),
    "public page": ("portal:app", "/public"),
    "signed-in page": ("portal:app", "/signed-in"),
    "token page": ("portal:app", "/token"),
    "client page": ("portal:app", "/client"),
}

Measured = dict[str, list[Block]]


def measure_pages(
    sandbox: Sandbox, store: str, *, gunicorn: tuple[str, ...], starts: int, rounds: int, requests: int
) -> Measured:
    """
    Measure all pages in *rounds* rounds of *requests* requests, and all that *starts* times.

    Where a process happens to lie in memory makes it several percent faster or slower for as long as it lives, so one
    start of each application would compare two accidents.
    """
    measured: Measured = {name: [] for name in PAGES}
    for _ in range(starts):
        for name, blocks in _one_start(sandbox, store, gunicorn, rounds, requests).items():
            measured[name] += blocks
    return measured


def _one_start(sandbox: Sandbox, store: str, gunicorn: tuple[str, ...], rounds: int, requests: int) -> Measured:
    with ExitStack() as stack:
        servers = {
            application: stack.enter_context(Server(f"benchmarks.{application}", *gunicorn))
            for application in sorted({application for application, _ in PAGES.values()})
        }
        portal = servers["portal:app"]
        for server in servers.values():
            server.start(environ(sandbox, server, store) if server is portal else {})
        # The same request for all of them: somebody signed in may well look at a page that does not care.
        cookie_header = signed_in(sandbox, portal).cookie_header
        subjects = {
            name: Subject(
                PageView(servers[application].port, path, cookie_header=cookie_header).look,
                servers[application].cpu_seconds,
            )
            for name, (application, path) in PAGES.items()
        }
        return measure(subjects, rounds=rounds, requests=requests)
