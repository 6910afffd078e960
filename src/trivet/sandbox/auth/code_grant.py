"""The authorization-code grant (RFC 6749 section 4.1) with PKCE (RFC 7636): Authlib's checks, our codes and tokens."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from authlib.oauth2.rfc6749 import InvalidRequestError
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc7636 import CodeChallenge

from trivet.sandbox.auth.client_auth import BASIC, NONE, POST
from trivet.sandbox.auth.token_answer import TokenAnswer, answer_for_code
from trivet.sandbox.http.record import note
from trivet.sandbox.world.scopes import unknown_scopes

if TYPE_CHECKING:
    from trivet.sandbox.auth.oauth_request import SandboxRequest
    from trivet.sandbox.auth.oauth_server import SandboxServer
    from trivet.sandbox.world.clients import Client
    from trivet.sandbox.world.codes import AuthorizationCode
    from trivet.sandbox.world.people import Person

S256_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")


class CodeGrant(AuthorizationCodeGrant):  # type: ignore[misc]
    """Codes for tokens, once."""

    TOKEN_ENDPOINT_AUTH_METHODS = (BASIC, POST, NONE)

    server: SandboxServer
    request: SandboxRequest

    @staticmethod
    def validate_authorization_redirect_uri(request: SandboxRequest, _client: Client) -> str:
        """Return the address: ``judging.py`` has compared it, by rules that Authlib does not know."""
        return str(request.payload.redirect_uri)

    def query_authorization_code(self, value: str, client: Client) -> AuthorizationCode | None:
        """Return the code if this client may redeem it now; a spent one takes back what it gave."""
        world = self.server.world
        code = world.codes.find(value)
        if code is None or code.request.client.id != client.id:
            return None
        if code.spent and world.switches.code_reuse_revokes:
            world.tokens.revoke_family(code.family)
        if code.spent or world.now() >= code.expires_at:
            return None
        if unknown_scopes(code.request.scopes, world.scopes.resource_servers):
            return None  # a scope it was asked for is gone since
        note(person=code.person.key)
        return code

    def authenticate_user(self, code: AuthorizationCode) -> Person:
        return code.person

    def generate_token(self, **_: object) -> TokenAnswer:
        code: AuthorizationCode = self.request.authorization_code
        return answer_for_code(code, self.server.world)

    def delete_authorization_code(self, code: AuthorizationCode) -> None:
        code.spent = True


class S256Only(CodeChallenge):  # type: ignore[misc]
    """PKCE, without the ``plain`` method, and also for clients that have a secret."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ("S256",)

    def validate_code_challenge(self, grant: CodeGrant, redirect_uri: str) -> None:
        super().validate_code_challenge(grant, redirect_uri)
        params = grant.request.payload.data
        challenge = params.get("code_challenge")
        if challenge and params.get("code_challenge_method") != "S256":
            raise InvalidRequestError("The code_challenge_method must be S256.")
        if challenge and not S256_CHALLENGE.fullmatch(challenge):
            raise InvalidRequestError("An S256 code_challenge has 43 characters.")

    def validate_code_verifier(self, grant: CodeGrant, result: object) -> None:
        client: Client = grant.request.client
        if client.is_public or grant.server.world.switches.verify_pkce_of_confidential_clients:
            super().validate_code_verifier(grant, result)
