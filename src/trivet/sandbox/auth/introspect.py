"""``POST /v2/oauth2/token/introspect`` (RFC 7662), with Globus's ``include`` extras."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from authlib.oauth2.rfc6749 import InvalidRequestError
from authlib.oauth2.rfc7662 import IntrospectionEndpoint
from flask import Blueprint

from trivet.sandbox.auth.claims import identity_entry
from trivet.sandbox.auth.client_auth import BASIC, POST
from trivet.sandbox.auth.oauth_request import SandboxRequest, posted_request
from trivet.sandbox.http.commas import between_commas
from trivet.sandbox.http.record import note
from trivet.sandbox.http.token_words import what_is_wrong

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from trivet.sandbox.auth.oauth_server import SandboxServer
    from trivet.sandbox.world import World
    from trivet.sandbox.world.clients import Client
    from trivet.sandbox.world.policies import Policy
    from trivet.sandbox.world.tokens import Token


class Introspection(IntrospectionEndpoint):  # type: ignore[misc]
    """Tells a confidential client about any token: that services can ask about tokens of others is its purpose."""

    CLIENT_AUTH_METHODS = (BASIC, POST)

    server: SandboxServer

    def check_params(self, request: SandboxRequest, _client: Client) -> None:
        if "token" not in request.form:
            raise InvalidRequestError("The parameter token is missing.")
        self._policies(request)

    def query_token(self, value: str, _hint: str | None) -> Token | None:
        note(reason=what_is_wrong(value, self.server.world, kind=None))
        return self.server.world.tokens.find(value)

    def check_permission(self, _token: Token, _client: Client, _request: SandboxRequest) -> bool:
        return True

    def introspect_token(self, token: Token) -> dict[str, Any]:
        request = posted_request()
        included = between_commas(request.form.get("include", ""))
        document = introspection_document(token, included, self.server.world)
        policies = self._policies(request)
        if policies:
            document["policy_evaluations"] = policy_evaluations(token, policies, self.server.world)
        return document

    def _policies(self, request: SandboxRequest) -> list[Policy]:
        """Return the policies that the request names.

        Raises:
            InvalidRequestError: one of them does not exist.
        """
        named = between_commas(request.form.get("authentication_policies", ""))
        found = [self.server.world.policies.find(each) for each in named]
        if None in found:
            raise InvalidRequestError("The parameter authentication_policies names a policy that does not exist.")
        return [policy for policy in found if policy is not None]


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
        "dependent_tokens_cache_id": dependent_tokens_cache_id(token, world),
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


def dependent_tokens_cache_id(token: Token, world: World) -> str:
    """Return what stays the same as long as a service would get the same kinds of tokens for *token*, in hex.

    Services keep dependent tokens by it; how Globus makes it is not known.
    """
    grant = token.grant
    roots = [grant.path_to(scope) for scope in token.scopes]
    consents = world.consents.of(token.sub, grant.root_client_id)
    below = [each.ids for each in consents if any(each.path[: len(root)] == root for root in roots)]
    return hashlib.sha256(repr((token.sub, grant.session_id, roots, below)).encode()).hexdigest()


def session_info(token: Token) -> dict[str, Any]:
    """Return which identities authenticated in the token's session, and when (Globus docs: Sessions Guide)."""
    entries: dict[str, Any] = {}
    for identity_id, shown in token.grant.authentications.items():
        entries[identity_id] = {
            "idp": shown.identity.identity_provider,
            "auth_time": int(shown.at),
            "acr": None,
            "amr": list(shown.amr) or None,
            "custom_claims": {},
        }
    return {"session_id": token.grant.session_id, "authentications": entries}


def policy_evaluations(token: Token, policies: list[Policy], world: World) -> dict[str, Any]:
    """Return for each policy whether the token's session, or its owner, meets it now."""
    person, session = token.grant.person, token.grant.authentications.values()
    return {each.id: {"evaluation": world.meets(person, session, each.condition)} for each in policies}


def introspect_routes(server: SandboxServer) -> Blueprint:
    routes = Blueprint("introspect", __name__)
    server.register_endpoint(Introspection)

    @routes.post("/v2/oauth2/token/introspect")
    def introspect() -> ResponseReturnValue:
        return server.answer(Introspection.ENDPOINT_NAME)

    return routes
