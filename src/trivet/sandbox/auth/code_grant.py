"""The authorization-code grant (RFC 6749 section 4.1) with PKCE (RFC 7636): Authlib's checks, our codes and tokens."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from authlib.oauth2.rfc6749 import InvalidRequestError, OAuth2Error
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oauth2.rfc7636.challenge import CODE_VERIFIER_PATTERN

from trivet.sandbox.auth.client_auth import BASIC, NONE, POST
from trivet.sandbox.auth.code_words import what_is_wrong_with
from trivet.sandbox.auth.redirect_words import how_it_differs
from trivet.sandbox.auth.token_answer import TokenAnswer, answer_for_code
from trivet.sandbox.http.record import note

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
        wrong = what_is_wrong_with(code, client, world)
        note(reason=wrong)
        if code is None or code.request.client.id != client.id:
            return None
        note(person=code.person.key)
        if code.spent and world.switches.code_reuse_revokes:
            world.tokens.revoke_family(code.family)
        if wrong is not None:
            return None
        self._note_difference(code)
        return code

    def _note_difference(self, code: AuthorizationCode) -> None:
        """Say how the redirect address differs from the code's; Authlib refuses it."""
        sent, used = self.request.payload.redirect_uri, code.get_redirect_uri()
        if not sent:
            note(reason=f"The redirect_uri is missing; the code went to {used}.")
        elif sent != used:
            note(reason=how_it_differs(sent, [used], as_what="the code went to"))

    def authenticate_user(self, code: AuthorizationCode) -> Person:
        return code.person

    def generate_token(self, **_: object) -> TokenAnswer:
        code: AuthorizationCode = self.request.authorization_code
        more = self._agreed_to_before(code) if self.request.includes_consented else []
        return answer_for_code(code, self.server.world, more)

    def _agreed_to_before(self, code: AuthorizationCode) -> list[str]:
        """Return every scope that the person agreed to for the application, and to refresh tokens if any will come."""
        given = self.server.world.consents.of(code.person.sub, code.request.client.id)
        offline = code.request.offline
        return [each.scope_name for each in given if each.is_root and (each.allows_refresh or not offline)]

    def delete_authorization_code(self, code: AuthorizationCode) -> None:
        code.spent_at = self.server.world.now()


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
            try:
                super().validate_code_verifier(grant, result)
            except OAuth2Error:
                challenge = self.get_authorization_code_challenge(grant.request.authorization_code)
                note(reason=_wrong_verifier(grant.request.form.get("code_verifier"), challenge))
                raise


def _wrong_verifier(sent: str | None, challenge: str | None) -> str:
    if not sent:
        return "The code_verifier is missing: the sign-in began with a code_challenge, or has to."
    if not challenge:
        return "A code_verifier came, but the sign-in began without a code_challenge."
    if not CODE_VERIFIER_PATTERN.match(sent):
        return "The code_verifier is not 43 to 128 letters, digits, or any of -._~"
    return "The code_verifier does not match the code_challenge that the sign-in began with."
