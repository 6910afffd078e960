"""The second factor, the page that says that none of your identities will do, and giving up on either."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, request

from trivet.sandbox.auth.sign_in.addresses import GIVE_UP, NOT_YOU, SECOND_FACTOR
from trivet.sandbox.auth.sign_in.cookie import remember
from trivet.sandbox.auth.sign_in.going_on import go_on
from trivet.sandbox.auth.sign_in.obstacles import obstacle
from trivet.sandbox.auth.sign_in.open_attempts import open_attempt
from trivet.sandbox.auth.sign_in.pages import not_you_page, second_factor_page
from trivet.sandbox.auth.sign_in.refusals import ReturnedError
from trivet.sandbox.world.sessions import MFA, Authentication

if TYPE_CHECKING:
    from flask import Response
    from flask.typing import ResponseReturnValue

    from trivet.sandbox.world import World
    from trivet.sandbox.world.browsers import Attempt, Browser


def step_up_routes(world: World) -> Blueprint:
    routes = Blueprint("step_up", __name__)

    @routes.get(SECOND_FACTOR)
    def ask() -> ResponseReturnValue:
        with world.lock:
            browser, attempt = open_attempt(request.args.get("attempt"), world)
            return _ask(browser, attempt, world)

    @routes.post(SECOND_FACTOR)
    def confirm() -> ResponseReturnValue:
        with world.lock:
            browser, attempt = open_attempt(request.form.get("attempt"), world)
            return _confirm(browser, attempt, world)

    @routes.get(NOT_YOU)
    def not_you() -> ResponseReturnValue:
        with world.lock:
            browser, attempt = open_attempt(request.args.get("attempt"), world)
            what = obstacle(attempt, browser, world)
            if what is None or what.page != NOT_YOU:
                return go_on(attempt, browser, world)
            return not_you_page(attempt, what, world)

    @routes.post(GIVE_UP)
    def give_up() -> ResponseReturnValue:
        with world.lock:
            _, attempt = open_attempt(request.form.get("attempt"), world)
            attempt.answered = True
            raise ReturnedError(attempt.request, "access_denied", "The person gave up at what was demanded of them.")

    return routes


def _ask(browser: Browser, attempt: Attempt, world: World) -> Response:
    what = obstacle(attempt, browser, world)
    if what is None or what.page != SECOND_FACTOR:
        return go_on(attempt, browser, world)
    return second_factor_page(attempt, what)


def _confirm(browser: Browser, attempt: Attempt, world: World) -> Response:
    """Take the pressed button for a second factor, if one was asked for."""
    what = obstacle(attempt, browser, world)
    if what is None or what.page != SECOND_FACTOR or request.form.get("factor") != "confirm":
        return _ask(browser, attempt, world)
    [identity] = what.identities
    shown = Authentication(identity, world.now(), (MFA,))
    browser.sign_in(attempt.whose, shown)
    browser.session_for(attempt.request.client.id).add(shown)
    world.last_authentication[identity.id] = shown.at
    world.browsers.renew(browser)
    return remember(go_on(attempt, browser, world), browser, world)
