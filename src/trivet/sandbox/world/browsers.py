"""Browsers that have visited: who is signed in there, and the sign-ins that are under way.

A browser is known by one cookie. A sign-in under way (an attempt) belongs to the browser it began in: its unguessable
id is part of every form, so a form sent from anywhere else is refused (forms bound to the browser). Forms that belong
to no sign-in carry the browser's ``form_key`` instead.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from trivet.sandbox.world.sessions import Authentication, Session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivet.sandbox.world.authorize_request import AuthorizeRequest
    from trivet.sandbox.world.people import Identity, Person
    from trivet.sandbox.world.remains import Held

MAX_ATTEMPTS = 20
MAX_BROWSERS = 2_000
MAX_OPEN = 5_000
"""Attempts of all browsers together. Each holds what it began with, which may be as long as an address."""


@dataclass
class Attempt:
    """One visit to the authorize page that still needs an answer, once, from ``person`` after they have signed in.

    ``fresh`` holds the ids of the identities that have authenticated in the course of it.
    """

    request: AuthorizeRequest
    person: Person | None = None
    id: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    fresh: set[str] = field(default_factory=set)
    answered: bool = False

    @property
    def whose(self) -> Person:
        """Who has signed in for it, once somebody has."""
        if self.person is None:
            raise RuntimeError("Nobody has signed in for this attempt yet.")
        return self.person


@dataclass
class Browser:
    """One browser, and who is signed in there. ``sessions`` are those of the applications, by client id.

    ``latest`` is the authentication it was signed in by; ``authentications`` are all since somebody else was.
    """

    id: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    person: Person | None = None
    latest: Authentication | None = None
    authentications: dict[str, Authentication] = field(default_factory=dict)
    attempts: OrderedDict[str, Attempt] = field(default_factory=OrderedDict, repr=False)
    sessions: dict[str, Session] = field(default_factory=dict)
    form_key: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)

    def keep(self, attempt: Attempt) -> None:
        """Remember *attempt*, forgetting the oldest beyond ``MAX_ATTEMPTS``."""
        self.attempts[attempt.id] = attempt
        while len(self.attempts) > MAX_ATTEMPTS:
            self.attempts.popitem(last=False)

    def sign_in(self, person: Person, authentication: Authentication) -> None:
        """Make *person* the one signed in; someone else's sessions end."""
        if self.person != person:
            self.authentications.clear()
            self.sessions.clear()
        self.person = person
        self.latest = self.authentications[authentication.identity.id] = authentication

    def has_seen(self, identity: Identity) -> bool:
        """Say whether *identity* has authenticated here."""
        seen = [self.authentications, *(each.authentications for each in self.sessions.values())]
        return any(identity.id in each for each in seen)

    def session_for(self, client_id: str) -> Session:
        """Return the session of that application; it begins with the sign-in that the browser is known by."""
        session = self.sessions.setdefault(client_id, Session())
        if not session.authentications and self.latest is not None:
            session.add(self.latest)
        return session


class Browsers:
    """All browsers, by cookie value. The least recently seen are forgotten beyond ``MAX_BROWSERS``."""

    def __init__(self) -> None:
        self._by_id: OrderedDict[str, Browser] = OrderedDict()

    def __iter__(self) -> Iterator[Browser]:
        return iter(self._by_id.values())

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

    def keep(self, browser: Browser, attempt: Attempt) -> None:
        """Remember *attempt* of *browser*; beyond ``MAX_OPEN``, forget those of the browsers least recently seen."""
        browser.keep(attempt)
        self.add(browser)
        surplus = sum(len(each.attempts) for each in self) - MAX_OPEN
        for each in self:
            while surplus > 0 and each.attempts:
                each.attempts.popitem(last=False)
                surplus -= 1

    def renew(self, browser: Browser) -> None:
        """Give *browser* new secrets, so that a cookie planted before a sign-in is worthless after it."""
        self._by_id.pop(browser.id, None)
        browser.id = secrets.token_urlsafe(24)
        browser.form_key = secrets.token_urlsafe(24)
        self.add(browser)

    def forget(self, cookie: str | None) -> None:
        self._by_id.pop(cookie or "", None)

    def forget_client(self, client_id: str) -> None:
        """Forget the sign-ins under way for one application, and its sessions."""
        for browser in self:
            for attempt in [each for each in browser.attempts.values() if each.request.client.id == client_id]:
                del browser.attempts[attempt.id]
            browser.sessions.pop(client_id, None)

    def let_go(self) -> list[Held]:
        """Forget everything; return what held it."""
        held, self._by_id = self._by_id, OrderedDict()
        return [held]
