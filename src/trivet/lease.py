"""
Leases: one at a time among all workers, for work that costs something to do twice.

A lease is kept by the store and runs out by itself, so a worker that dies with one is in nobody's way for long. While
the work goes on, its worker renews it, however long that takes.
"""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from trivet.errors import StoreUnavailable
from trivet.protocol import base64url
from trivet.store import Store


class Leases:
    """
    Takes leases and gives them back.

    Args:
        store: where they are kept.
        seconds: how long the others wait for one whose worker has died.
        clock: seconds since the epoch.
        random: source of random bytes.
    """

    def __init__(
        self, store: Store, *, seconds: int, clock: Callable[[], float], random: Callable[[int], bytes] = os.urandom
    ) -> None:
        self._store = store
        self._seconds = seconds
        self._clock = clock
        self._random = random

    @contextmanager
    def taken(self, key: str) -> Iterator[bool]:
        """Tell whether the lease is ours for the block that follows; after it, the lease is given back."""
        holder = base64url(self._random(12))
        if not self._take(key, holder):
            yield False
            return
        try:
            with self._renewed(key, holder):
                yield True
        finally:
            with suppress(StoreUnavailable):  # then it runs out
                self._store.drop_lease(key, holder)

    @contextmanager
    def _renewed(self, key: str, holder: str) -> Iterator[None]:
        done = threading.Event()

        def renew() -> None:
            while not done.wait(self._seconds / 3):  # twice in vain does no harm
                with suppress(StoreUnavailable):
                    self._take(key, holder)

        thread = threading.Thread(target=renew, name="trivet-lease", daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()  # or a late renewal would take again what has been given back

    def _take(self, key: str, holder: str) -> bool:
        now = int(self._clock())
        return self._store.take_lease(key, holder, now=now, until=now + self._seconds)
