"""Authlib's authorization server, attached to our world and speaking Globus's dialect of errors.

Authlib judges what is generic OAuth: who the client is, whether the grant fits, PKCE, scopes on refresh. What differs
at Globus is here: statuses, bodies of one key, and no secret in any log line.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from authlib.oauth2.rfc6749 import (
    AuthorizationServer,
    InvalidClientError,
    InvalidRequestError,
    OAuth2Error,
    UnsupportedGrantTypeError,
)
from flask import Response

from trivet.sandbox.auth.client_auth import BASIC, POST, basic_client, single_mechanism
from trivet.sandbox.auth.client_words import why_not_authenticated
from trivet.sandbox.auth.oauth_request import SandboxRequest, posted_request
from trivet.sandbox.auth.token_errors import DocumentedError, no_such_scope
from trivet.sandbox.auth.unknown_scope_words import which_do_not_exist
from trivet.sandbox.http.basic import basic_credentials
from trivet.sandbox.http.record import note, refused

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trivet.sandbox.world import World
    from trivet.sandbox.world.clients import Client


class SandboxServer(AuthorizationServer):  # type: ignore[misc]
    """The authorization server over one world."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        self.register_client_auth_method(BASIC, basic_client)

    def query_client(self, client_id: str) -> Client | None:
        return self.world.client(client_id)

    def authenticate_client(self, request: SandboxRequest, methods: Sequence[str], endpoint: str = "token") -> Client:
        allowed = [each for each in methods if each != POST or self.world.switches.accept_client_secret_post]
        methods = single_mechanism(request, allowed)
        try:
            client: Client = super().authenticate_client(request, methods, endpoint)
        except InvalidClientError:
            header = request.authorization
            sent = (basic_credentials(header), None) if header is not None else (None, request.form)
            note(reason=why_not_authenticated(self.world, *sent))
            raise
        note(client=client.key)
        return client

    def no_such_scope(self, unknown: list[str]) -> OAuth2Error:
        """Return the refusal of scopes that do not exist, and log which may have been meant."""
        note(reason=which_do_not_exist(unknown, self.world.scopes.resource_servers))
        return no_such_scope(unknown)

    def get_token_grant(self, request: SandboxRequest) -> Any:
        if not request.payload.grant_type:
            raise InvalidRequestError("The parameter grant_type is missing.")
        return super().get_token_grant(request)

    def answer(self, endpoint: str | None = None) -> Response:
        """Answer the current form post, at the token endpoint or at the named one.

        The lock is held throughout, so two clients with one code cannot both find it unspent.
        """
        try:
            posted = posted_request()
            with self.world.lock:
                answer: Response = (
                    self.create_endpoint_response(endpoint, posted) if endpoint else self.create_token_response(posted)
                )
                return answer
        except OAuth2Error as error:
            return self.handle_error_response(None, error)

    def create_oauth2_request(self, request: SandboxRequest) -> SandboxRequest:
        return request

    def save_token(self, token: Mapping[str, Any], request: SandboxRequest) -> None:
        """Nothing to do: tokens are in the book from the moment they are made."""

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Nobody listens."""

    def handle_response(self, status: int, body: Any, headers: Sequence[tuple[str, str]]) -> Response:
        text = json.dumps(body) if isinstance(body, dict | list) else body
        return Response(text, status, list(headers))

    def handle_error_response(self, request: SandboxRequest | None, error: OAuth2Error) -> Response:  # noqa: ARG002
        refused(str(error.error), _reason(error))
        headers = [("Content-Type", "application/json"), ("Cache-Control", "no-store"), ("Pragma", "no-cache")]
        status = self._status(error)
        if error.error == "invalid_client":
            headers.append(("WWW-Authenticate", 'Basic realm="globus"'))
        body = error.document() if isinstance(error, DocumentedError) else {"error": error.error}
        return self.handle_response(status, body, headers)

    def _status(self, error: OAuth2Error) -> int:
        if hasattr(error, "globus_status"):
            return int(error.globus_status)
        if error.error == "invalid_client":
            return 401
        if error.error == "invalid_grant":
            return self.world.switches.refused_grant_status
        return 400


def _reason(error: OAuth2Error) -> str:
    if isinstance(error, UnsupportedGrantTypeError):
        return "This grant type is not supported."
    return str(error.description or error.error)
