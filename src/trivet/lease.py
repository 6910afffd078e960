"""
Leases: one at a time among all workers, for work that costs something to do twice.

A lease is kept by the store and runs out by itself, so a worker that dies with one is in nobody's way for long.
"""

import os
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
        seconds: how long one lasts at most; longer than the work takes.
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
        holder, now = base64url(self._random(12)), int(self._clock())
        ours = self._store.take_lease(key, holder, now=now, until=now + self._seconds)
        try:
            yield ours
        finally:
            if ours:
                with suppress(StoreUnavailable):  # then it runs out
                    self._store.drop_lease(key, holder)
