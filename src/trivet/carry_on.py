"""
Carrying on: what was sent with a form is not lost when the person has to go to Globus in between.

    POST /transfer ──▶ kept here, sealed ──▶ Globus ──▶ GET /login/continue?what=… ──▶ a page that shows it
    POST /transfer ◀── 307, with the same fields ◀── POST /login/continue?what=… ◀── one click

Nothing is sent twice and nothing is sent unasked: what was kept is given up at the click, which a page of this site has
to have made, by the person who sent it first. The browser then repeats its own request (RFC 9110, section 15.4.8), so
what arrives at the page is what would have arrived without us.
"""

import itertools
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from trivet.answer import Action, Answer, Page
from trivet.config import Config
from trivet.errors import LoginNeeded, NothingToCarryOn
from trivet.kept import Kept
from trivet.protocol import base64url
from trivet.redirects import is_safe_next, location
from trivet.request import Request
from trivet.session import Session

MAX_CHARACTERS = 65_536  # of all names and values together
MAX_FIELDS = 500
MAX_BYTES = 12 * MAX_CHARACTERS + 2 * MAX_FIELDS  # as sent: four bytes of three characters each, and ``=`` and ``&``
MAX_KEPT = 20  # of one person, within the time that one is kept
MAX_SHOWN = 30
MAX_SHOWN_CHARACTERS = 200

# Shown to nobody over the shoulder: tokens against forgery, and what people are asked to type unseen.
_NOT_SHOWN = re.compile(r"token|csrf|nonce|passw|secret|^_", re.IGNORECASE)
_ID = re.compile(r"[A-Za-z0-9_-]{22}")


@dataclass(frozen=True, slots=True)
class Carried:
    """What is kept of a request. ``page`` is where its form stands."""

    sub: str
    target: str
    page: str
    fields: tuple[tuple[str, str], ...]

    @classmethod
    def from_document(cls, document: Any) -> "Carried":
        fields = tuple((name, value) for name, value in document["fields"])
        return cls(document["sub"], document["target"], document["page"], fields)


class CarryOn:
    """
    Keeps forms, and sends them when their time has come.

    Args:
        config: the application's settings.
        kept: where they are meanwhile.
        random: source of random bytes.
    """

    def __init__(self, config: Config, kept: Kept, *, random: Callable[[int], bytes] = os.urandom) -> None:
        self._config = config
        self._kept = kept
        self._random = random
        self._seconds = 2 * config.login_seconds

    def why_not(self, request: Request, sub: str | None) -> str:
        """Return a sentence on why what was sent cannot be kept; empty when it can and a place is taken for it."""
        if sub is None:
            return "What you sent was not saved."
        if unfit := self._why_unfit(request):
            return unfit
        if not any(self._kept.claim(f"carrying {sub} {place}", seconds=self._seconds) for place in range(MAX_KEPT)):
            return "So many forms of yours were kept that this one is not: copy it before you go on, to send it again."
        return ""

    def again(self, request: Request) -> Action | None:
        """Return a button that sends once more what was sent; None when a page cannot hold it, or nobody sees one."""
        if request.posted is None or not request.wants_page() or self._why_unfit(request):
            return None
        return Action(
            label="Send it again",
            url=location(request.target, self._config.base_url),
            post=True,
            fields=request.posted.fields,
        )

    def _why_unfit(self, request: Request) -> str:
        posted = request.posted
        if not request.comes_from(self._config.base_url) or request.method != "POST" or posted is None:
            return "What you sent was not saved."
        if posted.has_files:
            return "The files that you sent cannot be kept: you will have to choose and send them again."
        size = sum(len(name) + len(value) for name, value in posted.fields)
        if posted.is_too_long or size > MAX_CHARACTERS or len(posted.fields) > MAX_FIELDS:
            return "What you sent is too long to be kept: copy it before you go on, to send it again."
        if not is_safe_next(request.target, self._config.base_url):
            return "What you sent was not saved."
        return ""

    def keep(self, request: Request, sub: str) -> str:
        """Keep what *sub* has sent, which `why_not` has nothing against; return the path that carries on with it."""
        assert request.posted is not None
        what = base64url(self._random(16))
        document = {
            "sub": sub,
            "target": request.target,
            "page": request.referring_target(self._config.base_url) or "/",
            "fields": request.posted.fields,
        }
        self._kept.put(_key(what), document, seconds=self._seconds)
        return f"{self._config.carry_on_path}?what={what}"

    def show(self, request: Request, session: Session | None) -> Answer:
        """
        Show the person what they were about to send, with one button that does.

        Raises:
            LoginNeeded: nobody is signed in.
            NothingToCarryOn: it is gone, or somebody else's.
        """
        what = _what(request)
        carried = self._mine(self._kept.get(_key(what)), session)
        path = carried.target.partition("?")[0]
        page = Page(
            title="Carry on?",
            message=f"This is what you were about to send to {path}. It has not been sent yet.",
            details=_shown(carried.fields),
            actions=(
                Action(
                    label="Carry on",
                    url=f"{self._config.base_url}{self._config.carry_on_path}?what={what}",
                    post=True,
                    fields=carried.fields,
                ),
                Action(label="Do not send it", url=self._page_of(carried)),
            ),
            app_name=self._config.app_name,
        )
        return Answer(status=200, page=page)

    def send(self, request: Request, session: Session | None) -> Answer:
        """
        Let the browser repeat what it has just sent to us, at the address it was for.

        Raises:
            LoginNeeded: nobody is signed in.
            NothingToCarryOn: it has been sent already, or is somebody else's, or no page of ours asks for it.
        """
        if not request.comes_from(self._config.base_url):
            raise NothingToCarryOn("Another site has tried to send something in your name.", hint="Nothing was sent.")
        what = _what(request)
        self._mine(self._kept.get(_key(what)), session)
        carried = self._mine(self._kept.take(_key(what)), session)
        return Answer(status=307, location=location(carried.target, self._config.base_url))

    def _mine(self, document: Any, session: Session | None) -> Carried:
        if session is None:
            raise LoginNeeded("You are not signed in.", hint="Sign in to carry on.")
        if document is None:
            raise NothingToCarryOn(
                "There is nothing to carry on with: it has been sent already, or too much time has passed.",
                hint="Look whether it has arrived, before you send it again.",
            )
        carried = Carried.from_document(document)
        if carried.sub != session.sub:
            raise NothingToCarryOn(
                "Somebody else was signed in here when this was sent.",
                hint="Nothing was sent in your name. Sign in with the account that you were using to carry on.",
            )
        return carried

    def _page_of(self, carried: Carried) -> str:
        safe = is_safe_next(carried.page, self._config.base_url)
        return location(carried.page if safe else "/", self._config.base_url)


def _shown(fields: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """Return what a person recognises their form by; of several values in a row, the first has the name."""
    seen = [(name, _short(value)) for name, value in fields if value.strip() and not _NOT_SHOWN.search(name)]
    named = [
        ("" if name == before else name, value)
        for (before, _), (name, value) in itertools.pairwise([("", ""), *seen[:MAX_SHOWN]])
    ]
    more = len(seen) - MAX_SHOWN
    return (*named, *([("", f"and {more} more")] if more > 0 else []))


def _short(value: str) -> str:
    return value if len(value) <= MAX_SHOWN_CHARACTERS else f"{value[:MAX_SHOWN_CHARACTERS]}…"


def _what(request: Request) -> str:
    what = request.parameter("what") or ""
    return what if _ID.fullmatch(what) else ""


def _key(what: str) -> str:
    return f"carried {what}"
