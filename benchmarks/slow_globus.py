"""
What a slow Globus does to pages that need nothing from it.

Public pages are asked for at a steady pace, whatever becomes of those before, as many visitors together would; each is
timed from the moment it was due. Meanwhile several requests of one session want a token whose refresh takes long.
Rounds with a Globus that is well and rounds with a slow one take turns, so that a noisy machine disturbs both alike.
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
PACE_SECONDS = 0.01
ROUNDS = 4
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
    well, slow = list[float](), list[float]()
    with portal_on(store, *WORKERS) as portal:
        _public_pages(portal)  # the first ones find workers that have done nothing yet
        for _ in range(ROUNDS):
            well += _public_pages(portal)
            slow += _during_a_slow_refresh(portal)
    with portal_on(store, *WORKERS, GLOBUS_WAITING_REQUESTS=UNBOUNDED) as portal:
        _public_pages(portal)
        unbounded = _during_a_slow_refresh(portal)
    return {
        "Globus is well": _latencies(well),
        "a refresh takes 5 s": _latencies(slow),
        "the same, if all could wait": _latencies(unbounded),
    }


def _during_a_slow_refresh(portal: Portal) -> list[float]:
    portal.sandbox.fail(TOKEN, status=None, latency=REFRESH_SECONDS, times=1)
    portal.expire()
    with ThreadPoolExecutor(REQUESTS) as pool:
        for _ in range(REQUESTS):
            pool.submit(portal.look)
        return _public_pages(portal)


def _public_pages(portal: Portal) -> list[float]:
    """Ask for public pages as long as a slow refresh takes, and return how long each took; milliseconds."""
    start, number = time.perf_counter(), int(REFRESH_SECONDS / PACE_SECONDS)

    def look(position: int) -> float:
        due = start + position * PACE_SECONDS
        time.sleep(max(0.0, due - time.perf_counter()))
        status = Browser().open(f"{portal.server.url}/public").status
        assert status == 200
        return (time.perf_counter() - due) * 1e3

    with ThreadPoolExecutor(VISITORS) as visitors:
        return list(visitors.map(look, range(number)))


def _latencies(milliseconds: Sequence[float]) -> Latencies:
    cuts = quantiles(milliseconds, n=100)
    return Latencies(cuts[49], cuts[98], max(milliseconds))
