"""Work in the background."""

import os
import threading
from concurrent.futures import wait

import pytest

from trivet.background import Background
from trivet.errors import GlobusUnavailable


def test_who_asks_for_what_is_under_way_joins_in() -> None:
    """The same key is worked on once at a time; all who asked get what comes of it, and the next one new work."""
    background: Background[int] = Background()
    go_on, begun = threading.Event(), []

    def work() -> int:
        begun.append(len(begun))
        go_on.wait()
        return begun[-1]

    futures = [background.run("a", work) for _ in range(5)]
    go_on.set()
    assert [future.result() for future in futures] == [0] * 5
    assert background.run("a", work).result() == 1
    background.close()


def test_keys_are_worked_on_side_by_side() -> None:
    """One piece of work that takes long holds up no other."""
    background: Background[str] = Background()
    go_on = threading.Event()
    slow = background.run("slow", lambda: "slow" if go_on.wait() else "")
    assert background.run("quick", lambda: "quick").result() == "quick"
    assert not slow.done()
    go_on.set()
    background.close()
    assert slow.done()


def test_what_goes_wrong_is_for_those_who_wait(caplog: pytest.LogCaptureFixture) -> None:
    """An error reaches everybody who waits, and the key is free again; a mistake of ours is in the log besides."""
    background: Background[int] = Background()

    def fail(error: Exception) -> int:
        raise error

    for error, logged in ((GlobusUnavailable("It gives no answer."), False), (ZeroDivisionError("ours"), True)):
        caplog.clear()
        future = background.run("a", lambda error=error: fail(error))
        with pytest.raises(type(error)):
            future.result()
        assert ("work in the background failed" in caplog.text) is logged
    assert background.run("a", lambda: 1).result() == 1
    background.close()


def test_after_closing_it_works_again() -> None:
    """Closing waits for what is under way, and is no end: tests close what others still use."""
    background: Background[int] = Background()
    background.close()
    future = background.run("a", lambda: 1)
    background.close()
    background.close()
    assert future.done()
    assert background.run("a", lambda: 2).result() == 2
    background.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore:This process.*is multi-threaded:DeprecationWarning")
def test_a_forked_process_has_threads_of_its_own() -> None:
    """What the parent has under way is not the child's; work there begins and ends as if nothing had been before."""
    background: Background[int] = Background()
    go_on = threading.Event()
    future = background.run("a", lambda: 1 if go_on.wait() else 0)
    child = os.fork()
    if child == 0:
        done, _ = wait([background.run("a", lambda: 2)], timeout=30)
        os._exit(0 if done else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    go_on.set()
    assert future.result() == 1
    background.close()
