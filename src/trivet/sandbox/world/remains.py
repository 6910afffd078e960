"""What a reset has forgotten, until its memory is free: that of a full world takes longer than a reset may.

So it is taken apart little by little, by the requests that come afterwards. Nothing finds anything in it meanwhile.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

Held = dict[Any, Any] | deque[Any]
"""What used to hold things, and is nobody's any more."""

AT_ONCE = 20
"""Things that one request frees. It adds fewer, so that what remains comes to an end however often there is a reset."""


class Remains:
    """What is still to be freed."""

    def __init__(self) -> None:
        self._held: deque[Held] = deque()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        with self._lock:
            return sum(len(each) for each in self._held)

    def add(self, held: Iterable[Held]) -> None:
        """Take over what held things that are forgotten now."""
        with self._lock:
            self._held.extend(held)

    def take_apart(self) -> None:
        """Free the next of it."""
        if not self._held:  # as nearly always, and then without a lock
            return
        with self._lock:
            for _ in range(AT_ONCE):
                self._free_one()

    def _free_one(self) -> None:
        while self._held and not self._held[0]:
            self._held.popleft()
        if self._held:
            held = self._held[0]
            held.popitem() if isinstance(held, dict) else held.pop()
