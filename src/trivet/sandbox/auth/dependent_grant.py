"""The dependent-token grant: a service trades the token it was sent for tokens of the services it needs itself.

What it may have is what the person agreed to when they let an application use the service: the scopes below that
service's scope in the consent (Globus docs: Clients, Scopes, and Consents; ``oauth2_get_dependent_tokens`` of the SDK).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from authlib.oauth2.rfc6749 import InvalidGrantError, InvalidRequestError, InvalidScopeError
from authlib.oauth2.rfc6749.grants import BaseGrant, TokenEndpointMixin

from trivet.sandbox.auth.client_auth import BASIC, POST
from trivet.sandbox.auth.scope_strings import ScopeSyntaxError, parse
from trivet.sandbox.auth.token_answer import TokenAnswer, answer_for_service
from trivet.sandbox.auth.token_errors import DocumentedError
from trivet.sandbox.http.record import note
from trivet.sandbox.http.token_words import what_is_wrong
from trivet.sandbox.world.clients import DEPENDENT_TOKEN
from trivet.sandbox.world.scopes import unknown_scopes

if TYPE_CHECKING:
    from trivet.sandbox.auth.oauth_request import SandboxRequest
    from trivet.sandbox.auth.oauth_server import SandboxServer
    from trivet.sandbox.world.consents import Path
    from trivet.sandbox.world.tokens import Token


class DependentGrant(BaseGrant, TokenEndpointMixin):  # type: ignore[misc]
    """A service's token for tokens of other services, in a bare list."""

    GRANT_TYPE = DEPENDENT_TOKEN
    TOKEN_ENDPOINT_AUTH_METHODS = (BASIC, POST)

    server: SandboxServer
    request: SandboxRequest

    def validate_token_request(self) -> None:
        """
        Raises:
            DocumentedError: the client is no service, or the person has not agreed to what it wants.
            InvalidRequestError: no token, or an unknown ``access_type``.
            InvalidGrantError: the token is dead, or for somebody else.
            InvalidScopeError: there is no such scope.
        """
        client = self.authenticate_token_endpoint_client()
        if not client.check_grant_type(self.GRANT_TYPE):
            raise DocumentedError("unauthorized_client", "This client is not a resource server")
        if self.request.form.get("access_type", "online") not in ("online", "offline"):
            raise InvalidRequestError("The parameter access_type is online or offline.")
        self.request.client = client
        self._token = self._sent_token(client.id)
        self._paths = self._agreed_to(self._wanted(self._asked()))

    def _sent_token(self, resource_server: str) -> Token:
        if "token" not in self.request.form:
            raise InvalidRequestError("The parameter token is missing.")
        value = self.request.form["token"]
        token, wrong = (
            self.server.world.tokens.find(value),
            what_is_wrong(value, self.server.world, resource_server=resource_server),
        )
        note(reason=wrong)
        if token is None or wrong is not None:
            raise RefusedTokenError("The token is unknown, dead, or for another service.")
        note(person=token.grant.person.key)
        return token

    def _asked(self) -> list[str] | None:
        """Return the scopes asked for; None for whatever there is."""
        if "scope" not in self.request.form:
            return None
        try:
            trees = parse(self.request.form["scope"])
        except ScopeSyntaxError as error:
            raise InvalidScopeError(str(error)) from None
        unknown = unknown_scopes(trees, self.server.world.scopes.resource_servers)
        if unknown:
            raise self.server.no_such_scope(unknown)
        return [each.name for each in trees]

    def _wanted(self, asked: list[str] | None) -> list[Path]:
        """Return where in the consents the scopes are looked for: below each scope of the token."""
        grant, world = self._token.grant, self.server.world
        paths = []
        for scope in grant.scopes:
            above = grant.path_to(scope)
            below = world.consents.below(self._token.sub, grant.root_client_id, above)
            names = dict.fromkeys((*below, *world.scopes.needed_by(scope)) if asked is None else asked)
            paths += [(*above, name) for name in names if name in world.scopes.resource_servers]
        return paths

    def _agreed_to(self, paths: list[Path]) -> dict[str, Path]:
        """Return scope name -> path of what the person agreed to, if that is all that was wanted.

        Raises:
            DocumentedError: with the scopes an application has to ask for, dependencies in brackets.
        """
        sub, root = self._token.sub, self._token.grant.root_client_id
        agreed = {path[-1]: path for path in paths if self.server.world.consents.find(sub, root, path)}
        missing = {path[-1]: path for path in paths if path[-1] not in agreed}
        if missing:
            note(reason=f"The person has not agreed to {' and '.join(missing)} below what the token is for.")
            unapproved = [in_brackets(path) for path in missing.values()]
            raise DocumentedError(
                "dependent_consent_required",
                "Missing required consents to dependent scopes",
                status=403,
                unapproved_scopes=unapproved,
            )
        return agreed

    def create_token_response(self) -> tuple[int, list[TokenAnswer], Any]:
        offline = self.request.form.get("access_type") == "offline"
        answers = answer_for_service(self._token, self.request.client, self._paths, self.server.world, offline=offline)
        return 200, answers, self.TOKEN_RESPONSE_HEADER


class RefusedTokenError(InvalidGrantError):  # type: ignore[misc]
    """A token that cannot be traded: 400, as recorded, where codes and refresh tokens that are refused get 401."""

    globus_status = 400


def in_brackets(path: Path) -> str:
    """Return the scope string that asks for the last scope of *path* by way of the others: ``a[b[c]]``."""
    return "[".join(path) + "]" * (len(path) - 1)
