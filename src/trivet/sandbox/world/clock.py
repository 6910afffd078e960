"""The sandbox's clock: it follows the real one at a distance, or stands still."""

from __future__ import annotations

import math
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_AHEAD_SECONDS = 100 * 365 * 86_400
"""How far ahead of the real clock it may be: expiry dates must still be dates."""


class ClockError(ValueError):
    """There is no such time, or the clock does not go there."""


class Clock:
    """Epoch seconds. *source* is the real clock; ``now`` never goes backwards, except by ``reset``."""

    def __init__(self, source: Callable[[], float]) -> None:
        self._source = source
        self._lock = threading.Lock()
        self._ahead = 0.0
        self._stands_at: float | None = None

    def now(self) -> float:
        stands_at = self._stands_at
        return self._source() + self._ahead if stands_at is None else stands_at

    @property
    def frozen(self) -> bool:
        return self._stands_at is not None

    @property
    def ahead(self) -> float:
        """How many seconds it is ahead of the real clock; less than 0 after it has stood still."""
        stands_at = self._stands_at
        return self._ahead if stands_at is None else stands_at - self._source()

    def advance(self, seconds: float) -> None:
        """Move on by *seconds*; a clock that stands still does too, and stands still there.

        Raises:
            ClockError: backwards, or more than ``MAX_AHEAD_SECONDS`` ahead in all.
        """
        if not seconds >= 0:
            raise ClockError("The clock goes forward only.")
        with self._lock:
            self._set(self.now() + seconds)

    def advance_to(self, moment: float) -> None:
        """Move on to *moment*, epoch seconds; stay if it has passed.

        Raises:
            ClockError: it is more than ``MAX_AHEAD_SECONDS`` ahead.
        """
        with self._lock:
            self._set(max(moment, self.now()))

    def _set(self, moment: float) -> None:
        source = self._source()
        if moment - source > MAX_AHEAD_SECONDS:
            raise ClockError("The clock goes no further than 100 years ahead of the real one.")
        if self._stands_at is not None:
            self._stands_at = moment
            return
        ahead = moment - source
        while source + ahead < moment:  # rounding must not leave us just short of what we were sent to
            ahead = math.nextafter(ahead, math.inf)
        self._ahead = ahead

    def freeze(self) -> None:
        """Stand still. Only ``advance`` moves the clock now."""
        with self._lock:
            self._stands_at = self.now()

    def unfreeze(self) -> None:
        """Go on from where it stands."""
        with self._lock:
            if self._stands_at is not None:
                self._ahead = self._stands_at - self._source()
                self._stands_at = None

    def reset(self) -> None:
        """Be in step with the real clock again."""
        with self._lock:
            self._ahead, self._stands_at = 0.0, None
