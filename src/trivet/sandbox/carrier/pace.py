"""When a carrier may go on: not when the task is over, not past a hold, not too fast, and not for ever in vain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from trivet.sandbox.files.troubles import DESCRIPTIONS, FileTrouble
from trivet.sandbox.world.orders import TransferOrder
from trivet.sandbox.world.tasks import Skipped, TaskOverError

if TYPE_CHECKING:
    from collections.abc import Callable

    from trivet.sandbox.script.carrying import Carrying, Side
    from trivet.sandbox.world.tasks import Task

T = TypeVar("T")

CHUNK_BYTES = 1 << 20

SKIPPABLE = frozenset({"FILE_NOT_FOUND", "PERMISSION_DENIED"})
"""Errors at the source that ``skip_source_errors`` does without (Globus docs: Task Events)."""

HOPELESS = frozenset(
    {"IS_A_DIRECTORY", "NOT_A_DIRECTORY", "NOT_A_FILE", "INVALID_PATH_NAME", "EXTERNAL_CHECKSUM_MISMATCH"}
)
"""Faults that trying again does not mend."""


@dataclass(frozen=True)
class Subject:
    """What a subtask is about, for when it goes wrong."""

    source_path: str
    destination_path: str
    is_directory: bool = False


class Pace:
    """Between any two steps of *task*. *tries* is how often a subtask is tried before its fault ends the task."""

    def __init__(self, task: Task, script: Carrying, *, tries: int) -> None:
        self._task = task
        self._script = script
        self._tries = tries

    def room(self, path: str, done: int) -> int:
        """Return how many bytes may be handled now, when *done* of *path* are; wait for as long as there are none.

        Raises:
            TaskOverError: the task has ended.
        """
        self._wait_for_collections()
        while (hold := self._script.holding(path, done)) is not None:
            hold.reach()
            self._wait(hold.is_released)
        self.check()
        return self._script.room(path, done, CHUNK_BYTES)

    def check(self) -> None:
        """Raise TaskOverError if the task has ended, or has to at this moment."""
        self._task.expire_if_due()
        if self._task.is_over:
            raise TaskOverError

    def moved(self, count: int) -> None:
        """Count *count* bytes, and wait if they were too quick."""
        with self._task.going_on() as counts:
            counts.bytes_transferred += count
        rate = self._script.rate
        if rate is not None:
            self._wait(lambda: self._script.rate != rate, timeout=count / rate)

    def strike(self, path: str, side: Side) -> None:
        """Raise the fault that a test wants for *path*, if any."""
        code = self._script.take_fault(path, side)
        if code is not None:
            raise FileTrouble(code, side, path, f"{DESCRIPTIONS[code]} (as the sandbox was asked)")

    def attempt(self, do: Callable[[], T], subject: Subject) -> T | None:
        """Do one subtask, again after a fault, and return what it returns; None if it was skipped.

        Raises:
            TaskOverError: the task has ended, because of the fault or anyhow.
        """
        for tries_left in reversed(range(self._tries)):
            self.check()
            try:
                result = do()
            except FileTrouble as trouble:
                if self._skips(trouble, subject):
                    return None
                self._hit(trouble, final=tries_left == 0)
            else:
                if self._task.trouble is not None:
                    self._task.recover()
                return result
        raise TaskOverError

    def _skips(self, trouble: FileTrouble, subject: Subject) -> bool:
        order = self._task.order
        if not isinstance(order, TransferOrder) or not order.skip_source_errors:
            return False
        if trouble.side != "source" or trouble.code not in SKIPPABLE:
            return False
        self._task.skip(
            Skipped(
                at=self._task.now(),
                source_path=subject.source_path,
                destination_path=subject.destination_path,
                code=trouble.code,
                details=trouble.details,
                is_directory=subject.is_directory,
            ),
            trouble.description,
        )
        return True

    def _hit(self, trouble: FileTrouble, *, final: bool) -> None:
        self._task.hit(trouble.code, trouble.description, trouble.details)
        if final or trouble.code in HOPELESS or (trouble.code == "QUOTA_EXCEEDED" and self._fails_on_quota()):
            self._task.fail(trouble.code, trouble.description)
            raise TaskOverError

    def _fails_on_quota(self) -> bool:
        return isinstance(self._task.order, TransferOrder) and self._task.order.fail_on_quota_errors

    def _wait_for_collections(self) -> None:
        if (message := self._pause_message()) is None:
            return
        self._task.pause(message)
        self._wait(lambda: self._pause_message() is None)
        self._task.pause(None)

    def _pause_message(self) -> str | None:
        messages = (self._script.pause_message(each.id) for each in self._task.collections)
        return next((each for each in messages if each is not None), None)

    def _wait(self, until: Callable[[], bool], timeout: float | None = None) -> None:
        """Wait for *until*, or for *timeout* seconds if that is shorter.

        Raises:
            TaskOverError: the task has ended.
        """
        with self._script.changed:
            self._script.changed.wait_for(lambda: self._is_over() or until(), timeout)
        self.check()

    def _is_over(self) -> bool:
        self._task.expire_if_due()
        return self._task.is_over
