"""Find the access token a request carries (RFC 6750 section 2.1: the Authorization header, and nowhere else)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request

from trivet.sandbox.http.record import note
from trivet.sandbox.http.token_words import what_is_wrong

if TYPE_CHECKING:
    from trivet.sandbox.world import World
    from trivet.sandbox.world.tokens import Token


def bearer_token(world: World, resource_server: str) -> Token | None:
    """Return the active access token for *resource_server* in the current request, or None.

    A token for another service is no token here: each service accepts its own audience only. The log says why not.
    """
    header = request.headers.get("Authorization", "")
    scheme, _, value = header.partition(" ")
    if scheme.lower() != "bearer":
        note(reason="The Authorization header is not Bearer." if header else "No Authorization header came.")
        return None
    token = world.tokens.find(value.strip())
    if token is not None:
        client = world.client(token.client_id)
        note(person=token.grant.person.key, client=client.key if client else None)
    wrong = what_is_wrong(value.strip(), world, resource_server=resource_server)
    note(reason=wrong)
    return token if wrong is None else None
