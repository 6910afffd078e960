"""Discovery and keys: the two documents a client reads before anything else (OpenID Connect Discovery section 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, jsonify

from trivet.sandbox.script.new_key import ALGORITHM

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from trivet.sandbox.world import World


def discovery_routes(world: World) -> Blueprint:
    routes = Blueprint("discovery", __name__)

    @routes.get("/.well-known/openid-configuration")
    def configuration() -> ResponseReturnValue:
        return jsonify(configuration_document(world.issuer))

    @routes.get("/jwk.json")
    def jwk() -> ResponseReturnValue:
        return jsonify(world.keys.document())

    return routes


def configuration_document(issuer: str) -> dict[str, object]:
    """Return the document with exactly the keys the live service has.

    What is absent is as real as what is there: no introspection endpoint, no logout, no word about PKCE. Response
    types the sandbox refuses are listed because Globus lists them.
    """
    oauth2 = f"{issuer}/v2/oauth2"
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{oauth2}/authorize",
        "userinfo_endpoint": f"{oauth2}/userinfo",
        "token_endpoint": f"{oauth2}/token",
        "revocation_endpoint": f"{oauth2}/token/revoke",
        "jwks_uri": f"{issuer}/jwk.json",
        "response_types_supported": ["code", "token", "token id_token", "id_token"],
        "id_token_signing_alg_values_supported": [ALGORITHM],
        "scopes_supported": ["openid", "email", "profile"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        "claims_supported": [
            "at_hash",
            "aud",
            "email",
            "exp",
            "name",
            "nonce",
            "preferred_username",
            "iat",
            "iss",
            "sub",
        ],
        "subject_types_supported": ["public"],
    }
