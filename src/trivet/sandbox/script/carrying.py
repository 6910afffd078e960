"""What a test has asked of those who carry files: wait here, go slowly, fail at this file, keep away from a collection.

Paths are matched as they are seen in the collection they are in, from its root: ``/run1/a.csv``, or a pattern such as
``*.csv``. ``changed`` is notified whenever somebody who waits should look again.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Literal, Self

from trivet.sandbox.script.in_force import InForce, check_in_force

if TYPE_CHECKING:
    from types import TracebackType

Side = Literal["source", "destination"]

FAULT_CODES = (
    "PERMISSION_DENIED",
    "FILE_NOT_FOUND",
    "NO_SPACE_LEFT",
    "QUOTA_EXCEEDED",
    "VERIFY_CHECKSUM",
    "ENDPOINT_ERROR",
    "CONNECTION_RESET",
    "TIMEOUT",
)
"""What can be made to go wrong with a file (Globus docs: Task Events)."""

MAINTENANCE = "Paused for maintenance"
"""What a paused collection says if nothing else was asked for."""


class Hold:
    """A place where files wait, from when it is made until ``release``, or until the end of a ``with`` block."""

    def __init__(self, pattern: str, after: int, changed: threading.Condition) -> None:
        self.pattern = pattern
        self.after = after
        self.released = False
        self._reached = threading.Event()
        self._changed = changed

    def stops(self, path: str, done: int) -> bool:
        """Say whether *path* has to wait here, of which *done* bytes are done."""
        return not self.released and done >= self.after and fnmatchcase(path, self.pattern)

    def is_released(self) -> bool:
        return self.released

    def reach(self) -> None:
        self._reached.set()

    def wait_until_reached(self, timeout: float = 30.0) -> None:
        """Return when a file waits here.

        Raises:
            TimeoutError: none does after *timeout* seconds.
        """
        if not self._reached.wait(timeout):
            raise TimeoutError(f"No file matching {self.pattern!r} came to wait in {timeout} seconds.")

    def release(self) -> None:
        """Let the files that wait here go on, and stop no more."""
        with self._changed:
            self.released = True
            self._changed.notify_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


@dataclass
class FileFault:
    """What happens to the files that match, the next *times* they are tried (None: until cleared)."""

    pattern: str
    code: str
    side: Side
    times: int | None
    id: str = ""

    def in_force(self) -> InForce:
        return InForce(self.id, f"{self.code} at {self.pattern}, {self.side}", self.times)


class Carrying:
    """Holds, file faults, pauses and the rate that are in force. ``rate`` is in bytes per second; None is no limit."""

    def __init__(self) -> None:
        self.changed = threading.Condition()  # over a lock that its holder may take again
        self._rate: float | None = None
        self._holds: list[Hold] = []
        self._faults: list[FileFault] = []
        self._number = 0
        self._pauses: dict[str, str] = {}

    def wake(self) -> None:
        """Make everybody who waits look again."""
        with self.changed:
            self.changed.notify_all()

    def hold(self, pattern: str, after: int) -> Hold:
        with self.changed:
            self._holds.append(Hold(pattern, after, self.changed))
            return self._holds[-1]

    def holding(self, path: str, done: int) -> Hold | None:
        """Return the hold that stops *path* now, if any."""
        with self.changed:
            self._holds = [each for each in self._holds if not each.released]
            return next((each for each in self._holds if each.stops(path, done)), None)

    def room(self, path: str, done: int, most: int) -> int:
        """Return how many bytes of *path* may go at once, up to *most*, so as not to run past a hold or the rate."""
        with self.changed:
            ahead = [each.after - done for each in self._holds if each.after > done and each.stops(path, each.after)]
            limit = most if self._rate is None else max(1, int(self._rate / 20))
            return min([most, limit, *ahead])

    @property
    def rate(self) -> float | None:
        return self._rate

    @rate.setter
    def rate(self, bytes_per_second: float | None) -> None:
        if bytes_per_second is not None and not bytes_per_second > 0:
            raise ValueError("A rate is a number of bytes per second above 0, or None for no limit.")
        with self.changed:
            self._rate = bytes_per_second
            self.changed.notify_all()

    def add_fault(self, fault: FileFault) -> None:
        """Make files fail.

        Raises:
            ValueError: Transfer has no such code, or too many are in force already.
        """
        if fault.code not in FAULT_CODES:
            raise ValueError(f"{fault.code!r} is none of: {', '.join(FAULT_CODES)}")
        with self.changed:
            check_in_force(self._faults)
            self._number += 1
            fault.id = f"file-{self._number}"
            self._faults.append(fault)

    def take_fault(self, path: str, side: Side) -> str | None:
        """Return the code of the fault that strikes *path* on that side, if any, and count it."""
        with self.changed:
            for fault in self._faults:
                if fault.side == side and fnmatchcase(path, fault.pattern):
                    if fault.times is not None:
                        fault.times -= 1
                        if fault.times <= 0:
                            self._faults.remove(fault)
                    return fault.code
        return None

    def pause(self, collection_id: str, message: str = MAINTENANCE) -> None:
        with self.changed:
            self._pauses[collection_id] = message

    def resume(self, collection_id: str) -> None:
        with self.changed:
            self._pauses.pop(collection_id, None)
            self.changed.notify_all()

    def pause_message(self, collection_id: str) -> str | None:
        """Return what to say to those who want to use a paused collection; None if it is not paused."""
        return self._pauses.get(collection_id)

    def in_force(self) -> list[InForce]:
        with self.changed:
            pauses = [InForce(_pause(each), f"paused: {text}", None) for each, text in self._pauses.items()]
            return [*(fault.in_force() for fault in self._faults), *pauses]

    def remove(self, fault_id: str) -> bool:
        """End one fault or pause; return whether it was in force."""
        with self.changed:
            before = len(self._faults) + len(self._pauses)
            self._faults = [each for each in self._faults if each.id != fault_id]
            self._pauses = {each: text for each, text in self._pauses.items() if _pause(each) != fault_id}
            self.changed.notify_all()
            return len(self._faults) + len(self._pauses) < before

    def clear_faults(self) -> None:
        """End all faults and pauses."""
        with self.changed:
            self._faults.clear()
            self._pauses.clear()
            self.changed.notify_all()

    def clear(self) -> None:
        with self.changed:
            for hold in self._holds:
                hold.released = True
            self._holds.clear()
            self._rate = None
            self.clear_faults()


def _pause(collection_id: str) -> str:
    return f"pause-{collection_id}"
