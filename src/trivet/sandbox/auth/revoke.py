"""``POST /v2/oauth2/token/revoke`` (RFC 7009): always ``{"active": false}``, whether the token existed or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from authlib.consts import default_json_headers
from authlib.oauth2.rfc6749 import InvalidRequestError
from authlib.oauth2.rfc7009 import RevocationEndpoint
from flask import Blueprint

from trivet.sandbox.auth.client_auth import BASIC, NONE, POST
from trivet.sandbox.http.record import note

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from trivet.sandbox.auth.oauth_request import SandboxRequest
    from trivet.sandbox.auth.oauth_server import SandboxServer
    from trivet.sandbox.world import World
    from trivet.sandbox.world.clients import Client
    from trivet.sandbox.world.tokens import Token


class Revocation(RevocationEndpoint):  # type: ignore[misc]
    """Revokes the asking client's own tokens; another client's are left alone without a word about them."""

    CLIENT_AUTH_METHODS = (BASIC, POST, NONE)

    server: SandboxServer

    def authenticate_token(self, request: SandboxRequest, client: Client) -> Token | None:
        """Return the token to revoke. ``token_type_hint`` is tolerated and not needed to find it."""
        if "token" not in request.form:
            raise InvalidRequestError("The parameter token is missing.")
        token = self.server.world.tokens.find(request.form["token"])
        if token is not None and owns(client, token, self.server.world):
            return token
        note(
            reason="The token is unknown here."
            if token is None
            else "The token is another client's, and was left alone."
        )
        return None

    def revoke_token(self, token: Token, _request: SandboxRequest) -> None:
        token.revoke("the application revoked it")
        world = self.server.world
        if token.kind == "refresh" and world.switches.revoking_refresh_token_kills_access_tokens:
            world.tokens.revoke_access_tokens_like(token)

    def create_endpoint_response(self, request: SandboxRequest) -> tuple[int, dict[str, Any], list[tuple[str, str]]]:
        super().create_endpoint_response(request)
        return 200, {"active": False}, default_json_headers


def owns(client: Client, token: Token, world: World) -> bool:
    """Say whether *token* was issued to *client*, or to an instance of it.

    globus-cli signs out as the template that its own client was made from (its ``commands/logout.py``).
    """
    holder = world.client(token.client_id)
    return client.id == token.client_id or (
        holder is not None and holder.from_template and holder.parent_client == client.id
    )


def revoke_routes(server: SandboxServer) -> Blueprint:
    routes = Blueprint("revoke", __name__)
    server.register_endpoint(Revocation)

    @routes.post("/v2/oauth2/token/revoke")
    def revoke() -> ResponseReturnValue:
        return server.answer(Revocation.ENDPOINT_NAME)

    return routes
