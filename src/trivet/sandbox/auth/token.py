"""``POST /v2/oauth2/token``: codes, refresh tokens, credentials or a service's token in, tokens out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint

from trivet.sandbox.auth.client_grant import ClientGrant
from trivet.sandbox.auth.code_grant import CodeGrant, S256Only
from trivet.sandbox.auth.dependent_grant import DependentGrant
from trivet.sandbox.auth.refresh_grant import RefreshGrant

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from trivet.sandbox.auth.oauth_server import SandboxServer


def token_routes(server: SandboxServer) -> Blueprint:
    routes = Blueprint("token", __name__)
    server.register_grant(CodeGrant, [S256Only(required=True)])
    server.register_grant(RefreshGrant)
    server.register_grant(ClientGrant)
    server.register_grant(DependentGrant)

    @routes.post("/v2/oauth2/token")
    def token() -> ResponseReturnValue:
        return server.answer()

    return routes
