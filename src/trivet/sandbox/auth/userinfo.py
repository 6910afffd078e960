"""``GET`` and ``POST /v2/oauth2/userinfo`` (OpenID Connect Core section 5.3)."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from flask import Blueprint, jsonify

from trivet.sandbox.auth.claims import person_claims
from trivet.sandbox.http.bearer import bearer_token
from trivet.sandbox.http.record import note
from trivet.sandbox.world.scopes import AUTH

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from trivet.sandbox.world import World

CODES = {401: "UNAUTHORIZED", 403: "FORBIDDEN"}


def userinfo_routes(world: World) -> Blueprint:
    routes = Blueprint("userinfo", __name__)

    @routes.route("/v2/oauth2/userinfo", methods=["GET", "POST"])
    def userinfo() -> ResponseReturnValue:
        with world.lock:
            token = bearer_token(world, AUTH)
            if token is None or "openid" not in token.scopes:
                note(reason="No active Auth token with the scope openid.")
                return refusal(world.switches.userinfo_refusal_status)
            return jsonify(person_claims(token.grant.person, token.scopes, world))

    return routes


def refusal(status: int) -> ResponseReturnValue:
    """Return Auth's error document (SDK fixture ``userinfo``); the mix of codes and titles is Globus's own."""
    entry = {
        "status": str(status),
        "id": str(uuid.uuid4()),
        "code": CODES[status],
        "detail": "Call must be authenticated",
        "title": "Unauthorized",
    }
    body = {"errors": [entry], "error": "unauthorized", "error_description": "Unauthorized"}
    return jsonify(body), status, {"WWW-Authenticate": "Bearer"}
