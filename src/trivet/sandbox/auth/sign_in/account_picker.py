"""``/sandbox/sign-in``: who are you? No passwords; every identity is a button, or every one that will do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, request

from trivet.sandbox.auth.sign_in.addresses import SIGN_IN
from trivet.sandbox.auth.sign_in.cookie import remember
from trivet.sandbox.auth.sign_in.going_on import go_on
from trivet.sandbox.auth.sign_in.obstacles import obstacle
from trivet.sandbox.auth.sign_in.open_attempts import open_attempt
from trivet.sandbox.auth.sign_in.pages import sign_in_page
from trivet.sandbox.http.record import note
from trivet.sandbox.world.sessions import Authentication

if TYPE_CHECKING:
    from flask import Response
    from flask.typing import ResponseReturnValue

    from trivet.sandbox.world import World
    from trivet.sandbox.world.browsers import Attempt, Browser


def account_picker_routes(world: World) -> Blueprint:
    routes = Blueprint("account_picker", __name__)

    @routes.get(SIGN_IN)
    def show() -> ResponseReturnValue:
        with world.lock:
            browser, attempt = open_attempt(request.args.get("attempt"), world)
            what = None if "everybody" in request.args else obstacle(attempt, browser, world)
            return sign_in_page(attempt, what, world)

    @routes.post(SIGN_IN)
    def pick() -> ResponseReturnValue:
        with world.lock:
            browser, attempt = open_attempt(request.form.get("attempt"), world)
            return _pick(browser, attempt, world)

    return routes


def _pick(browser: Browser, attempt: Attempt, world: World) -> Response:
    shown = sign_in_as_chosen(browser, world)
    if shown is None:
        return sign_in_page(attempt, obstacle(attempt, browser, world), world)
    if attempt.person != browser.person:
        attempt.person = browser.person
        attempt.fresh.clear()
    attempt.fresh.add(shown.identity.id)
    browser.session_for(attempt.request.client.id).add(shown)
    return remember(go_on(attempt, browser, world), browser, world)


def sign_in_as_chosen(browser: Browser, world: World) -> Authentication | None:
    """Sign in with the identity chosen in the current form, and return that; None for a button of nobody's making."""
    found = world.find_identity(request.form.get("identity", ""))
    if found is None:
        return None
    person, identity = found
    shown = Authentication(identity, world.now())
    browser.sign_in(person, shown)
    world.last_authentication[identity.id] = shown.at
    world.browsers.renew(browser)
    note(person=person.key)
    return shown
