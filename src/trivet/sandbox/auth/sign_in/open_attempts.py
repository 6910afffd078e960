"""The sign-ins a browser has under way, as the pages and forms of that browser name them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from werkzeug.exceptions import HTTPException

from trivet.sandbox.auth.sign_in.cookie import current_browser
from trivet.sandbox.auth.sign_in.pages import stale_page
from trivet.sandbox.http.record import note

if TYPE_CHECKING:
    from trivet.sandbox.world import World
    from trivet.sandbox.world.browsers import Attempt, Browser


class StaleAttemptError(HTTPException):
    """A form without its attempt, from another browser, or answered before."""


def open_attempt(attempt_id: str | None, world: World) -> tuple[Browser, Attempt]:
    """Return this browser and its open attempt of that id.

    Raises:
        StaleAttemptError: there is none; its response is a page that offers to start again where that is possible.
    """
    browser = current_browser(world)
    attempt = browser.attempts.get(attempt_id or "") if browser is not None else None
    if browser is None or attempt is None:
        note(reason=_not_its_own(browser))
        raise StaleAttemptError(response=stale_page(403, again=None))
    if attempt.answered:
        note(client=attempt.request.client.key, reason="This sign-in has had its answer already.")
        raise StaleAttemptError(response=stale_page(409, again=attempt.request.query))
    note(client=attempt.request.client.key)
    return browser, attempt


def _not_its_own(browser: Browser | None) -> str:
    if browser is None:
        return "This browser is not known here: it sent no cookie, or one from before a reset."
    return "This sign-in did not begin in this browser, or was forgotten for newer ones."
