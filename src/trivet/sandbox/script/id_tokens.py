"""Changes a test has asked for in the next ID tokens, so that it can see its client refuse them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from trivet.sandbox.script.in_force import InForce, check_in_force
from trivet.sandbox.script.new_key import new_key

if TYPE_CHECKING:
    from joserfc.jwk import RSAKey

Claims = dict[str, Any]
Header = dict[str, Any]
Change = Callable[[Claims, Header], tuple[Claims, Header] | str | None]
Key: TypeAlias = "RSAKey | bytes"

FOREIGN = "foreign"
"""Instead of a key: sign with a new RSA key that is in nobody's list."""


@dataclass
class Line:
    """One scripted change. ``times`` None means until cleared."""

    change: Change
    key: Key | None
    times: int | None
    id: str
    name: str


class IdTokenScript:
    """The scripted changes, first come first served."""

    def __init__(self) -> None:
        self._lines: list[Line] = []
        self._lock = threading.Lock()
        self._number = 0

    def add(self, change: Change, *, key: Key | str | None, times: int | None, name: str = "changed by a test") -> None:
        """Change the next *times* ID tokens; *name* is for the list of faults.

        Raises:
            ValueError: *key* is a string other than ``FOREIGN``, or too many changes are waiting already.
        """
        if isinstance(key, str):
            if key != FOREIGN:
                raise ValueError(f"key is an RSA key, bytes for HS256, or {FOREIGN!r}")
            key = new_key()
        with self._lock:
            check_in_force(self._lines)
            self._number += 1
            self._lines.append(Line(change, key, times, f"id-token-{self._number}", name))

    def next(self) -> Line | None:
        with self._lock:
            if not self._lines:
                return None
            line = self._lines[0]
            if line.times is not None:
                line.times -= 1
                if line.times <= 0:
                    self._lines.pop(0)
            return line

    def in_force(self) -> list[InForce]:
        with self._lock:
            return [InForce(line.id, f"ID tokens: {line.name}", line.times) for line in self._lines]

    def remove(self, line_id: str) -> bool:
        """End one; return whether it was in force."""
        with self._lock:
            before = len(self._lines)
            self._lines = [each for each in self._lines if each.id != line_id]
            return len(self._lines) < before

    def clear(self) -> None:
        with self._lock:
            self._lines.clear()


def perform(line: Line, claims: Claims, header: Header, own_key: RSAKey) -> str:
    """Return the ID token after *line*'s change.

    The change may edit its arguments and return nothing, return new ones, or return a whole token as a string.
    """
    changed = line.change(claims, header)
    if isinstance(changed, str):
        return changed
    if changed is not None:
        claims, header = changed
    return sign_anything(claims, header, line.key if line.key is not None else own_key)


def sign_anything(claims: Claims, header: Header, key: Key) -> str:
    """Sign as *header*'s ``alg`` says, also where a careful library would refuse: ``none``, or HMAC with any bytes."""
    algorithm = str(header.get("alg", ""))
    if algorithm.startswith("HS"):
        secret = key if isinstance(key, bytes) else key.as_pem(private=False)
        signed = _unsigned(claims, header)
        digest = hmac.new(secret, signed.encode(), getattr(hashlib, f"sha{algorithm[2:]}")).digest()
        return f"{signed}.{_b64(digest)}"
    if algorithm.lower() == "none" or isinstance(key, bytes):
        return f"{_unsigned(claims, header)}."
    from joserfc import jwt

    return jwt.encode(header, claims, key, algorithms=[algorithm])


def _unsigned(claims: Claims, header: Header) -> str:
    return ".".join(_b64(json.dumps(part).encode()) for part in (header, claims))


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
