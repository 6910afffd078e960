"""``GET`` and ``POST /v2/oauth2/userinfo`` (OpenID Connect Core section 5.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, jsonify

from trivet.sandbox.auth.api_error import answer_api_errors, unauthenticated
from trivet.sandbox.auth.claims import person_claims
from trivet.sandbox.http.bearer import bearer_token
from trivet.sandbox.http.record import note
from trivet.sandbox.world.scopes import AUTH

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from trivet.sandbox.world import World


def userinfo_routes(world: World) -> Blueprint:
    routes = Blueprint("userinfo", __name__)
    answer_api_errors(routes)

    @routes.route("/v2/oauth2/userinfo", methods=["GET", "POST"])
    def userinfo() -> ResponseReturnValue:
        with world.lock:
            token = bearer_token(world, AUTH)
            if token is not None and "openid" not in token.scopes:
                note(reason=f"The token carries {' '.join(token.scopes)}, and this needs openid.")
            if token is None or "openid" not in token.scopes:
                raise unauthenticated(world.switches.userinfo_refusal_status)
            return jsonify(person_claims(token.grant.person, token.scopes, world))

    return routes
