"""``/sandbox/consent``: may this application do that for you? Allow, but perhaps not everything, or Deny."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, request

from trivet.sandbox.auth.sign_in.open_attempts import CONSENT, SIGN_IN, open_attempt, page_of
from trivet.sandbox.auth.sign_in.pages import box, consent_page, may_be_declined
from trivet.sandbox.auth.sign_in.refusals import ReturnedError
from trivet.sandbox.auth.sign_in.returning import redirect, return_with_code
from trivet.sandbox.world.scopes import nodes_of

if TYPE_CHECKING:
    from flask import Response
    from flask.typing import ResponseReturnValue

    from trivet.sandbox.world import World
    from trivet.sandbox.world.authorize_request import AuthorizeRequest
    from trivet.sandbox.world.browsers import Attempt, Browser


def consent_routes(world: World) -> Blueprint:
    routes = Blueprint("consent_form", __name__)

    @routes.get(CONSENT)
    def show() -> ResponseReturnValue:
        with world.lock:
            browser, attempt = open_attempt(request.args.get("attempt"), world)
            return _show(browser, attempt, world)

    @routes.post(CONSENT)
    def decide() -> ResponseReturnValue:
        with world.lock:
            browser, attempt = open_attempt(request.form.get("attempt"), world)
            return _decide(browser, attempt, world)

    return routes


def _show(browser: Browser, attempt: Attempt, world: World) -> Response:
    """Ask, if whoever signed in for this attempt still is the one signed in; another tab may have changed that."""
    if attempt.person is None or attempt.person != browser.person:
        return redirect(page_of(SIGN_IN, attempt), 303)
    return consent_page(attempt, browser, world)


def _decide(browser: Browser, attempt: Attempt, world: World) -> Response:
    decision, asked, person = request.form.get("decision"), attempt.request, attempt.person
    if person is None or person != browser.person or decision not in ("allow", "deny"):
        return _show(browser, attempt, world)
    attempt.answered = True
    if decision == "deny":
        raise ReturnedError(asked, "access_denied", "The person pressed Deny.")
    world.consents.allow(person.sub, asked.client.id, asked.scopes, offline=asked.offline, declined=_declined(asked))
    return return_with_code(asked, browser, person, world)


def _declined(asked: AuthorizeRequest) -> frozenset[tuple[str, ...]]:
    """Return the optional dependencies whose boxes were unticked; a browser sends only what is ticked."""
    return frozenset(
        path
        for number, (path, scope) in enumerate(nodes_of(asked.scopes))
        if may_be_declined(path, scope) and box(number) not in request.form
    )
