"""Measure, and print the tables of `docs/benchmarks.md`."""

import argparse
import platform
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from importlib.metadata import version

from benchmarks.figures import Block, ratio, spread
from benchmarks.logins import Logins, measure_logins
from benchmarks.page_view import PageView
from benchmarks.rounds import Subject, measure
from benchmarks.server import Server
from benchmarks.setting import environ, signed_in
from benchmarks.stores import KINDS, new_store
from benchmarks.table import table
from trivet.sandbox import Sandbox

BASELINE = "bare page"
TARGETS = {"public page": 1.0, "signed-in page": 1.35, "token page": 1.5}  # times the CPU of the bare page
TARGET_CALLS = 2
TARGET_COOKIE_BYTES = 100


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmarks that the command line asks for."""
    options = _options(arguments)
    print(_circumstances(options))
    with ExitStack() as stack:
        sandbox = stack.enter_context(Sandbox())
        store = stack.enter_context(new_store(options.store))
        worker = ("--worker-class", options.worker, "--threads", "1" if options.worker == "sync" else "4")
        bare, keyless, portal = (
            stack.enter_context(Server(f"benchmarks.{name}", *worker))
            for name in ("bare:app", "bare:keyless", "portal:app")
        )
        bare.start({})
        keyless.start({})
        portal.start(environ(sandbox, portal, store))
        cookie_header = signed_in(sandbox, portal).cookie_header
        pages = {
            BASELINE: (bare, "/page"),
            "bare page, no secret key": (keyless, "/page"),
            "public page": (portal, "/public"),
            "signed-in page": (portal, "/signed-in"),
            "token page": (portal, "/token"),
            "client page": (portal, "/client"),
        }
        subjects = {
            name: Subject(PageView(server.port, path, cookie_header=cookie_header).look, server.cpu_seconds)
            for name, (server, path) in pages.items()
        }
        print(_pages_table(measure(subjects, rounds=options.rounds, requests=options.requests)))
        print()
        print(_logins_table(measure_logins(sandbox, portal, options.logins), _portal_cookies(cookie_header)))


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--store", choices=KINDS, default="sqlite", help="where sessions live")
    parser.add_argument("--worker", choices=("sync", "gthread"), default="sync", help="gunicorn's kind of worker")
    parser.add_argument("--rounds", type=int, default=150, help="how often each page has its turn")
    parser.add_argument("--requests", type=int, default=20, help="requests per turn")
    parser.add_argument("--logins", type=int, default=100, help="sign-ins, one after another")
    return parser.parse_args(arguments)


def _circumstances(options: argparse.Namespace) -> str:
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, gunicorn {version('gunicorn')} with one "
        f"{options.worker} worker, {options.store}, {options.rounds} rounds of {options.requests} requests per page\n"
    )


def _pages_table(blocks: Mapping[str, Sequence[Block]]) -> str:
    header = ("page", "CPU µs per request", "least", "most", "× bare page", "target", "requests/s")
    rows = []
    for name, measured in blocks.items():
        cpu = spread([block.cpu_microseconds for block in measured])
        target = f"{TARGETS[name]:.2f}" if name in TARGETS else ""
        rows.append(
            (
                name,
                f"{cpu.median:.0f}",
                f"{cpu.least:.0f}",
                f"{cpu.most:.0f}",
                f"{ratio(measured, blocks[BASELINE]):.2f}",
                target,
                f"{spread([block.per_second for block in measured]).median:.0f}",
            )
        )
    return table(header, rows)


def _logins_table(logins: Logins, cookies: str) -> str:
    calls = ", ".join(f"{count / logins.number:g} {path}" for path, count in sorted(logins.calls.items()))
    rows = [
        ("logins per second", f"{logins.number / logins.wall_seconds:.0f}", ""),
        ("CPU of the portal per login, ms", f"{logins.cpu_seconds / logins.number * 1e3:.1f}", ""),
        ("provider calls per login", f"{logins.calls_each:g}", f"{TARGET_CALLS}"),
        ("cookie bytes per page view", f"{len(cookies)}", f"< {TARGET_COOKIE_BYTES}"),
    ]
    return f"{table(('sign-in', 'figure', 'target'), rows)}\n\nCalls per login: {calls}"


def _portal_cookies(cookie_header: str) -> str:
    """Return the header's part that the portal set; that of the sandbox would go to Globus, on another host."""
    return "; ".join(cookie for cookie in cookie_header.split("; ") if not cookie.startswith("sandbox-"))


if __name__ == "__main__":
    main()
