"""Waiting for Globus, not too many at once."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from trivet.errors import GlobusUnavailable
from trivet.waiting_room import WaitingRoom


def test_what_is_done_needs_no_seat() -> None:
    """A result that is there is returned, and an error raised, though every seat is taken."""
    room, slow = WaitingRoom(seats=1, patience_seconds=60), Future[str]()
    done, failed = Future[str](), Future[str]()
    done.set_result("token")
    failed.set_exception(ZeroDivisionError())
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(room.result, slow)
        assert room.result(done) == "token"
        with pytest.raises(ZeroDivisionError):
            room.result(failed)
        slow.set_result("late token")
        assert waiting.result() == "late token"


def test_only_so_many_wait() -> None:
    """Those with a seat get the result, however late; the others are told at once that it takes long."""
    room, slow, told = WaitingRoom(seats=2, patience_seconds=60), Future[str](), threading.Semaphore(0)

    def wait() -> str:
        try:
            return room.result(slow)
        except GlobusUnavailable:
            told.release()
            return "told"

    with ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(wait) for _ in range(8)]
        for _ in range(6):
            assert told.acquire(timeout=30)
        slow.set_result("token")
    assert sorted(each.result() for each in waiting) == ["token"] * 2 + ["told"] * 6


def test_a_seat_is_free_again() -> None:
    """Whoever has waited in vain leaves the seat to the next one."""
    room = WaitingRoom(seats=1, patience_seconds=0.01)
    for _ in range(3):
        with pytest.raises(GlobusUnavailable):
            room.result(Future[str]())
    quick = Future[str]()
    threading.Timer(0, quick.set_result, ["token"]).start()
    patient = WaitingRoom(seats=1, patience_seconds=60)
    assert patient.result(quick) == "token"
