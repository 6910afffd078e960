"""What was asked of the sandbox and what it answered; what is kept of it has been through ``redaction.py``."""

from __future__ import annotations

import itertools
import threading
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trivet.sandbox.world.remains import Held

MAX_RECORDS = 5_000


@dataclass(slots=True)
class RequestRecord:
    """One request. ``status`` is None while it runs, and stays so if a fault dropped the connection. Of an
    answer that a fault has lost it is the status that nobody saw.

    Args:
        at: epoch seconds, by the sandbox's clock.
        error: the code in the answer of a refusal, for programs.
        reason: why something was refused, in words; also what the answer keeps to itself.
        fault: whether a fault struck.
        query, form, body: what was sent, decoded and redacted; ``body`` is JSON, or None if it was none.
        too_long: whether it was JSON and too long to be kept.
        authorization: ``basic`` or ``bearer``, if the ``Authorization`` header was either.
        with_cookie: whether the request came with the sandbox's cookie or any other.
        number: its place in the log, from 1 on.
    """

    at: float
    method: str
    path: str
    status: int | None = None
    client: str | None = None
    person: str | None = None
    error: str | None = None
    reason: str | None = None
    fault: bool = False
    query: list[tuple[str, str]] = field(default_factory=list)
    form: list[tuple[str, str]] = field(default_factory=list)
    body: str | None = None
    authorization: str | None = None
    too_long: bool = False
    with_cookie: bool = False
    number: int = 0

    @property
    def params(self) -> dict[str, str]:
        """Query and form together, decoded and redacted."""
        return dict([*self.query, *self.form])

    @property
    def refused(self) -> bool:
        return self.error is not None or (self.status or 0) >= 400


class RequestLog:
    """The latest requests, oldest first."""

    def __init__(self) -> None:
        self._records: deque[RequestRecord] = deque(maxlen=MAX_RECORDS)
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)

    def add(self, record: RequestRecord) -> None:
        with self._lock:
            record.number = next(self._numbers)
            self._records.append(record)

    def all(self) -> list[RequestRecord]:
        with self._lock:
            return list(self._records)

    def find(self, number: int) -> RequestRecord | None:
        """Return the record with that number, if it is still here."""
        with self._lock:
            return next((each for each in reversed(self._records) if each.number == number), None)

    def let_go(self) -> list[Held]:
        """Forget everything; return what held it. Numbers go on, so that none ever stands for two requests."""
        with self._lock:
            held, self._records = self._records, deque(maxlen=MAX_RECORDS)
            return [held]
