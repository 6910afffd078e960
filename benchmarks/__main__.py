"""Measure, and print the tables of `docs/benchmarks.md`."""

import argparse
import platform
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version

from benchmarks import many_sessions
from benchmarks.contention import measure_contention
from benchmarks.imports import measure_imports
from benchmarks.logins import measure_logins
from benchmarks.pages import measure_pages
from benchmarks.report import (
    contention_table,
    imports_table,
    logins_table,
    pages_table,
    sandboxes_table,
    slow_globus_table,
)
from benchmarks.sandboxes import measure_sandboxes
from benchmarks.setting import running_portal
from benchmarks.slow_globus import measure_slow_globus
from benchmarks.stores import KINDS, new_store
from trivet.sandbox import Sandbox

WORKERS = {"sync": ("--worker-class", "sync"), "gthread": ("--worker-class", "gthread", "--threads", "4")}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmarks that the command line asks for."""
    options = _options(arguments)
    print(f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, gunicorn {version('gunicorn')}")
    for part in options.parts or PARTS:
        PARTS[part](options)


def _pages(options: argparse.Namespace) -> None:
    for store in options.store or KINDS:
        _say(
            f"{store}, one {options.worker} worker; {options.starts} starts, {options.rounds} rounds each, "
            f"{options.requests} requests per page and round"
        )
        gunicorn = WORKERS[options.worker]
        with Sandbox() as sandbox, new_store(store) as url:
            measured = measure_pages(
                sandbox, url, gunicorn=gunicorn, starts=options.starts, rounds=options.rounds, requests=options.requests
            )
            _say(pages_table(measured, store))
            with running_portal(sandbox, url, *gunicorn) as portal:
                _say(logins_table(measure_logins(sandbox, portal, options.logins)))


def _contention(options: argparse.Namespace) -> None:
    measured = {store: measure_contention(store, rounds=options.contention_rounds) for store in options.store or KINDS}
    _say(contention_table(measured))


def _slow_globus(options: argparse.Namespace) -> None:
    for store in options.store or KINDS:
        _say(f"{store}, 2 workers of 4 threads, 12 requests that want a token")
        _say(slow_globus_table(measure_slow_globus(store)))


def _many_sessions(options: argparse.Namespace) -> None:
    for store in options.store or KINDS:
        if store in many_sessions.KINDS:  # those that several machines share
            many_sessions.main(["--store", store])


def _imports(options: argparse.Namespace) -> None:
    _say(imports_table(measure_imports(options.imports)))


def _sandboxes(options: argparse.Namespace) -> None:
    _say(sandboxes_table(measure_sandboxes(starts=options.cold_starts, requests=options.tokens)))


PARTS: dict[str, Callable[[argparse.Namespace], None]] = {
    "pages": _pages,
    "contention": _contention,
    "slow-globus": _slow_globus,
    "many-sessions": _many_sessions,
    "imports": _imports,
    "sandboxes": _sandboxes,
}


def _say(text: str) -> None:
    print(f"\n{text}", flush=True)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="part", help=f"of {', '.join(PARTS)}; all when left out")
    parser.add_argument("--store", choices=KINDS, action="append", help="where sessions live; each in turn if left out")
    parser.add_argument("--worker", choices=tuple(WORKERS), default="sync", help="gunicorn's kind of worker")
    parser.add_argument("--starts", type=int, default=8, help="how often all applications are started anew")
    parser.add_argument("--rounds", type=int, default=30, help="how often each page has its turn, per start")
    parser.add_argument("--requests", type=int, default=20, help="requests per turn")
    parser.add_argument("--logins", type=int, default=100, help="sign-ins, one after another")
    parser.add_argument("--contention-rounds", type=int, default=20, help="how often one token expires for everybody")
    parser.add_argument("--imports", type=int, default=15, help="fresh interpreters per import")
    parser.add_argument("--cold-starts", type=int, default=10, help="starts of the sandbox, and of fauxbus")
    parser.add_argument("--tokens", type=int, default=100_000, help="tokens asked of the sandbox over one connection")
    options = parser.parse_args(arguments)
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"there is no part called {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    return options


if __name__ == "__main__":
    main()
