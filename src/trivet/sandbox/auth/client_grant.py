"""The client-credentials grant (RFC 6749 section 4.4): a client acts as itself, ``<id>@clients.auth.globus.org``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from authlib.oauth2.rfc6749 import InvalidScopeError
from authlib.oauth2.rfc6749.grants import ClientCredentialsGrant

from trivet.sandbox.auth.client_auth import BASIC, POST
from trivet.sandbox.auth.scope_strings import ScopeSyntaxError, parse
from trivet.sandbox.auth.token_answer import TokenAnswer, answer_for_client
from trivet.sandbox.http.record import note
from trivet.sandbox.world.scope_register import TooManyScopesError
from trivet.sandbox.world.scopes import OFFLINE_ACCESS, unknown_scopes

if TYPE_CHECKING:
    from trivet.sandbox.auth.oauth_request import SandboxRequest
    from trivet.sandbox.auth.oauth_server import SandboxServer


class ClientGrant(ClientCredentialsGrant):  # type: ignore[misc]
    """Credentials for access tokens. There are no refresh tokens: the credentials are always at hand."""

    TOKEN_ENDPOINT_AUTH_METHODS = (BASIC, POST)

    server: SandboxServer
    request: SandboxRequest

    def validate_requested_scope(self) -> None:
        """
        Raises:
            InvalidScopeError: there is none, it does not follow the grammar, does not exist, or needs too much.
        """
        world = self.server.world
        try:
            trees = parse(self.request.form.get("scope", ""))
        except ScopeSyntaxError as error:
            raise InvalidScopeError(str(error)) from None
        unknown = unknown_scopes(trees, world.scopes.resource_servers)
        if unknown:
            raise self.server.no_such_scope(unknown)
        try:
            self._scopes = world.scopes.with_dependencies(tuple(each for each in trees if each.name != OFFLINE_ACCESS))
        except TooManyScopesError as error:
            raise InvalidScopeError(str(error)) from None
        if not self._scopes:
            raise InvalidScopeError("The parameter scope is missing.")

    def generate_token(self, **_: object) -> TokenAnswer:
        client, world = self.request.client, self.server.world
        # A client needs nobody's leave to act as itself, and is listed as having given it.
        world.consents.allow(client.id, client.id, self._scopes, offline=False)
        note(person=client.key)
        return answer_for_client(client, [each.name for each in self._scopes], world)
