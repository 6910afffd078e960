"""What was asked of the sandbox and what it answered, with every secret cut short."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_RECORDS = 5_000
SHOWN_CHARACTERS = 6
"""Letters shown of a code or token: enough to tell two apart, useless otherwise."""

PREFIXED = frozenset({"code", "token", "access_token", "refresh_token", "id_token", "id_token_hint", "subject_token"})
HIDDEN = frozenset(
    {"client_secret", "code_verifier", "attempt", "form_key", "key", "password", "assertion", "client_assertion"}
)


@dataclass
class RequestRecord:
    """One request. ``status`` is None while it runs, and stays so if a fault dropped the connection.

    ``params`` holds query and form, decoded and redacted; ``reason`` says in words why something was refused.
    """

    at: float
    method: str
    path: str
    status: int | None = None
    client: str | None = None
    person: str | None = None
    reason: str | None = None
    fault: bool = False
    params: dict[str, str] = field(default_factory=dict)


class RequestLog:
    """The latest requests, oldest first."""

    def __init__(self) -> None:
        self._records: deque[RequestRecord] = deque(maxlen=MAX_RECORDS)
        self._lock = threading.Lock()

    def add(self, record: RequestRecord) -> None:
        with self._lock:
            self._records.append(record)

    def all(self) -> list[RequestRecord]:
        with self._lock:
            return list(self._records)

    def clear(self) -> None:
        with self._lock:
            self._records.clear()


def redacted(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return *pairs* as a dictionary in which no secret is whole."""
    return {name: _redacted_value(name.lower(), value) for name, value in pairs}


def _redacted_value(name: str, value: str) -> str:
    if name in HIDDEN:
        return "…"
    if name in PREFIXED:
        return f"{value[:SHOWN_CHARACTERS]}…"
    return value
