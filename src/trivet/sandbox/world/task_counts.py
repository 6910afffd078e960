"""The figures of a task."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Rest = Literal["canceled", "expired"]
"""What becomes of what a task has not come to when it ends."""


@dataclass
class Counts:
    """How far a task is. Every subtask (a file, a directory, an item looked through) ends in one of the ways there are.

    Those being tried again are still pending.
    """

    files: int = 0
    directories: int = 0
    files_transferred: int = 0
    files_skipped: int = 0
    bytes_transferred: int = 0
    bytes_checksummed: int = 0
    faults: int = 0
    subtasks_total: int = 0
    subtasks_succeeded: int = 0
    subtasks_failed: int = 0
    subtasks_retrying: int = 0
    subtasks_canceled: int = 0
    subtasks_expired: int = 0
    subtasks_skipped_errors: int = 0

    @property
    def subtasks_pending(self) -> int:
        done = self.subtasks_succeeded + self.subtasks_failed + self.subtasks_skipped_errors
        return self.subtasks_total - done - self.subtasks_canceled - self.subtasks_expired

    def close(self, rest: Rest) -> None:
        """Say of every subtask still pending that it was canceled, or expired."""
        pending, self.subtasks_retrying = self.subtasks_pending, 0
        if rest == "expired":
            self.subtasks_expired += pending
        else:
            self.subtasks_canceled += pending
