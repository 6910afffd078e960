"""
What a million sessions change: a page view beside the same one with a thousand, bytes per session, and the purge.

    python -m benchmarks.many_sessions --store valkey
"""

import argparse
import multiprocessing
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from statistics import quantiles

from benchmarks.figures import Block, ratio, spread
from benchmarks.filling import fill, only_session, stored_bytes
from benchmarks.page_view import PageView
from benchmarks.rounds import Subject, measure
from benchmarks.server import Server
from benchmarks.setting import running_portal, signed_in
from benchmarks.stores import new_store
from benchmarks.table import table
from trivet.sandbox import Sandbox
from trivet.store import open_store
from trivet.sweeper import BATCH, RESTS

KINDS = ("valkey", "postgresql")
TARGET_RATIO = 1.10
LASTS_SECONDS = 7 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Looks:
    """How long each of some page views took, and the worker's CPU for all of them; seconds."""

    took: list[float]
    cpu_seconds: float


@dataclass(frozen=True, slots=True)
class Purge:
    """What ending the expired took, seconds of each call; and page views before and meanwhile."""

    calls: list[float]
    before: Looks
    meanwhile: Looks


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print two tables."""
    options = _options(arguments)
    now = int(time.time())
    with (
        Sandbox() as sandbox,
        new_store(options.store) as few_url,
        new_store(options.store) as many_url,
        running_portal(sandbox, few_url) as few,
        running_portal(sandbox, many_url) as many,
    ):
        pages = {portal: _signed_in_page(sandbox, portal) for portal in (few, many)}
        empty = stored_bytes(many_url)
        fill(few_url, only_session(few_url), range(options.few), ends_at=now + LASTS_SECONDS)
        template = only_session(many_url)
        fill(many_url, template, range(options.many), ends_at=now + LASTS_SECONDS)
        size = (stored_bytes(many_url) - empty) / options.many
        subjects = {f"{number:,}": pages[portal] for number, portal in ((options.few, few), (options.many, many))}
        measured = measure(subjects, rounds=options.rounds, requests=options.requests)
        print(f"\n{options.store}, {size:.0f} bytes per session\n\n{_pages_table(measured)}", flush=True)
        fill(many_url, template, range(options.many, options.many + options.expired), ends_at=now - 1)
        print(f"\n{_purge_table(_purge_while_looking(many_url, now, pages[many], options.views))}")


def purge(url: str, now: int) -> list[float]:
    """End all expired sessions at the sweeper's pace, and return how long each call took; seconds."""
    store, took, ended = open_store(url), [], BATCH
    while ended == BATCH:
        began = time.perf_counter()
        ended = len(store.end_expired(now=now, limit=BATCH))
        took.append(time.perf_counter() - began)
        time.sleep(RESTS * took[-1])
    store.close()
    return took


def _signed_in_page(sandbox: Sandbox, portal: Server) -> Subject:
    cookie_header = signed_in(sandbox, portal).cookie_header
    return Subject(PageView(portal.port, "/signed-in", cookie_header=cookie_header).look, portal.cpu_seconds)


def _purge_while_looking(url: str, now: int, page: Subject, views: int) -> Purge:
    countdown = iter(range(views))
    before = _look_until(page, lambda: next(countdown, None) is None)
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        purging = pool.submit(purge, url, now)
        meanwhile = _look_until(page, purging.done)
        return Purge(purging.result(), before, meanwhile)


def _look_until(page: Subject, enough: Callable[[], bool]) -> Looks:
    took, cpu = [], page.cpu_seconds()
    while not enough():
        began = time.perf_counter()
        page.look()
        took.append(time.perf_counter() - began)
    return Looks(took, page.cpu_seconds() - cpu)


def _pages_table(measured: dict[str, list[Block]]) -> str:
    (few, few_blocks), (many, many_blocks) = measured.items()
    rows = [
        (sessions, f"{spread([block.cpu_microseconds for block in blocks]).median:.0f}", f"{times:.2f}", target)
        for sessions, blocks, times, target in (
            (few, few_blocks, 1.0, ""),
            (many, many_blocks, ratio(many_blocks, few_blocks), f"{TARGET_RATIO:.2f}"),
        )
    ]
    return table(("sessions", "CPU µs of a signed-in page", f"× with {few}", "target"), rows)


def _purge_table(found: Purge) -> str:
    rows = [
        (f"a call that ends {BATCH} expired sessions, of {len(found.calls):,}", *_milliseconds(found.calls), ""),
        *(
            (
                f"a signed-in page {when}, of {len(looks.took):,}",
                *_milliseconds(looks.took),
                f"{looks.cpu_seconds / len(looks.took) * 1e6:.0f}",
            )
            for when, looks in (("before", found.before), ("meanwhile", found.meanwhile))
        ),
    ]
    return table(("while sessions are purged", "median ms", "p99", "most", "CPU µs"), rows)


def _milliseconds(took: list[float]) -> list[str]:
    return [
        f"{1e3 * seconds:.1f}"
        for seconds in (spread(took).median, quantiles(took, n=100, method="inclusive")[98], max(took))
    ]


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.many_sessions", description=__doc__)
    parser.add_argument("--store", choices=KINDS, default="valkey", help="where sessions live")
    parser.add_argument("--few", type=int, default=1_000, help="sessions to compare with")
    parser.add_argument("--many", type=int, default=1_000_000, help="sessions")
    parser.add_argument("--expired", type=int, default=100_000, help="expired sessions, besides")
    parser.add_argument("--views", type=int, default=1_000, help="page views before the purge")
    parser.add_argument("--rounds", type=int, default=100, help="how often each page has its turn")
    parser.add_argument("--requests", type=int, default=20, help="requests per turn")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
