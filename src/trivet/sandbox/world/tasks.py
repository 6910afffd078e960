"""Tasks: what somebody wants transferred or deleted, how far it is, and what became of it.

A task has a lock of its own: whoever carries it counts there, and nobody waits for the world's lock meanwhile. No other
lock is taken while it is held.
"""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from trivet.sandbox.world.task_counts import Counts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from trivet.sandbox.world.collections import Collection
    from trivet.sandbox.world.orders import DeleteOrder, TransferOrder
    from trivet.sandbox.world.people import Identity
    from trivet.sandbox.world.task_counts import Rest

Status = Literal["ACTIVE", "SUCCEEDED", "FAILED"]

HISTORY_SECONDS = 30 * 86_400
"""Events and paths of a finished task are kept for 30 days (Globus docs: Task Management)."""


class TaskOverError(Exception):
    """The task has ended meanwhile: nothing more is to be done for it."""


@dataclass(frozen=True)
class Event:
    """Something that happened to a task, at an epoch second."""

    at: float
    code: str
    is_error: bool
    description: str
    details: str


@dataclass(frozen=True)
class Carried:
    """One file that got to its destination; ``size`` is in bytes."""

    source_path: str
    destination_path: str
    size: int
    checksum: str | None
    algorithm: str | None


@dataclass(frozen=True, kw_only=True)
class Skipped:
    """One path that was left out because of an error at its source."""

    at: float
    source_path: str
    destination_path: str
    code: str
    details: str
    is_directory: bool


@dataclass(kw_only=True)
class Task:
    """One task. Times are epoch seconds of the sandbox's clock. ``woken`` is called when it is over.

    Its ``owner`` is the identity that led when it was submitted, as at Globus (Globus docs: Task Management).
    """

    id: str
    submission_id: str
    owner: Identity
    order: TransferOrder | DeleteOrder
    label: str | None
    deadline: float
    now: Callable[[], float] = field(repr=False)
    woken: Callable[[], None] = field(repr=False)
    requested_at: float = field(init=False)
    completed_at: float | None = None
    status: Status = "ACTIVE"
    fatal_error: tuple[str, str] | None = None
    started: bool = False
    paused: bool = False
    trouble: tuple[str, str] | None = None
    counts: Counts = field(default_factory=Counts)
    events: list[Event] = field(default_factory=list, repr=False)
    carried: list[Carried] = field(default_factory=list, repr=False)
    skipped: list[Skipped] = field(default_factory=list, repr=False)
    lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    def __post_init__(self) -> None:
        self.requested_at = self.now()

    @property
    def type(self) -> Literal["TRANSFER", "DELETE"]:
        return self.order.type

    @property
    def collections(self) -> tuple[Collection, ...]:
        return self.order.collections

    @property
    def is_over(self) -> bool:
        return self.status != "ACTIVE"

    @property
    def rows(self) -> int:
        """How much there is to remember of the task: what was asked for, what happened, and every path."""
        return self.order.size + len(self.events) + len(self.carried) + len(self.skipped)

    @property
    def history_deleted(self) -> bool:
        return self.completed_at is not None and self.now() >= self.completed_at + HISTORY_SECONDS

    @contextmanager
    def going_on(self) -> Iterator[Counts]:
        """Hold the task still while something is done for it.

        Raises:
            TaskOverError: it has ended, be it because its deadline has just passed.
        """
        self.expire_if_due()
        with self.lock:
            if self.is_over:
                raise TaskOverError
            yield self.counts

    def add_event(self, code: str, description: str, details: object = "", *, is_error: bool = False) -> None:
        text = details if isinstance(details, str) else json.dumps(details)
        with self.lock:
            self.events.append(Event(self.now(), code, is_error, description, text))

    def start(self) -> None:
        with self.going_on():
            self.started = True
            self.add_event("STARTED", "started", {"label": self.label, "type": self.type})

    def pause(self, message: str | None) -> None:
        """Note that the task has to wait because of *message*, or with None that it goes on."""
        with self.going_on():
            self.paused = message is not None
            if message is None:
                self.add_event("UNPAUSED", "unpaused")
            else:
                self.add_event("PAUSED", "paused", message)

    def hit(self, code: str, description: str, details: str) -> None:
        """Note a fault: something went wrong and may be tried again."""
        with self.going_on() as counts:
            counts.faults += 1
            counts.subtasks_retrying = 1
            self.trouble = (code, description)
            self.add_event(code, description, details, is_error=True)

    def recover(self) -> None:
        with self.going_on() as counts:
            counts.subtasks_retrying = 0
            self.trouble = None

    def skip(self, skipped: Skipped, description: str) -> None:
        with self.going_on() as counts:
            counts.subtasks_skipped_errors += 1
            self.skipped.append(skipped)
            self.add_event(skipped.code, description, skipped.details, is_error=True)

    def succeed(self) -> None:
        with self.going_on() as counts:
            if self.skipped:
                self.add_event("SKIPPED_ERRORS", "skipped errors", {"skipped": len(self.skipped)})
            self.add_event("PROGRESS", "progress", self._figures())
            self.add_event("SUCCEEDED", "succeeded")
            counts.subtasks_retrying = 0
            self._end("SUCCEEDED")
        self.woken()

    def fail(self, code: str, description: str) -> None:
        """End the task because of the fault it hit last; what it has not come to is canceled."""
        with self.going_on() as counts:
            counts.subtasks_failed += 1
            counts.close("canceled")
            self._end("FAILED", (code, description))
        self.woken()

    def cancel(self) -> bool:
        """End the task as its owner wishes; return whether it was still going on."""
        return self._give_up("canceled", "CANCELED")

    def expire_if_due(self) -> None:
        """End the task if its deadline has passed."""
        if self.now() >= self.deadline:
            self._give_up("expired", "EXPIRED")

    def _give_up(self, rest: Rest, code: str) -> bool:
        with self.lock:
            if self.is_over:
                return False
            self.counts.close(rest)
            self.add_event(code, rest)
            self._end("FAILED", (code, rest))
        self.woken()
        return True

    def _end(self, status: Status, fatal_error: tuple[str, str] | None = None) -> None:
        self.status, self.fatal_error, self.completed_at = status, fatal_error, self.now()
        self.paused, self.trouble = False, None

    def _figures(self) -> dict[str, float]:
        duration = round(self.now() - self.requested_at, 2)
        rate = self.counts.bytes_transferred * 8 / 1e6 / duration if duration > 0 else 0.0
        figures = {"duration": duration, "mbps": round(rate, 2)}
        return {"bytes_transferred": self.counts.bytes_transferred, **figures}
