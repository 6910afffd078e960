"""Who calls Auth's own API, somebody with an Auth token or a client with its credentials."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from authlib.oauth2.rfc6749 import InvalidClientError
from flask import request

from trivet.sandbox.auth.api_error import forbidden, unauthenticated
from trivet.sandbox.auth.client_auth import client_with_credentials
from trivet.sandbox.auth.client_words import why_not_authenticated
from trivet.sandbox.http.basic import basic_credentials
from trivet.sandbox.http.bearer import bearer_token
from trivet.sandbox.http.record import note
from trivet.sandbox.world.scopes import AUTH

if TYPE_CHECKING:
    from trivet.sandbox.world import World
    from trivet.sandbox.world.clients import Client
    from trivet.sandbox.world.people import Person
    from trivet.sandbox.world.tokens import Token


@dataclass(frozen=True)
class Caller:
    """The caller: *person* may be a client's own identity. *client* is set if it proved itself by its credentials."""

    person: Person
    token: Token | None = None
    client: Client | None = None

    def check_scope(self, scope: str) -> None:
        """Let a token pass if it carries *scope*; a client's credentials may do what the client may.

        Raises:
            ApiError: 403 ``FORBIDDEN``.
        """
        if self.token is not None:
            check_scope(self.token, scope)


def caller(world: World) -> Caller:
    """Return who makes the current request.

    Raises:
        ApiError: 401 ``UNAUTHORIZED``, for bad credentials as well as for none.
    """
    header = request.headers.get("Authorization", "")
    if header[:6].lower() != "basic ":
        token = auth_token(world)
        return Caller(token.grant.person, token=token)
    try:
        client = client_with_credentials(world.client, header)
    except InvalidClientError:
        note(reason=why_not_authenticated(world, basic_credentials(header)))
        raise unauthenticated() from None
    note(client=client.key)
    return Caller(client.as_person(), client=client)


def auth_token(world: World) -> Token:
    """Return the Auth token that the current request carries.

    Raises:
        ApiError: 401 ``UNAUTHORIZED``, if there is none that is active.
    """
    token = bearer_token(world, AUTH)
    if token is None:
        raise unauthenticated()
    return token


def check_scope(token: Token, scope: str) -> None:
    """Let *token* pass if it carries *scope*.

    Raises:
        ApiError: 403 ``FORBIDDEN``, if it does not.
    """
    if scope not in token.scopes:
        raise forbidden(f"The token lacks the scope {scope}")
