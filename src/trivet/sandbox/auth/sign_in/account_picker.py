"""``/sandbox/sign-in``: who are you? No passwords; every identity of every person is a button."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, request

from trivet.sandbox.auth.sign_in.cookie import remember
from trivet.sandbox.auth.sign_in.open_attempts import CONSENT, SIGN_IN, open_attempt, page_of
from trivet.sandbox.auth.sign_in.pages import sign_in_page
from trivet.sandbox.auth.sign_in.returning import has_agreed, redirect, return_with_code
from trivet.sandbox.http.record import note

if TYPE_CHECKING:
    from flask import Response
    from flask.typing import ResponseReturnValue

    from trivet.sandbox.world import World
    from trivet.sandbox.world.browsers import Attempt, Browser
    from trivet.sandbox.world.people import Person


def account_picker_routes(world: World) -> Blueprint:
    routes = Blueprint("account_picker", __name__)

    @routes.get(SIGN_IN)
    def show() -> ResponseReturnValue:
        with world.lock:
            browser, attempt = open_attempt(request.args.get("attempt"), world)
            return sign_in_page(attempt, browser, world)

    @routes.post(SIGN_IN)
    def pick() -> ResponseReturnValue:
        with world.lock:
            browser, attempt = open_attempt(request.form.get("attempt"), world)
            return _pick(browser, attempt, world)

    return routes


def sign_in_as_chosen(browser: Browser, world: World) -> Person | None:
    """Sign in whoever's identity was chosen in the current form, and return them; None for a button of our making."""
    found = world.find_identity(request.form.get("identity", ""))
    if found is None:
        return None
    person, identity = found
    browser.sign_in(person, identity, world.now())
    world.last_authentication[identity.id] = world.now()
    world.browsers.renew(browser)
    note(person=person.key)
    return person


def _pick(browser: Browser, attempt: Attempt, world: World) -> Response:
    person = sign_in_as_chosen(browser, world)
    if person is None:
        return sign_in_page(attempt, browser, world)
    attempt.person = person
    return remember(_go_on(attempt, browser, person, world), browser, world)


def _go_on(attempt: Attempt, browser: Browser, person: Person, world: World) -> Response:
    """Go to the consent page if something is not agreed to yet, else back to the application."""
    if not has_agreed(person, attempt.request, world):
        return redirect(page_of(CONSENT, attempt), 303)
    attempt.answered = True
    return return_with_code(attempt.request, browser, person, world)
