"""
What a slow Globus does to pages that need nothing from it.

Public pages are asked for at a steady pace, whatever becomes of those before, as many visitors together would; each is
timed from the moment it was due. Meanwhile several requests of one session want a token whose refresh takes long.
"""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from statistics import quantiles

from benchmarks.browser import Browser
from benchmarks.expiry import TOKEN, Portal, portal_on

WORKERS = ("--workers", "2", "--worker-class", "gthread", "--threads", "4")
REQUESTS = 12
REFRESH_SECONDS = 5
PACE_SECONDS = 0.02
VISITORS = 16  # at once, at most; the pace is kept as long as fewer than that are waiting
UNBOUNDED = 1000  # more than there are threads


@dataclass(frozen=True, slots=True)
class Latencies:
    """Of public pages, in milliseconds."""

    median: float
    p99: float
    most: float


def measure_slow_globus(store: str) -> dict[str, Latencies]:
    """Return how long public pages take: as a rule, during a slow refresh, and during one that all may wait for."""
    with portal_on(store, *WORKERS) as portal:
        measured = {"Globus is well": _public_pages(portal), "a refresh takes 5 s": _during_a_slow_refresh(portal)}
    with portal_on(store, *WORKERS, GLOBUS_WAITING_REQUESTS=UNBOUNDED) as portal:
        return measured | {"the same, if all could wait": _during_a_slow_refresh(portal)}


def _during_a_slow_refresh(portal: Portal) -> Latencies:
    portal.sandbox.fail(TOKEN, status=None, latency=REFRESH_SECONDS, times=None)
    portal.expire()
    with ThreadPoolExecutor(REQUESTS) as pool:
        for _ in range(REQUESTS):
            pool.submit(portal.look)
        return _public_pages(portal)


def _public_pages(portal: Portal) -> Latencies:
    start, number = time.perf_counter(), int(REFRESH_SECONDS / PACE_SECONDS)

    def look(position: int) -> float:
        due = start + position * PACE_SECONDS
        time.sleep(max(0.0, due - time.perf_counter()))
        status = Browser().open(f"{portal.server.url}/public").status
        assert status == 200
        return (time.perf_counter() - due) * 1e3

    with ThreadPoolExecutor(VISITORS) as visitors:
        return _latencies(list(visitors.map(look, range(number))))


def _latencies(milliseconds: Sequence[float]) -> Latencies:
    cuts = quantiles(milliseconds, n=100)
    return Latencies(cuts[49], cuts[98], max(milliseconds))
