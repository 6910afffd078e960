"""Refresh under contention: one expired token, and many requests at many workers that all want the new one."""

import time
from dataclasses import dataclass
from statistics import median

from benchmarks.expiry import TOKEN, Portal, portal_on

THREADS = 16
WORKERS = ("--workers", "4", "--worker-class", "gthread", "--threads", str(THREADS))
REQUESTS = 4 * THREADS
LATENCY_SECONDS = 0.3


@dataclass(frozen=True, slots=True)
class Contention:
    """Of some rounds: refreshes made in the worst one, requests that failed in all, and how long a round took."""

    refreshes: int
    failures: int
    seconds: float


def measure_contention(store: str, *, rounds: int) -> Contention:
    """Let the token expire and everybody ask for it, that many times."""
    with portal_on(store, *WORKERS, GLOBUS_WAITING_REQUESTS=THREADS) as portal:
        portal.sandbox.fail(TOKEN, status=None, latency=LATENCY_SECONDS, times=None)
        measured = [_round(portal) for _ in range(rounds)]
    return Contention(
        refreshes=max(each.refreshes for each in measured),
        failures=sum(each.failures for each in measured),
        seconds=median(each.seconds for each in measured),
    )


def _round(portal: Portal) -> Contention:
    portal.expire()
    before, begun = portal.refreshes(), time.perf_counter()
    seen = portal.look_together(REQUESTS)
    seconds = time.perf_counter() - begun
    return Contention(portal.refreshes() - before, sum(each.status != 200 for each in seen), seconds)
