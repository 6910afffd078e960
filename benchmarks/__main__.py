"""Measure, and print the tables of `docs/benchmarks.md`."""

import argparse
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version

from benchmarks.imports import measure_imports
from benchmarks.logins import measure_logins
from benchmarks.pages import measure_pages
from benchmarks.report import imports_table, logins_table, pages_table, sandboxes_table
from benchmarks.sandboxes import measure_sandboxes
from benchmarks.setting import running_portal
from benchmarks.stores import KINDS, new_store
from trivet.sandbox import Sandbox

WORKERS = {"sync": ("--worker-class", "sync"), "gthread": ("--worker-class", "gthread", "--threads", "4")}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmarks that the command line asks for."""
    options = _options(arguments)
    print(_circumstances(options), flush=True)
    gunicorn = WORKERS[options.worker]
    with Sandbox() as sandbox, new_store(options.store) as store:
        measured = measure_pages(
            sandbox, store, gunicorn=gunicorn, starts=options.starts, rounds=options.rounds, requests=options.requests
        )
        print(f"\n{pages_table(measured)}", flush=True)
        with running_portal(sandbox, store, *gunicorn) as portal:
            print(f"\n{logins_table(measure_logins(sandbox, portal, options.logins))}", flush=True)
    print(f"\n{imports_table(measure_imports(options.imports))}", flush=True)
    sandboxes = measure_sandboxes(starts=options.cold_starts, requests=options.tokens)
    print(f"\n{sandboxes_table(sandboxes)}")


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--store", choices=KINDS, default="sqlite", help="where sessions live")
    parser.add_argument("--worker", choices=tuple(WORKERS), default="sync", help="gunicorn's kind of worker")
    parser.add_argument("--starts", type=int, default=8, help="how often all applications are started anew")
    parser.add_argument("--rounds", type=int, default=30, help="how often each page has its turn, per start")
    parser.add_argument("--requests", type=int, default=20, help="requests per turn")
    parser.add_argument("--logins", type=int, default=100, help="sign-ins, one after another")
    parser.add_argument("--imports", type=int, default=15, help="fresh interpreters per import")
    parser.add_argument("--cold-starts", type=int, default=10, help="starts of the sandbox, and of fauxbus")
    parser.add_argument("--tokens", type=int, default=100_000, help="tokens asked of the sandbox over one connection")
    return parser.parse_args(arguments)


def _circumstances(options: argparse.Namespace) -> str:
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, gunicorn {version('gunicorn')} with one "
        f"{options.worker} worker, {options.store};\n"
        f"{options.starts} starts, {options.rounds} rounds each, {options.requests} requests per page and round"
    )


if __name__ == "__main__":
    main()
