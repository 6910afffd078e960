"""``POST /v2/oauth2/token``: codes and refresh tokens in, tokens out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from trivet.sandbox.oauth import SandboxServer


def token_routes(server: SandboxServer) -> Blueprint:
    routes = Blueprint("token", __name__)

    @routes.post("/v2/oauth2/token")
    def token() -> ResponseReturnValue:
        return server.answer()

    return routes
