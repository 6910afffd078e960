"""``/v2/web/consents``: what have I agreed to, and what do I take back? (Globus docs: Helper Pages, Auth.)"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from flask import Blueprint, request

from trivet.sandbox.auth.sign_in.account_picker import sign_in_as_chosen
from trivet.sandbox.auth.sign_in.cookie import current_browser, remember
from trivet.sandbox.auth.sign_in.open_attempts import StaleAttemptError
from trivet.sandbox.auth.sign_in.pages import consents_page, stale_page
from trivet.sandbox.auth.sign_in.returning import redirect
from trivet.sandbox.auth.sign_in.way_back import link_from
from trivet.sandbox.http.record import note
from trivet.sandbox.world.browsers import Browser

if TYPE_CHECKING:
    from flask import Response
    from flask.typing import ResponseReturnValue

    from trivet.sandbox.world import World
    from trivet.sandbox.world.consents import Consent
    from trivet.sandbox.world.people import Person

PATH = "/v2/web/consents"


def consents_page_routes(world: World) -> Blueprint:
    routes = Blueprint("consents_page", __name__)

    @routes.get(PATH)
    def show() -> ResponseReturnValue:
        if request.method == "HEAD":
            return ""  # a HEAD makes no browser known
        with world.lock:
            browser = current_browser(world) or world.browsers.add(Browser())
            client, link = link_from(request.args, world)
            note(client=client.key if client else None, person=browser.person.key if browser.person else None)
            page = consents_page(browser, link, request.args.get("redirect_name"), world)
            return remember(page, browser, world)

    @routes.post(PATH)
    def change() -> ResponseReturnValue:
        with world.lock:
            return _change(_browser_of_form(world), world)

    return routes


def _browser_of_form(world: World) -> Browser:
    """Return the browser, if the form it sends was made for it.

    Raises:
        StaleAttemptError: another browser's form, or one from before a sign-in; other sites can send no better one.
    """
    browser = current_browser(world)
    sent = request.form.get("form_key", "").encode()
    if browser is None or not hmac.compare_digest(sent, browser.form_key.encode()):
        raise StaleAttemptError(response=stale_page(403, again=None))
    return browser


def _change(browser: Browser, world: World) -> Response:
    """Sign in if an account was chosen, else take back what was chosen; then show the page afresh."""
    if "identity" in request.form:
        sign_in_as_chosen(browser, world)
    elif browser.person is not None:
        note(person=browser.person.key)
        for consent in _chosen(browser.person, world):
            world.rescind(consent)
    address = f"{PATH}?{request.query_string.decode('latin-1')}".rstrip("?")
    return remember(redirect(address, 303), browser, world)


def _chosen(person: Person, world: World) -> list[Consent]:
    """Return the consents to take back: everything one application has, or one of them. Each is the person's own."""
    if "application" in request.form:
        return [each for each in world.consents.of_person(person, request.form["application"]) if each.is_root]
    return [each for each in world.consents.of_person(person) if str(each.id) == request.form.get("consent")]
