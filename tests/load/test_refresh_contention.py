"""One expired token, many workers: Globus is asked once, and whoever dies on the way is waited out."""

import hashlib
import os
import signal
from concurrent.futures import ThreadPoolExecutor

import pytest
from benchmarks.expiry import TOKEN, Portal, portal_on, token_shown

from trivet.core import LEASE_SECONDS

STORES = ("sqlite", "postgresql", "valkey")
TWO_BY_FOUR = ("--workers", "2", "--worker-class", "gthread", "--threads", "4")
FOUR_BY_SIXTEEN = ("--workers", "4", "--worker-class", "gthread", "--threads", "16")
THREADS = 16
REQUESTS = 4 * THREADS


def contend(portal: Portal, *, rounds: int) -> None:
    for _ in range(rounds):
        portal.expire()
        before = portal.refreshes()
        shown = {token_shown(seen) for seen in portal.look_together(REQUESTS)}
        assert portal.refreshes() - before == 1
        newest = portal.sandbox.tokens[-1]
        assert newest.active
        assert shown == {hashlib.sha256(newest.value.encode()).hexdigest()}
    assert portal.server.log == ""


def test_four_processes_of_sixteen_threads_refresh_once() -> None:
    """With one expired token and an answer after 300 ms, 64 requests make one refresh, and all get the new token."""
    with portal_on("postgresql", *FOUR_BY_SIXTEEN, GLOBUS_WAITING_REQUESTS=THREADS) as portal:
        portal.sandbox.fail(TOKEN, status=None, latency=0.3, times=None)
        contend(portal, rounds=1)


@pytest.mark.soak
@pytest.mark.parametrize("store", STORES)
def test_twenty_rounds_of_that(store: str) -> None:
    """The same holds round after round, on each store."""
    with portal_on(store, *FOUR_BY_SIXTEEN, GLOBUS_WAITING_REQUESTS=THREADS) as portal:
        portal.sandbox.fail(TOKEN, status=None, latency=0.3, times=None)
        contend(portal, rounds=20)


@pytest.mark.soak
@pytest.mark.parametrize("store", STORES)
def test_an_answer_that_takes_longer_than_the_lease(store: str) -> None:
    """A refresh that outlasts the lease's first term is still the only one, for the lease is renewed meanwhile."""
    with portal_on(
        store, *FOUR_BY_SIXTEEN, GLOBUS_WAITING_REQUESTS=THREADS, GLOBUS_HTTP_TIMEOUT_SECONDS=3 * LEASE_SECONDS
    ) as portal:
        portal.sandbox.fail(TOKEN, status=None, latency=LEASE_SECONDS + 4, times=None)
        contend(portal, rounds=1)


def kill_in_the_middle(portal: Portal) -> None:
    portal.expire()
    before = portal.refreshes()
    portal.sandbox.fail(TOKEN, status=None, latency=30, times=1)
    with ThreadPoolExecutor(1) as pool:
        cut_off = pool.submit(portal.look)
        portal.wait_for_refreshes(before + 1)
        for pid in portal.server.workers:
            os.kill(pid, signal.SIGKILL)
        assert isinstance(cut_off.exception(), OSError)
    assert token_shown(portal.look())
    assert portal.refreshes() - before == 2


def test_a_worker_that_is_killed_while_refreshing() -> None:
    """The next request waits until the dead worker's lease has run out, refreshes itself, and gets its page."""
    with portal_on("sqlite", *TWO_BY_FOUR) as portal:
        kill_in_the_middle(portal)


@pytest.mark.soak
@pytest.mark.parametrize("store", STORES)
def test_workers_that_are_killed_while_refreshing(store: str) -> None:
    """The same on each store, several times in a row: no session and no refresh token is lost."""
    with portal_on(store, *FOUR_BY_SIXTEEN) as portal:
        for _ in range(3):
            kill_in_the_middle(portal)


def test_other_pages_go_on_while_globus_is_slow() -> None:
    """On 2 workers of 4 threads, 12 requests that want a refreshed token leave threads for pages that want none."""
    with portal_on("sqlite", *TWO_BY_FOUR) as portal:
        portal.expire()
        portal.sandbox.fail(TOKEN, status=None, latency=5, times=None)
        with ThreadPoolExecutor(12) as pool:
            slow = [pool.submit(portal.look) for _ in range(12)]
            portal.wait_for_refreshes(1)
            for _ in range(20):
                assert portal.browser.open(f"{portal.server.url}/public").body == "for everybody"
            (refresh,) = [request for request in portal.sandbox.requests if request.path == TOKEN][1:]
            assert refresh.status is None  # under way all the time
        answers = [each.result().status for each in slow]
        assert set(answers) == {200, 503}
        assert answers.count(200) in {2, 3, 4}  # those who had a seat in one of the workers
        assert portal.refreshes() == 1
