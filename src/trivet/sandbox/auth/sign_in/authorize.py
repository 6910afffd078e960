"""``GET /v2/oauth2/authorize``, where every sign-in begins.

    authorize ──▶ what stands in the way? ──▶ a page for it ──▶ what else? ──▶ ... ──▶ back to the application
        └──(nothing: signed in, the session as demanded, everything agreed to)──────▶ back to the application

What may stand in the way is drawn in ``obstacles.py``. The pages are in ``account_picker.py``, ``step_up.py`` and
``consent_form.py``, the way back in ``returning.py``. Our own pages live under ``/sandbox/``; Globus's live under
``/p/``, which is private to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from authlib.oauth2.rfc6749 import OAuth2Error
from flask import Blueprint, request

from trivet.sandbox.auth.oauth_request import SandboxRequest
from trivet.sandbox.auth.sign_in.addresses import SIGN_IN, page_of
from trivet.sandbox.auth.sign_in.cookie import current_browser, remember
from trivet.sandbox.auth.sign_in.judging import judge
from trivet.sandbox.auth.sign_in.obstacles import obstacle
from trivet.sandbox.auth.sign_in.pages import sign_in_page
from trivet.sandbox.auth.sign_in.refusals import ReturnedError
from trivet.sandbox.auth.sign_in.returning import redirect, return_with_code
from trivet.sandbox.http.record import note
from trivet.sandbox.world.browsers import Attempt, Browser
from trivet.sandbox.world.condition_words import demand

if TYPE_CHECKING:
    from flask import Response
    from flask.typing import ResponseReturnValue

    from trivet.sandbox.auth.oauth_server import SandboxServer
    from trivet.sandbox.auth.sign_in.obstacles import Obstacle
    from trivet.sandbox.world import World
    from trivet.sandbox.world.authorize_request import AuthorizeRequest

SILENT_REFUSALS = {
    "login_required": "Nobody is signed in in this browser.",
    "interaction_required": "The session does not meet what was demanded of it.",
    "consent_required": "There are scopes the person has not agreed to.",
}
"""What ``prompt=none`` answers where a page would be shown (OpenID Connect Core section 3.1.2.6)."""


def authorize_routes(server: SandboxServer) -> Blueprint:
    world = server.world
    routes = Blueprint("authorize", __name__)

    @routes.get("/v2/oauth2/authorize")
    def authorize() -> ResponseReturnValue:
        if request.method == "HEAD":
            return ""  # a HEAD starts nothing: no attempt, no cookie, no code
        with world.lock:
            asked = judge(request.query_string.decode("latin-1"), world)
            _check_with_authlib(asked, server)
            return _begin(asked, world)

    return routes


def _check_with_authlib(asked: AuthorizeRequest, server: SandboxServer) -> None:
    """Let Authlib look at the generic parts, PKCE above all."""
    try:
        server.get_consent_grant(SandboxRequest(asked.params, "GET"))
    except OAuth2Error as error:
        raise ReturnedError(asked, str(error.error), str(error.description or error.error)) from None


def _begin(asked: AuthorizeRequest, world: World) -> Response:
    """Return at once if nothing stands in the way, else show the page for it and remember the browser."""
    browser = current_browser(world) or Browser()
    attempt = Attempt(asked, browser.person)
    what = obstacle(attempt, browser, world)
    if what is None:
        return return_with_code(attempt, browser, world)
    if "none" in asked.prompts:
        note(reason=_what_is_missing(what, attempt, world))
        raise ReturnedError(asked, what.error, SILENT_REFUSALS[what.error])
    world.browsers.keep(browser, attempt)
    if what.page != SIGN_IN:
        return redirect(page_of(what.page, attempt))
    return remember(sign_in_page(attempt, what, world), browser, world)


def _what_is_missing(what: Obstacle, attempt: Attempt, world: World) -> str:
    """Return what a page would have asked for, if one could be shown."""
    person = attempt.person.username if attempt.person else "nobody"
    if what.condition is not None:
        return (
            f"“{attempt.request.client.name}” asks for {demand(what.condition, world)}, and {person} has not done that."
        )
    if what.error == "consent_required":
        wanted = " ".join(each.name for each in attempt.request.scopes)
        return f"{person} has not agreed to everything in {wanted}, refresh tokens included if they were asked for."
    return SILENT_REFUSALS[what.error]
