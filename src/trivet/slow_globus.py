"""
A slow Globus: how many calls may be under way once one has been waited for in vain.

A call that runs into its time limit has held a thread for all that time. If every request found that out for itself,
they would hold all threads of a worker, and anybody can send requests that need Globus Auth. So for a while after one
has, only some may try, and the others are told at once. As soon as one is answered all may try again.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from globus_sdk import GlobusAPIError, GlobusTimeoutError

from trivet.errors import SLOW_ANSWER, GlobusUnavailable

SLOW_SECONDS = 30  # after a call in vain


class Entrance:
    """
    Where calls to one service begin.

    Args:
        seats: how many may be under way while the service is slow.
        clock: seconds since the epoch.
    """

    def __init__(self, *, seats: int, clock: Callable[[], float]) -> None:
        self._seats = threading.BoundedSemaphore(seats)
        self._clock = clock
        self._slow_until = 0.0

    @contextmanager
    def entered(self) -> Iterator[None]:
        """
        Make a call in the block that follows.

        Raises:
            GlobusUnavailable: the service is slow, and enough others are waiting for it.
        """
        if self._clock() >= self._slow_until:
            with self._watched():
                yield
        elif self._seats.acquire(blocking=False):
            try:
                with self._watched():
                    yield
            finally:
                self._seats.release()
        else:
            raise GlobusUnavailable(SLOW_ANSWER, hint="Try again in a moment.")

    @contextmanager
    def _watched(self) -> Iterator[None]:
        try:
            yield
        except GlobusTimeoutError:
            self._slow_until = self._clock() + SLOW_SECONDS
            raise
        except GlobusAPIError:  # an answer, if not the one that was hoped for
            self._slow_until = 0.0
            raise
        self._slow_until = 0.0
