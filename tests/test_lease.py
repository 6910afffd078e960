"""Leases, and their renewal."""

import threading
import time

import pytest

from trivet.errors import StoreUnavailable
from trivet.lease import Leases
from trivet.store.memory import MemoryStore


class Watched(MemoryStore):
    """A store that tells when a lease was taken, and is out of order when told to be."""

    def __init__(self) -> None:
        super().__init__()
        self.taken = threading.Semaphore(0)
        self.out_of_order = False

    def take_lease(self, key: str, holder: str, *, now: int, until: int) -> bool:
        self.taken.release()
        if self.out_of_order:
            raise StoreUnavailable("It does not answer.")
        return super().take_lease(key, holder, now=now, until=until)


@pytest.fixture
def store() -> Watched:
    return Watched()


def test_one_at_a_time(store: Watched) -> None:
    """Within the block the lease is ours and nobody else's; after it, whatever happened, it is free."""
    leases = Leases(store, seconds=30, clock=time.time)

    def work() -> None:
        with leases.taken("work") as ours, leases.taken("work") as theirs, leases.taken("other work") as other:
            assert (ours, theirs, other) == (True, False, True)
            raise ZeroDivisionError

    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            work()


def test_a_lease_outlasts_its_term_while_the_work_goes_on(store: Watched) -> None:
    """Work that takes longer than the term keeps its lease: it is renewed, also after the store was out of order."""
    now = [1000.0]
    leases = Leases(store, seconds=1, clock=lambda: now[0])
    with leases.taken("work"):
        for out_of_order in (False, True, False, False):
            store.out_of_order = out_of_order
            now[0] += 0.5
            while store.taken.acquire(blocking=False):
                pass
            assert store.taken.acquire(timeout=30)  # a renewal begins
            assert store.taken.acquire(timeout=30)  # so the one before is over
        with leases.taken("work") as theirs:
            assert not theirs
    with leases.taken("work") as ours:
        assert ours


def test_a_dead_holder_is_in_nobodys_way_for_longer_than_the_term(store: Watched) -> None:
    """A lease that nobody renews any more is free when its term is over, and not a second before."""
    now = 1000
    store.take_lease("work", "a worker that died", now=now, until=now + 8)
    for seconds, free in ((7, False), (8, True)):
        with Leases(store, seconds=8, clock=lambda seconds=seconds: now + seconds).taken("work") as ours:
            assert ours is free
