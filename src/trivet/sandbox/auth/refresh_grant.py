"""The refresh grant (RFC 6749 section 6): a new access token each time, and always the same refresh token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from authlib.oauth2.rfc6749.grants import RefreshTokenGrant

from trivet.sandbox.auth.client_auth import BASIC, NONE, POST
from trivet.sandbox.auth.token_answer import TokenAnswer, answer_for_refresh
from trivet.sandbox.http.record import note
from trivet.sandbox.http.token_words import what_is_wrong

if TYPE_CHECKING:
    from trivet.sandbox.auth.oauth_request import SandboxRequest
    from trivet.sandbox.auth.oauth_server import SandboxServer
    from trivet.sandbox.world.clients import Client
    from trivet.sandbox.world.people import Person
    from trivet.sandbox.world.tokens import Token


class RefreshGrant(RefreshTokenGrant):  # type: ignore[misc]
    """Refresh tokens for access tokens. Globus's answer repeats the refresh token and holds no ID token."""

    TOKEN_ENDPOINT_AUTH_METHODS = (BASIC, POST, NONE)

    server: SandboxServer
    request: SandboxRequest

    def authenticate_refresh_token(self, value: str) -> Token | None:
        token = self.server.world.tokens.find(value)
        wrong = what_is_wrong(value, self.server.world, kind="refresh")
        note(reason=wrong)
        if token is None or wrong is not None:
            return None
        self._note_misuse(token)
        return token

    def _note_misuse(self, token: Token) -> None:
        """Say what Authlib is about to refuse: another client's token, or more than it was issued with."""
        client: Client = self.request.client
        more = set(self.request.form.get("scope", "").split()) - set(token.scopes)
        if not token.check_client(client):
            note(reason=f"The refresh token is another client's, and “{client.name}” sent it.")
        elif more:
            note(reason=f"The refresh token was not issued with {' or '.join(sorted(more))}.")

    def authenticate_user(self, token: Token) -> Person:
        note(person=token.grant.person.key)
        return token.grant.person

    def issue_token(self, _user: Person, token: Token) -> TokenAnswer:
        asked = tuple(self.request.form.get("scope", "").split())
        return answer_for_refresh(token, asked or token.scopes, self.server.world)

    def revoke_old_credential(self, _token: Token) -> None:
        """Nothing to do: the refresh token stays (Globus staff, globus-sdk-python issue 149)."""
