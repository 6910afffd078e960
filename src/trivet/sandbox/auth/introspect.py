"""``POST /v2/oauth2/token/introspect`` (RFC 7662), with Globus's ``include`` extras."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from authlib.oauth2.rfc6749 import InvalidRequestError
from authlib.oauth2.rfc7662 import IntrospectionEndpoint
from flask import Blueprint, request

from trivet.sandbox.auth.claims import identity_entry
from trivet.sandbox.auth.client_auth import BASIC, POST

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from trivet.sandbox.auth.oauth_request import SandboxRequest
    from trivet.sandbox.auth.oauth_server import SandboxServer
    from trivet.sandbox.world import World
    from trivet.sandbox.world.clients import Client
    from trivet.sandbox.world.tokens import Token


class Introspection(IntrospectionEndpoint):  # type: ignore[misc]
    """Tells a confidential client about any token: that services can ask about tokens of others is its purpose."""

    CLIENT_AUTH_METHODS = (BASIC, POST)

    server: SandboxServer

    def check_params(self, request: SandboxRequest, _client: Client) -> None:
        if "token" not in request.form:
            raise InvalidRequestError("The parameter token is missing.")

    def query_token(self, value: str, _hint: str | None) -> Token | None:
        return self.server.world.tokens.find(value)

    def check_permission(self, _token: Token, _client: Client, _request: SandboxRequest) -> bool:
        return True

    def introspect_token(self, token: Token) -> dict[str, Any]:
        included = request.form.get("include", "").split(",")
        return introspection_document(token, included, self.server.world)


def introspection_document(token: Token, included: list[str], world: World) -> dict[str, Any]:
    """Return the document for an active token (SDK fixture ``oauth2_token_introspect``)."""
    person = token.grant.person
    document: dict[str, Any] = {
        "active": True,
        "token_type": "Bearer",
        "scope": " ".join(token.scopes),
        "client_id": token.client_id,
        "sub": person.sub,
        "username": person.username,
        "name": person.primary.name,
        "email": person.email,
        "aud": [token.resource_server, token.client_id],
        "iss": world.issuer,
        "exp": int(token.expires_at),
        "iat": int(token.issued_at),
        "nbf": int(token.issued_at),
    }
    if "identity_set" in included:
        document["identity_set"] = [each.id for each in person.identities]
    if "identity_set_detail" in included:
        document["identity_set_detail"] = [
            {**identity_entry(each, world), "id": each.id, "identity_type": "login", "status": "used"}
            for each in person.identities
        ]
    if "session_info" in included:
        document["session_info"] = session_info(token)
    return document


def session_info(token: Token) -> dict[str, Any]:
    """Return which identities authenticated in the token's session, and when (Globus docs: Sessions Guide)."""
    entries: dict[str, Any] = {}
    for identity_id, auth_time in token.grant.authentications.items():
        identity = token.grant.person.identity(identity_id)
        entries[identity_id] = {
            "idp": identity.identity_provider if identity else None,
            "auth_time": int(auth_time),
            "acr": None,
            "amr": None,
            "custom_claims": {},
        }
    return {"session_id": token.grant.session_id, "authentications": entries}


def introspect_routes(server: SandboxServer) -> Blueprint:
    routes = Blueprint("introspect", __name__)
    server.register_endpoint(Introspection)

    @routes.post("/v2/oauth2/token/introspect")
    def introspect() -> ResponseReturnValue:
        return server.answer(Introspection.ENDPOINT_NAME)

    return routes
