"""``POST /v2/oauth2/token/validate``: is this token of mine still good?

Private to Globus and documented nowhere, but globus-cli and globus-sdk for JavaScript rely on it: a form with ``token``
(and ``client_id`` from a public client) is answered with a boolean ``active``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from authlib.consts import default_json_headers
from authlib.oauth2.rfc6749 import InvalidRequestError, TokenEndpoint
from flask import Blueprint

from trivet.sandbox.auth.client_auth import BASIC, NONE, POST
from trivet.sandbox.auth.revoke import owns
from trivet.sandbox.http.record import note
from trivet.sandbox.http.token_words import what_is_wrong

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from trivet.sandbox.auth.oauth_request import SandboxRequest
    from trivet.sandbox.auth.oauth_server import SandboxServer


class Validation(TokenEndpoint):  # type: ignore[misc]
    """Answers for the asking client's own tokens, of either kind; another client's count as dead."""

    ENDPOINT_NAME = "validation"
    CLIENT_AUTH_METHODS = (BASIC, POST, NONE)

    server: SandboxServer

    def create_endpoint_response(self, request: SandboxRequest) -> tuple[int, dict[str, Any], list[tuple[str, str]]]:
        client = self.authenticate_endpoint_client(request)
        if "token" not in request.form:
            raise InvalidRequestError("The parameter token is missing.")
        world = self.server.world
        token = world.tokens.find(request.form["token"])
        active = token is not None and token.active and owns(client, token, world)
        if not active:
            note(reason=what_is_wrong(request.form["token"], world, kind=None) or "The token is another client's.")
        return 200, {"active": active}, default_json_headers


def validate_routes(server: SandboxServer) -> Blueprint:
    routes = Blueprint("validate", __name__)
    server.register_endpoint(Validation)

    @routes.post("/v2/oauth2/token/validate")
    def validate() -> ResponseReturnValue:
        return server.answer(Validation.ENDPOINT_NAME)

    return routes
