"""``GET /v2/oauth2/authorize`` and the two pages behind it.

    authorize ──(not signed in, or prompt=login)──▶ account picker ──▶ consent? ──▶ back to the application
        ├──(signed in, something not agreed to)──▶ consent page: Allow or Deny ──▶ back to the application
        └──(signed in, everything agreed to)─────────────────────────────────────▶ back to the application

Our own pages live under ``/sandbox/``; Globus's live under ``/p/``, which is private to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from authlib.oauth2.rfc6749 import OAuth2Error
from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException

from trivet.sandbox.authorize_request import AuthorizeRequest, ReturnedError, ShownError, judge
from trivet.sandbox.browsers import Attempt, Browser
from trivet.sandbox.codes import AuthorizationCode
from trivet.sandbox.cookie import current_browser, remember
from trivet.sandbox.oauth import SandboxRequest, SandboxServer
from trivet.sandbox.pages import consent_page, shown_error_page, sign_in_page, stale_page
from trivet.sandbox.record import note

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from trivet.sandbox.people import Person
    from trivet.sandbox.world import World

CONSENT = "/sandbox/consent"
SIGN_IN = "/sandbox/sign-in"


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

    @routes.get(SIGN_IN)
    def sign_in_form() -> ResponseReturnValue:
        with world.lock:
            browser, attempt = _attempt(request.args.get("attempt"), world)
            return sign_in_page(attempt, browser, world)

    @routes.post(SIGN_IN)
    def sign_in() -> ResponseReturnValue:
        with world.lock:
            browser, attempt = _attempt(request.form.get("attempt"), world)
            found = world.find_identity(request.form.get("identity", ""))
            if found is None:
                return sign_in_page(attempt, browser, world)
            person, identity = found
            browser.sign_in(person, identity, world.now())
            world.last_authentication[identity.id] = world.now()
            world.browsers.renew(browser)
            attempt.person = person
            return remember(_proceed(attempt, browser, world), browser, world)

    @routes.get(CONSENT)
    def consent_form() -> ResponseReturnValue:
        with world.lock:
            browser, attempt = _attempt(request.args.get("attempt"), world)
            if not _is_still_them(attempt, browser):
                return redirect(_page(SIGN_IN, attempt))
            return consent_page(attempt, browser)

    @routes.post(CONSENT)
    def consent() -> ResponseReturnValue:
        with world.lock:
            browser, attempt = _attempt(request.form.get("attempt"), world)
            decision = request.form.get("decision")
            if browser.person is None or not _is_still_them(attempt, browser):
                return redirect(_page(SIGN_IN, attempt), 303)
            if decision not in ("allow", "deny"):
                return consent_page(attempt, browser)
            attempt.answered = True
            if decision == "deny":
                raise attempt.request.refusal("access_denied", "The person pressed Deny.")
            asked = attempt.request
            world.consents.allow(browser.person.sub, asked.client.id, asked.scopes, offline=asked.offline)
            return _grant(asked, browser, browser.person, world)

    @routes.errorhandler(ShownError)
    def shown(error: ShownError) -> ResponseReturnValue:
        note(reason=" ".join((error.sentence, *error.details)))
        return shown_error_page(error, world)

    @routes.errorhandler(ReturnedError)
    def returned(error: ReturnedError) -> ResponseReturnValue:
        note(reason=error.description)
        return return_to(error.redirect_uri, error=error.error, error_description=error.description, state=error.state)

    return routes


def _check_with_authlib(asked: AuthorizeRequest, server: SandboxServer) -> None:
    """Let Authlib look at the generic parts, PKCE above all."""
    try:
        server.get_consent_grant(SandboxRequest(asked.params, "GET"))
    except OAuth2Error as error:
        raise asked.refusal(str(error.error), str(error.description or error.error)) from None


def _begin(asked: AuthorizeRequest, world: World) -> Response:
    browser = current_browser(world)
    if browser is not None and browser.person is not None and "login" not in asked.prompts:
        if _agreed(asked, browser.person, world):
            return _grant(asked, browser, browser.person, world)
        if "none" in asked.prompts:
            raise asked.refusal("consent_required", "There are scopes the person has not agreed to.")
        attempt = browser.begin(asked)
        attempt.person = browser.person
        return redirect(_page(CONSENT, attempt))
    if "none" in asked.prompts:
        raise asked.refusal("login_required", "Nobody is signed in in this browser.")
    browser = browser or world.browsers.add(Browser())
    return remember(sign_in_page(browser.begin(asked), browser, world), browser, world)


def _agreed(asked: AuthorizeRequest, person: Person, world: World) -> bool:
    offline = asked.offline and world.switches.offline_needs_its_own_consent
    return world.consents.cover(person.sub, asked.client.id, asked.scopes, offline=offline)


def _is_still_them(attempt: Attempt, browser: Browser) -> bool:
    """Say whether who signed in for *attempt* is who is signed in now; another tab may have changed that."""
    return attempt.person is not None and attempt.person == browser.person


def _proceed(attempt: Attempt, browser: Browser, world: World) -> Response:
    """Go on after a sign-in: to the consent page if something is not agreed to yet, else back to the application."""
    asked, person = attempt.request, browser.person
    assert person is not None
    if not _agreed(asked, person, world):
        return redirect(_page(CONSENT, attempt), 303)
    attempt.answered = True
    return _grant(asked, browser, person, world)


def _grant(asked: AuthorizeRequest, browser: Browser, person: Person, world: World) -> Response:
    """Return to the application with a code (RFC 6749 section 4.1.2)."""
    note(person=person.key)
    code = AuthorizationCode(
        request=asked,
        person=person,
        session_id=browser.session_for(asked.client.id),
        authentications=dict(browser.authentications),
        expires_at=world.now() + world.switches.code_seconds,
    )
    world.codes.add(code)
    return return_to(asked.redirect_uri, code=code.value, state=asked.state)


def return_to(redirect_uri: str, **params: str | None) -> Response:
    """Redirect with *params* added to whatever query the registered address has."""
    query = urlencode({name: value for name, value in params.items() if value is not None})
    separator = "&" if "?" in redirect_uri else "?"
    return redirect(f"{redirect_uri}{separator}{query}")


def redirect(address: str, status: int = 302) -> Response:
    """Redirect without the customary little page: it would repeat the address, and so the code in it."""
    return Response(status=status, headers={"Location": address})


class StaleAttemptError(HTTPException):
    """A form without its attempt, from another browser, or answered before."""


def _attempt(attempt_id: str | None, world: World) -> tuple[Browser, Attempt]:
    """Return this browser and its open attempt of that id.

    Raises:
        StaleAttemptError: there is none; its response is a page that offers to start again where that is possible.
    """
    browser = current_browser(world)
    attempt = browser.attempts.get(attempt_id or "") if browser is not None else None
    if browser is None or attempt is None:
        raise StaleAttemptError(response=stale_page(403, again=None))
    if attempt.answered:
        raise StaleAttemptError(response=stale_page(409, again=attempt.request.query))
    note(client=attempt.request.client.key)
    return browser, attempt


def _page(path: str, attempt: Attempt) -> str:
    return f"{path}?attempt={quote(attempt.id)}"
