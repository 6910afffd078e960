"""``/sandbox/consent``: may this application do that for you? Allow, but perhaps not everything, or Deny."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, request

from trivet.sandbox.auth.sign_in.addresses import CONSENT
from trivet.sandbox.auth.sign_in.effective_identity import as_seen_by
from trivet.sandbox.auth.sign_in.going_on import go_on
from trivet.sandbox.auth.sign_in.obstacles import obstacle
from trivet.sandbox.auth.sign_in.open_attempts import open_attempt
from trivet.sandbox.auth.sign_in.pages import box, consent_page, may_be_declined
from trivet.sandbox.auth.sign_in.refusals import ReturnedError
from trivet.sandbox.auth.sign_in.returning import return_with_code
from trivet.sandbox.world.scopes import nodes_of

if TYPE_CHECKING:
    from flask import Response
    from flask.typing import ResponseReturnValue

    from trivet.sandbox.world import World
    from trivet.sandbox.world.authorize_request import AuthorizeRequest
    from trivet.sandbox.world.browsers import Attempt, Browser


LABEL_LENGTH = 100


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
    """Ask, if that is what comes next; another tab may have changed that."""
    what = obstacle(attempt, browser, world)
    if what is None or what.page != CONSENT:
        return go_on(attempt, browser, world)
    return consent_page(attempt, world)


def _decide(browser: Browser, attempt: Attempt, world: World) -> Response:
    decision, asked, what = request.form.get("decision"), attempt.request, obstacle(attempt, browser, world)
    if what is None or what.page != CONSENT or decision not in ("allow", "deny"):
        return _show(browser, attempt, world)
    attempt.answered = True
    if decision == "deny":
        raise ReturnedError(asked, "access_denied", "The person pressed Deny.")
    sub, declined = as_seen_by(asked.client, attempt.whose, world).sub, _declined(asked)
    world.consents.allow(sub, asked.client.id, asked.scopes, offline=asked.offline, declined=declined)
    if asked.client.prompt_for_named_grant:
        world.consents.name(sub, asked.client.id, request.form.get("label", "").strip()[:LABEL_LENGTH])
    return return_with_code(attempt, browser, world)


def _declined(asked: AuthorizeRequest) -> frozenset[tuple[str, ...]]:
    """Return the optional dependencies whose boxes were unticked; a browser sends only what is ticked."""
    return frozenset(
        path
        for number, (path, scope) in enumerate(nodes_of(asked.scopes))
        if may_be_declined(path, scope) and box(number) not in request.form
    )
