"""
The waiting room: how many requests may wait for Globus at once, and for how long.

A worker has few threads. If every request that needs a slow Globus held one for as long as it takes, the pages that
need nothing from Globus would have none left. So only some may wait, and the others say that Globus is slow.
"""

import threading
from concurrent.futures import Future, wait
from typing import TypeVar

from trivet.errors import SLOW_ANSWER, GlobusUnavailable

T = TypeVar("T")


class WaitingRoom:
    """
    One process's waiting room.

    Args:
        seats: how many may wait.
        patience_seconds: how long each waits, at most.
    """

    def __init__(self, *, seats: int, patience_seconds: float) -> None:
        self._seats = threading.BoundedSemaphore(seats)
        self._patience_seconds = patience_seconds

    def result(self, future: "Future[T]") -> T:
        """
        Return what comes of *future*, or raise what it raises.

        Raises:
            GlobusUnavailable: that takes too long, or too many are waiting.
        """
        if not future.done() and self._seats.acquire(blocking=False):
            try:
                wait([future], timeout=self._patience_seconds)
            finally:
                self._seats.release()
        if not future.done():
            raise GlobusUnavailable(SLOW_ANSWER, hint="Try again in a moment.")
        return future.result()
