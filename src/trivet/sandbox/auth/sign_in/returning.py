"""The way back to the application: with a code, or with an error."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from flask import Response

from trivet.sandbox.auth.sign_in.effective_identity import as_seen_by
from trivet.sandbox.auth.sign_in.pages import shown_error_page
from trivet.sandbox.auth.sign_in.refusals import ReturnedError, ShownError
from trivet.sandbox.http.record import note, refused
from trivet.sandbox.world.codes import AuthorizationCode
from trivet.sandbox.world.scopes import nodes_of

if TYPE_CHECKING:
    from flask import Flask
    from flask.typing import ResponseReturnValue

    from trivet.sandbox.world import World
    from trivet.sandbox.world.browsers import Attempt, Browser


def add_refusals(app: Flask, world: World) -> None:
    """Answer the two kinds of refusal of an authorize request, wherever they are raised."""

    @app.errorhandler(ShownError)
    def shown(error: ShownError) -> ResponseReturnValue:
        refused(error.code, " ".join((error.sentence, *error.details)))
        return shown_error_page(error, world)

    @app.errorhandler(ReturnedError)
    def returned(error: ReturnedError) -> ResponseReturnValue:
        refused(error.error, error.description)
        return return_to(error.redirect_uri, error=error.error, error_description=error.description, state=error.state)


def return_with_code(attempt: Attempt, browser: Browser, world: World) -> Response:
    """Return to the application with a new code (RFC 6749 section 4.1.2), which keeps the session as it is now."""
    asked, session = attempt.request, browser.session_for(attempt.request.client.id)
    person = as_seen_by(asked.client, attempt.whose, world)
    note(person=person.key)
    world.consents.use(person.sub, asked.client.id, (path for path, _ in nodes_of(asked.scopes)))
    code = AuthorizationCode(
        request=asked,
        person=person,
        session_id=session.id,
        authentications=dict(session.authentications),
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
