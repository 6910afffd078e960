"""
Pending logins: what we must remember between sending somebody to Globus and their coming back.

Each attempt is one record, sealed into a cookie of its own, so that several tabs can sign in side by side and nothing
is stored for people who never return. The cookie's name comes from the attempt's ``state``; a callback finds its
attempt by the ``state`` it carries, or there is none (RFC 6749, section 10.12).
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Self

from trivet.errors import SealBroken
from trivet.id_token import LEEWAY_SECONDS
from trivet.protocol import base64url
from trivet.sealing import Sealer

MAX_PENDING = 6  # attempts side by side in one browser; the oldest give way
MAX_COOKIE_BYTES = 4000  # browsers drop a cookie whose name and value are longer than 4096
MAX_DELETED = 20  # cookies deleted by one answer, however many there are
MAX_PENDING_BYTES = 6000  # in all: many servers refuse a Cookie header of more than 8190 bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingLogin:
    """
    One attempt to sign in.

    ``needed`` are the root scopes without which there was no point in asking. ``demand`` is the key of the whole
    `Requirement`, all of which is in the address that the browser went to; empty when there was none. ``sub`` is who
    has to come back when somebody already signed in was sent for more; None when anybody may. ``begun_at`` is in
    seconds since the epoch.
    """

    state: str
    nonce: str
    code_verifier: str
    return_to: str
    needed: tuple[str, ...]
    demand: str
    sub: str | None
    begun_at: int

    @property
    def key(self) -> str:
        """What this attempt is called where its ``state`` must not appear."""
        return attempt_key(self.state)

    def to_bytes(self) -> bytes:
        """Write it down, to be sealed."""
        return json.dumps(asdict(self), separators=(",", ":"), ensure_ascii=False).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read what `to_bytes` wrote."""
        document = json.loads(data)
        document["needed"] = tuple(document["needed"])
        return cls(**document)


def attempt_key(state: str) -> str:
    """Return a short name for the attempt with this ``state``, from which the ``state`` cannot be told."""
    return base64url(hashlib.sha256(state.encode("utf-8", "surrogateescape")).digest()[:12])


class PendingCookies:
    """
    Reads and writes the cookies that pending logins travel in.

    Args:
        sealer: seals them.
        prefix: what their names begin with.
        login_seconds: how long an attempt may take.
        clock: seconds since the epoch.
    """

    def __init__(self, sealer: Sealer, *, prefix: str, login_seconds: int, clock: Callable[[], float]) -> None:
        self._sealer = sealer
        self._prefix = prefix
        self._login_seconds = login_seconds
        self._clock = clock

    def name(self, key: str) -> str:
        """Return the name of the cookie of that attempt."""
        return f"{self._prefix}{key}"

    def seal(self, pending: PendingLogin) -> str:
        """Return the value of the attempt's cookie."""
        return self._sealer.seal_text(pending.to_bytes(), place=self.name(pending.key))

    def fits(self, pending: PendingLogin) -> bool:
        """Tell whether browsers will keep the attempt's cookie."""
        return len(self.name(pending.key)) + len(self.seal(pending)) <= MAX_COOKIE_BYTES

    def find(self, cookies: Mapping[str, str], state: str) -> PendingLogin | None:
        """Return the attempt that *state* belongs to, too old or not; None when this browser never began it."""
        pending = self._open(cookies, self.name(attempt_key(state)))
        return pending if pending and pending.state == state else None

    def is_stale(self, pending: PendingLogin) -> bool:
        """Tell whether the attempt has taken longer than it may."""
        # Another machine may have begun it, by a clock that is ahead of ours, and Globus may have asked nothing.
        return not -LEEWAY_SECONDS <= self._clock() - pending.begun_at < self._login_seconds

    def surplus(self, cookies: Mapping[str, str], *, coming: str) -> list[str]:
        """Return the names of cookies that have to go so that one more, of value *coming*, fits in."""
        surplus, attempts = [], []
        for name in (name for name in cookies if name.startswith(self._prefix)):
            pending = self._open(cookies, name)
            if pending is None or self.is_stale(pending):
                surplus.append(name)
            else:
                attempts.append((pending.begun_at, name))
        room = MAX_PENDING_BYTES - len(coming)
        for position, (_, name) in enumerate(sorted(attempts, reverse=True), start=2):
            room -= len(name) + len(cookies[name])
            if position > MAX_PENDING or room < 0:
                surplus.append(name)
        return surplus[:MAX_DELETED]

    def _open(self, cookies: Mapping[str, str], name: str) -> PendingLogin | None:
        try:
            return PendingLogin.from_bytes(self._sealer.open_text(cookies.get(name, ""), place=name))
        except (SealBroken, TypeError, KeyError, ValueError):
            # Not one of ours, or written by another version of us.
            return None
