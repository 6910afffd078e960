"""Browsers that have visited: who is signed in there, and the sign-ins that are under way.

A browser is known by one cookie. A sign-in under way (an attempt) belongs to the browser it began in: its unguessable
id is part of every form, so a form sent from anywhere else is refused (forms bound to the browser). Forms that belong
to no sign-in carry the browser's ``form_key`` instead.
"""

from __future__ import annotations

import secrets
import uuid
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trivet.sandbox.world.authorize_request import AuthorizeRequest
    from trivet.sandbox.world.people import Identity, Person

MAX_ATTEMPTS = 20
MAX_BROWSERS = 10_000


@dataclass
class Attempt:
    """One visit to the authorize page that still needs an answer, once, from ``person`` after they have signed in."""

    request: AuthorizeRequest
    id: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    person: Person | None = None
    answered: bool = False


@dataclass
class Browser:
    """One browser. ``authentications`` maps identity ids to epoch seconds; a session is one app in one browser."""

    id: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    person: Person | None = None
    authentications: dict[str, float] = field(default_factory=dict)
    attempts: OrderedDict[str, Attempt] = field(default_factory=OrderedDict, repr=False)
    sessions: dict[str, str] = field(default_factory=dict)
    form_key: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)

    def begin(self, request: AuthorizeRequest) -> Attempt:
        """Remember a new attempt, forgetting the oldest beyond ``MAX_ATTEMPTS``."""
        attempt = Attempt(request)
        self.attempts[attempt.id] = attempt
        while len(self.attempts) > MAX_ATTEMPTS:
            self.attempts.popitem(last=False)
        return attempt

    def sign_in(self, person: Person, identity: Identity, now: float) -> None:
        """Make *person* the one signed in, through *identity*; someone else's session ends."""
        if self.person != person:
            self.authentications.clear()
            self.sessions.clear()
        self.person = person
        self.authentications[identity.id] = now

    def session_for(self, client_id: str) -> str:
        """Return the id of the session of that app in this browser (Globus docs: Globus Auth Sessions Guide)."""
        return self.sessions.setdefault(client_id, str(uuid.uuid4()))


class Browsers:
    """All browsers, by cookie value. The least recently seen are forgotten beyond ``MAX_BROWSERS``."""

    def __init__(self) -> None:
        self._by_id: OrderedDict[str, Browser] = OrderedDict()

    def find(self, cookie: str | None) -> Browser | None:
        if cookie is None or cookie not in self._by_id:
            return None
        self._by_id.move_to_end(cookie)
        return self._by_id[cookie]

    def add(self, browser: Browser) -> Browser:
        self._by_id[browser.id] = browser
        while len(self._by_id) > MAX_BROWSERS:
            self._by_id.popitem(last=False)
        return browser

    def renew(self, browser: Browser) -> None:
        """Give *browser* new secrets, so that a cookie planted before a sign-in is worthless after it."""
        self._by_id.pop(browser.id, None)
        browser.id = secrets.token_urlsafe(24)
        browser.form_key = secrets.token_urlsafe(24)
        self.add(browser)

    def forget(self, cookie: str | None) -> None:
        self._by_id.pop(cookie or "", None)

    def clear(self) -> None:
        self._by_id.clear()
