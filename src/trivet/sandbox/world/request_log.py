"""What was asked of the sandbox and what it answered, with every secret cut short."""

from __future__ import annotations

import itertools
import json
import threading
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trivet.sandbox.world.remains import Held

MAX_RECORDS = 5_000
MAX_BODY = 4_000
"""Bytes of a JSON body that are worth remembering; a longer one is left out. Queries and forms are cut off there."""

SHOWN_CHARACTERS = 6
"""Letters shown of a code or token: enough to tell two apart, useless otherwise."""

PREFIXED = frozenset({"code", "token", "access_token", "refresh_token", "id_token", "id_token_hint", "subject_token"})
HIDDEN = frozenset(
    {"client_secret", "code_verifier", "attempt", "form_key", "key", "password", "assertion", "client_assertion"}
)


@dataclass(slots=True)
class RequestRecord:
    """One request. ``status`` is None while it runs, and stays so if a fault dropped the connection.

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


def redacted(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return *pairs* so that no secret is whole, and without what goes beyond ``MAX_BODY`` characters."""
    shown: list[tuple[str, str]] = []
    room = MAX_BODY
    for name, value in pairs:
        if room <= 0:
            break
        pair = name[:room], _redacted_value(name.lower(), value)[:room]
        room -= len(pair[0]) + len(pair[1]) + 2
        shown.append(pair)
    return shown


def redacted_json(document: bytes) -> str | None:
    """Return a JSON *document* in which no secret is whole; None for what is none, or longer than ``MAX_BODY``."""
    try:
        return json.dumps(_without_secrets(json.loads(document))) if len(document) <= MAX_BODY else None
    except (ValueError, RecursionError):
        return None


def is_secret(name: str) -> bool:
    """Say whether the parameter *name* holds something that is never shown whole."""
    return name.lower() in PREFIXED | HIDDEN


def _redacted_value(name: str, value: str) -> str:
    if name in HIDDEN:
        return "…"
    if name in PREFIXED:
        return f"{value[:SHOWN_CHARACTERS]}…"
    return value


def _without_secrets(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: _redacted_value(name.lower(), each if isinstance(each, str) else "")
            if is_secret(name)
            else _without_secrets(each)
            for name, each in value.items()
        }
    return [_without_secrets(each) for each in value] if isinstance(value, list) else value
