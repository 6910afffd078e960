"""How applications prove who they are at the token endpoints (RFC 6749 section 2.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote_plus

from authlib.oauth2.rfc6749 import InvalidClientError, InvalidRequestError

from trivet.sandbox.http.basic import basic_credentials

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from trivet.sandbox.auth.oauth_request import SandboxRequest
    from trivet.sandbox.world.clients import Client

BASIC = "client_secret_basic"
POST = "client_secret_post"
NONE = "none"


def single_mechanism(request: SandboxRequest, methods: Sequence[str]) -> list[str]:
    """Return the methods to try: Basic alone if there is an Authorization header, the others if there is none.

    Raises:
        InvalidRequestError: two mechanisms at once, or two different client ids (RFC 6749 section 2.3).
    """
    header = request.authorization
    if header is None:
        return [each for each in methods if each != BASIC]
    if "client_secret" in request.form:
        raise InvalidRequestError("Two ways of client authentication at once.")
    credentials = basic_credentials(header)
    if credentials and request.form.get("client_id", credentials[0]) != credentials[0]:
        raise InvalidRequestError("The client_id differs from the one in the Authorization header.")
    return [each for each in methods if each == BASIC]


def basic_client(query_client: Callable[[str], Client | None], request: SandboxRequest) -> Client:
    """Authenticate by HTTP Basic, as Authlib asks.

    Raises:
        InvalidClientError: see ``client_with_credentials``.
    """
    return client_with_credentials(query_client, request.authorization or "")


def client_with_credentials(query_client: Callable[[str], Client | None], header: str) -> Client:
    """Return the client that an Authorization *header* proves.

    globus-sdk sends id and secret as they are; RFC 6749 section 2.3.1 wants them form-encoded first. Both are right.

    Raises:
        InvalidClientError: unknown client or wrong secret; the answer does not say which.
    """
    credentials = basic_credentials(header)
    if credentials is None:
        raise InvalidClientError("The Authorization header is not well-formed Basic.")
    for client_id, secret in (credentials, (unquote_plus(credentials[0]), unquote_plus(credentials[1]))):
        client = query_client(client_id)
        if client is not None and client.check_client_secret(secret):
            return client
    raise InvalidClientError("Unknown client, or not its secret.")
