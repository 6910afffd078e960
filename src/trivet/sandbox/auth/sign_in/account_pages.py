"""Pages about whoever is signed in: sign in there if nobody is, and the forms that only such a page can send."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from flask import request

from trivet.sandbox.auth.sign_in.account_picker import sign_in_as_chosen
from trivet.sandbox.auth.sign_in.cookie import current_browser, remember
from trivet.sandbox.auth.sign_in.open_attempts import StaleAttemptError
from trivet.sandbox.auth.sign_in.pages import stale_page
from trivet.sandbox.auth.sign_in.returning import redirect
from trivet.sandbox.auth.sign_in.way_back import link_from
from trivet.sandbox.http.record import note
from trivet.sandbox.world.browsers import Browser

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Response

    from trivet.sandbox.world import World
    from trivet.sandbox.world.people import Person

    Page = Callable[[Browser, str | None, str | None, World], Response]
    """Makes the page of a browser, with a link back to the application and its name."""


def show_page(page: Page, world: World) -> Response:
    """Answer a GET: *page*, for this browser, which may be a new one."""
    browser = current_browser(world) or world.browsers.add(Browser())
    client, link = link_from(request.args, world)
    note(client=client.key if client else None, person=browser.person.key if browser.person else None)
    return remember(page(browser, link, request.args.get("redirect_name"), world), browser, world)


def take_form(change: Callable[[Person], None], world: World) -> Response:
    """Answer a POST: sign in if an account was chosen, else let *change* do what was asked; then show the page afresh.

    Raises:
        StaleAttemptError: another browser's form, or one from before a sign-in.
    """
    browser = _browser_of_form(world)
    if "identity" in request.form:
        sign_in_as_chosen(browser, world)
    elif browser.person is not None:
        note(person=browser.person.key)
        change(browser.person)
    address = f"{request.path}?{request.query_string.decode('latin-1')}".rstrip("?")
    return remember(redirect(address, 303), browser, world)


def _browser_of_form(world: World) -> Browser:
    """Return the browser, if the form it sends was made for it; other sites can send no such form."""
    browser = current_browser(world)
    sent = request.form.get("form_key", "").encode()
    if browser is None or not hmac.compare_digest(sent, browser.form_key.encode()):
        note(reason="The form was made for another browser, or before somebody signed in here.")
        raise StaleAttemptError(response=stale_page(403, again=None))
    return browser
