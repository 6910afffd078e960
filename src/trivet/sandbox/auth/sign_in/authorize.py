"""``GET /v2/oauth2/authorize``, where every sign-in begins.

    authorize ──(not signed in, or prompt=login)──▶ account picker ──▶ consent? ──▶ back to the application
        ├──(signed in, something not agreed to)──▶ consent page: Allow or Deny ──▶ back to the application
        └──(signed in, everything agreed to)─────────────────────────────────────▶ back to the application

The pages are in ``account_picker.py`` and ``consent_form.py``, the way back in ``returning.py``. Our own pages live
under ``/sandbox/``; Globus's live under ``/p/``, which is private to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from authlib.oauth2.rfc6749 import OAuth2Error
from flask import Blueprint, request

from trivet.sandbox.auth.oauth_request import SandboxRequest
from trivet.sandbox.auth.sign_in.cookie import current_browser, remember
from trivet.sandbox.auth.sign_in.judging import judge
from trivet.sandbox.auth.sign_in.open_attempts import CONSENT, page_of
from trivet.sandbox.auth.sign_in.pages import sign_in_page
from trivet.sandbox.auth.sign_in.refusals import ReturnedError
from trivet.sandbox.auth.sign_in.returning import has_agreed, redirect, return_with_code
from trivet.sandbox.http.record import note
from trivet.sandbox.world.browsers import Browser

if TYPE_CHECKING:
    from flask import Response
    from flask.typing import ResponseReturnValue

    from trivet.sandbox.auth.oauth_server import SandboxServer
    from trivet.sandbox.world import World
    from trivet.sandbox.world.authorize_request import AuthorizeRequest
    from trivet.sandbox.world.people import Person


def authorize_routes(server: SandboxServer) -> Blueprint:
    world = server.world
    routes = Blueprint("authorize", __name__)

    @routes.get("/v2/oauth2/authorize")
    def authorize() -> ResponseReturnValue:
        if request.method == "HEAD":
            return ""  # a HEAD starts nothing: no attempt, no cookie, no code
        with world.lock:
            asked = judge(request.query_string.decode("latin-1"), world)
            note(client=asked.client.key)
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
    browser = current_browser(world)
    if browser is not None and browser.person is not None and "login" not in asked.prompts:
        return _go_on(asked, browser, browser.person, world)
    if "none" in asked.prompts:
        raise ReturnedError(asked, "login_required", "Nobody is signed in in this browser.")
    browser = browser or world.browsers.add(Browser())
    return remember(sign_in_page(browser.begin(asked), browser, world), browser, world)


def _go_on(asked: AuthorizeRequest, browser: Browser, person: Person, world: World) -> Response:
    """Go on as the person already signed in."""
    if has_agreed(person, asked, world):
        return return_with_code(asked, browser, person, world)
    if "none" in asked.prompts:
        raise ReturnedError(asked, "consent_required", "There are scopes the person has not agreed to.")
    attempt = browser.begin(asked)
    attempt.person = person
    return redirect(page_of(CONSENT, attempt))
