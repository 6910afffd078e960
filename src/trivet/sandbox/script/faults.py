"""Failures on purpose: by path, for a number of times."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass
class Fault:
    """What goes wrong. ``latency`` is in seconds; ``status`` None only delays; ``times`` None means until cleared."""

    path: str
    status: int | None
    times: int | None
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    drop: bool = False
    latency: float = 0.0

    def matches(self, path: str) -> bool:
        return path == self.path or fnmatchcase(path, self.path)


class Faults:
    """The faults in force, first come first served."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._faults.append(fault)

    def take(self, path: str) -> Fault | None:
        """Return the fault for this request, if any, and count it."""
        with self._lock:
            for fault in self._faults:
                if fault.matches(path):
                    self._count(fault)
                    return fault
        return None

    def _count(self, fault: Fault) -> None:
        if fault.times is None:
            return
        fault.times -= 1
        if fault.times <= 0:
            self._faults.remove(fault)

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()


def fault_answer(status: int | None, body: Any, headers: Mapping[str, str] | None) -> tuple[bytes, dict[str, str]]:
    """Return the bytes and headers of a fault's answer; without a *body*, one in the shape services use for errors."""
    answer_headers = {"Content-Type": "application/json", **(headers or {})}
    if body is None:
        body = {"code": "SandboxFault", "message": f"The sandbox was asked to answer {status} here."}
    if isinstance(body, bytes):
        return body, answer_headers
    return (body if isinstance(body, str) else json.dumps(body)).encode(), answer_headers
