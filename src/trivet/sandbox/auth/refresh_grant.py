"""The refresh grant (RFC 6749 section 6): a new access token each time, and always the same refresh token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from authlib.oauth2.rfc6749.grants import RefreshTokenGrant

from trivet.sandbox.auth.client_auth import BASIC, NONE, POST
from trivet.sandbox.auth.token_answer import TokenAnswer, answer_for_refresh
from trivet.sandbox.http.record import note

if TYPE_CHECKING:
    from trivet.sandbox.auth.oauth_request import SandboxRequest
    from trivet.sandbox.auth.oauth_server import SandboxServer
    from trivet.sandbox.world.people import Person
    from trivet.sandbox.world.tokens import Token


class RefreshGrant(RefreshTokenGrant):  # type: ignore[misc]
    """Refresh tokens for access tokens. Globus's answer repeats the refresh token and holds no ID token."""

    TOKEN_ENDPOINT_AUTH_METHODS = (BASIC, POST, NONE)

    server: SandboxServer
    request: SandboxRequest

    def authenticate_refresh_token(self, value: str) -> Token | None:
        token = self.server.world.tokens.find(value)
        return token if token is not None and token.kind == "refresh" and token.active else None

    def authenticate_user(self, token: Token) -> Person:
        note(person=token.grant.person.key)
        return token.grant.person

    def issue_token(self, _user: Person, token: Token) -> TokenAnswer:
        asked = tuple(self.request.form.get("scope", "").split())
        return answer_for_refresh(token, asked or token.scopes, self.server.world)

    def revoke_old_credential(self, _token: Token) -> None:
        """Nothing to do: the refresh token stays (Globus staff, globus-sdk-python issue 149)."""
