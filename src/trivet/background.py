"""
Background: work that goes on while the request that asked for it is answered, or waits for it with others.

One piece of work per key: who asks for what is under way already joins in. The threads belong to one process, come to
be when they are needed, and end with it.
"""

import logging
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Generic, TypeVar

from trivet.errors import TrivetError

THREADS = 8  # of one process; what comes on top waits its turn

T = TypeVar("T")

_log = logging.getLogger(__name__)


class Background(Generic[T]):
    """Runs work on threads of this process."""

    def __init__(self) -> None:
        # By process id: after a fork the parent's threads are not there, and its lock may be held for ever.
        self._processes: dict[int, _Process[T]] = {}

    def run(self, key: str, work: Callable[[], T]) -> "Future[T]":
        """Begin *work*, unless work under that *key* is under way; return what will come of it, either way."""
        return self._processes.setdefault(os.getpid(), _Process()).run(key, work)

    def close(self) -> None:
        """Wait for what is under way. Whoever asks afterwards gets new threads."""
        process = self._processes.pop(os.getpid(), None)
        if process:
            process.threads.shutdown()


class _Process(Generic[T]):
    def __init__(self) -> None:
        self.threads = ThreadPoolExecutor(THREADS, thread_name_prefix="trivet-background")  # none before the first work
        self._lock = threading.Lock()
        self._under_way: dict[str, Future[T]] = {}

    def run(self, key: str, work: Callable[[], T]) -> "Future[T]":
        with self._lock:
            future = self._under_way.get(key)
            if future is None:
                future = self._under_way[key] = Future()
                self.threads.submit(self._do, key, future, work)
            return future

    def _do(self, key: str, future: "Future[T]", work: Callable[[], T]) -> None:
        try:
            settle = partial(future.set_result, work())
        except BaseException as error:  # noqa: BLE001 - handed to those who wait
            if not isinstance(error, TrivetError):  # perhaps nobody waits, and this is a mistake of ours
                _log.exception("work in the background failed")
            settle = partial(future.set_exception, error)
        with self._lock:
            del self._under_way[key]  # before anybody hears of it: who asks again after that gets new work
        settle()
