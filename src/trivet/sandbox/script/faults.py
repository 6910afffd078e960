"""Requests that fail on purpose. A fault is a target and an effect: which requests, and what becomes of them."""

from __future__ import annotations

import json
import random
import re
import threading
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any
from wsgiref.util import is_hop_by_hop

from trivet.sandbox.script.in_force import InForce, check_in_force

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager

SERVICES = {
    "auth": ("/v2/oauth2/", "/v2/api/", "/v2/web/", "/.well-known/", "/jwk.json", "/sandbox/"),
    "groups": ("/v2/groups", "/v2/preferences", "/v2/subscription_info"),
    "transfer": ("/v0.10/", "/v2/bookmarks", "/v2/tunnels", "/v2/stream_access_points"),
}
"""Service -> how its paths begin. Auth's pages for signing in are under ``/sandbox/``."""

MAX_LATENCY_SECONDS = 3600.0
MAX_WAITING = 200
"""Requests that are kept waiting at once. Each has a thread and a connection, and the control page wants some too."""

ENDED = "The fault was ended while the request waited."
CROWDED = f"Answered at once, since {MAX_WAITING} requests were waiting already."


def service_of(path: str) -> str | None:
    return next((service for service, prefixes in SERVICES.items() if path.startswith(prefixes)), None)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Who asks for what, as far as can be told before any route has looked."""

    path: str
    method: str = "GET"
    person: str | None = None
    client: str | None = None


@dataclass(frozen=True, kw_only=True)
class Target:
    """Which requests a fault strikes. What is None does not matter; people and clients are named as in the seed.

    Of the requests that fit, the first ``skip`` are spared, and from then on every ``every``-th is struck, or with a
    ``probability`` below 1 some of those, the same ones for the same ``seed``; ``times`` in all, or None without end.

    Raises:
        ValueError: it says nothing that can be.
    """

    path: str = "*"
    method: str | None = None
    service: str | None = None
    person: str | None = None
    client: str | None = None
    skip: int = 0
    every: int = 1
    times: int | None = 1
    probability: float = 1.0
    seed: int = 0

    def __post_init__(self) -> None:
        if not self.path:
            raise ValueError("path is a path, exact or a pattern with *.")
        if self.service is not None and self.service not in SERVICES:
            raise ValueError(f"service is one of {', '.join(SERVICES)}, not {self.service!r}.")
        if self.skip < 0 or self.every < 1 or (self.times is not None and self.times < 1):
            raise ValueError("skip is 0 or more; every and times are 1 or more, or times is None for no end.")
        if not 0 < self.probability <= 1:
            raise ValueError("probability is above 0, and 1 at most.")

    @property
    def is_personal(self) -> bool:
        return self.person is not None or self.client is not None

    def fits(self, asked: Asked) -> bool:
        return (
            (asked.path == self.path or fnmatchcase(asked.path, self.path))
            and self.method in (None, asked.method)
            and self.service in (None, service_of(asked.path))
            and self.person in (None, asked.person)
            and self.client in (None, asked.client)
        )

    def __str__(self) -> str:
        words = [self.method or "any request", f"to {self.path}" if self.path != "*" else ""]
        words += [f"to {self.service}" if self.service else "", f"by {self.person}" if self.person else ""]
        words += [f"from {self.client}" if self.client else "", f"after the first {self.skip}" if self.skip else ""]
        words += [f"every {self.every} requests" if self.every > 1 else ""]
        words += [f"with probability {self.probability:g}" if self.probability < 1 else ""]
        return " ".join(word for word in words if word)


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What becomes of a request: after ``latency`` seconds an answer with ``status``, or with None the right one.

    Without ``body`` the answer is in the shape of the service's own errors. With ``drop`` there is none: the
    connection closes. With ``lose_answer`` it closes when the request has been carried out, and nobody learns of it.

    Raises:
        ValueError: no answer can be like that.
    """

    status: int | None = 503
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    retry_after: int | None = None
    drop: bool = False
    lose_answer: bool = False
    latency: float = 0.0

    def __post_init__(self) -> None:
        if self.status is not None and not 200 <= self.status <= 599:
            raise ValueError("status is from 200 to 599, or None for the right answer.")
        if self.drop and self.lose_answer:
            raise ValueError("drop is without the request carried out, lose_answer with it: one of them.")
        if not 0 <= self.latency <= MAX_LATENCY_SECONDS:
            raise ValueError(f"latency is a number of seconds from 0 to {MAX_LATENCY_SECONDS:g}.")
        if self.retry_after is not None and self.retry_after < 0:
            raise ValueError("retry_after is a number of seconds, 0 or more.")
        for name, value in self.headers.items():
            _check_header(name, value)

    @property
    def answer_headers(self) -> dict[str, str]:
        said = {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
        return {"Content-Type": "application/json", **said, **self.headers}

    def __str__(self) -> str:
        late = f"{self.latency:g} seconds late" if self.latency else ""
        return f"{self._what}, {late}" if late else self._what

    @property
    def fails(self) -> bool:
        """Whether there is another answer than the right one, or none."""
        return self.drop or self.lose_answer or self.status is not None

    @property
    def _what(self) -> str:
        if self.drop:
            return "no answer"
        if self.lose_answer:
            return "carried out, and its answer lost"
        return f"answer {self.status}" if self.status else "the right answer"


def _check_header(name: str, value: str) -> None:
    if not re.fullmatch(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+", name) or not re.fullmatch(r"[ -~]*", value):
        raise ValueError(f"A header is a name and one line of ASCII: {name!r}.")
    if is_hop_by_hop(name) or name.lower() == "content-length":
        raise ValueError(f"The server itself says {name}.")


class Fault:
    """A target and an effect in force, how many requests it has seen and struck, and how many it keeps waiting."""

    def __init__(self, fault_id: str, target: Target, effect: Effect, name: str | None) -> None:
        self.id = fault_id
        self.target = target
        self.effect = effect
        self.name = name
        self.waiting = 0
        self.ended = False
        self._seen = 0
        self._struck = 0
        self._random = random.Random(target.seed)  # noqa: S311 (the same every time is the point)

    @property
    def left(self) -> int | None:
        return None if self.target.times is None else self.target.times - self._struck

    @property
    def is_over(self) -> bool:
        return self.left == 0 and not self.waiting

    def strikes(self, asked: Asked) -> bool:
        """Say whether this request is struck, and count it."""
        target = self.target
        if self.left == 0 or not target.fits(asked):
            return False
        self._seen += 1
        past = self._seen - target.skip
        if past <= 0 or past % target.every or self._random.random() >= target.probability:
            return False
        self._struck += 1
        self.waiting += self.effect.latency > 0
        return True

    def __str__(self) -> str:
        called = f"{self.name}: " if self.name else ""
        return f"{called}{self.target}: {self.effect}"

    def in_force(self) -> InForce:
        return InForce(self.id, f"{self} ({self.waiting} waiting)" if self.waiting else str(self), self.left)


class Faults:
    """The faults in force. The first that strikes a request decides what becomes of it.

    One is in force until it has struck as often as it was to, and nobody waits for it any more.
    """

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._changed = threading.Condition()
        self._closed = False
        self._number = 0

    def add(self, target: Target, effect: Effect, *, name: str | None = None) -> Fault:
        """Let *effect* become of the requests that *target* fits, from now on; *name* is for the list of faults.

        Raises:
            ValueError: too many are in force already.
        """
        with self._changed:
            check_in_force(self._faults)
            self._number += 1
            self._faults.append(Fault(f"request-{self._number}", target, effect, name))
            return self._faults[-1]

    @property
    def are_personal(self) -> bool:
        """Whether any of them goes by who asks."""
        return any(fault.target.is_personal for fault in self.all())

    def take(self, asked: Asked) -> Fault | None:
        """Return the fault that strikes this request, if any, and count it; a late one is for ``keep_waiting``."""
        with self._changed:
            fault = next((each for each in self._faults if each.strikes(asked)), None)
            self._drop_those_over()
            return fault

    def keep_waiting(self, fault: Fault, aside: AbstractContextManager[None]) -> str | None:
        """Return when *fault*, which was taken, has made its request late; if that was cut short, with the reason.

        *aside* is where to wait. No more than ``MAX_WAITING`` do, and nobody once the fault has been ended.
        """
        try:
            if sum(each.waiting for each in self.all()) > MAX_WAITING:
                return CROWDED
            with aside, self._changed:
                ended = self._changed.wait_for(lambda: fault.ended or self._closed, fault.effect.latency)
            return ENDED if ended else None
        finally:
            with self._changed:
                fault.waiting -= 1
                self._drop_those_over()

    def all(self) -> list[Fault]:
        with self._changed:
            return list(self._faults)

    def in_force(self) -> list[InForce]:
        return [fault.in_force() for fault in self.all()]

    def remove(self, fault_id: str) -> bool:
        """End one; return whether it was in force."""
        with self._changed:
            found = [each for each in self._faults if each.id == fault_id]
            self._end(found)
            return bool(found)

    def clear(self) -> None:
        with self._changed:
            self._end(self._faults)

    def close(self) -> None:
        """Keep nobody waiting from now on."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _end(self, faults: list[Fault]) -> None:
        for fault in faults:
            fault.ended = True
        self._faults = [each for each in self._faults if not each.ended]
        self._changed.notify_all()

    def _drop_those_over(self) -> None:
        self._faults = [each for each in self._faults if not each.is_over]


def as_body(body: Any) -> bytes | None:
    """Return *body* as bytes: bytes and text as they are, anything else as JSON. None stays None.

    Raises:
        ValueError: it is none of those.
    """
    if body is None or isinstance(body, bytes):
        return body
    try:
        return (body if isinstance(body, str) else json.dumps(body)).encode()
    except TypeError as error:
        raise ValueError(f"body is bytes, text or something to send as JSON: {error}.") from None
