"""Why a client failed to prove who it is, in words for the log: the answer must not say (RFC 6749 section 5.2)."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trivet.sandbox.world import World


def why_not_authenticated(
    world: World, credentials: tuple[str, str] | None, form: Mapping[str, str] | None = None
) -> str:
    """Return what is wrong with the *credentials* of a well-formed Basic header, or without one with the *form*."""
    if credentials is not None:
        return _wrong_credentials(world, credentials[0])
    return "The Authorization header is not well-formed Basic." if form is None else _wrong_form(world, form)


def _wrong_form(world: World, form: Mapping[str, str]) -> str:
    if "client_secret" in form:
        return "The client secret came in the form; this sandbox takes it in a Basic Authorization header only."
    if "client_id" not in form:
        return "Neither an Authorization header nor a client_id came with this request."
    client = world.client(form["client_id"])
    if client is None:
        return no_such_client(form["client_id"], world)
    if not client.is_public:
        return f"“{client.name}” has a secret, and did not send it."
    return f"“{client.name}” is public, and this is for clients with a secret."


def no_such_client(client_id: str, world: World) -> str:
    """Return the words for an unknown *client_id*, repeated only if it can be one: some send the secret there."""
    meant = world.clients.get(client_id)
    if meant is not None:
        return f"“{client_id}” is an application's name in the seed; its client_id is {meant.id}."
    try:
        return f"No application has the client_id {uuid.UUID(client_id)}."
    except ValueError:
        return "The client_id is not a UUID."


def _wrong_credentials(world: World, client_id: str) -> str:
    client = world.client(client_id) or world.client(unquote_plus(client_id))
    if client is None:
        return no_such_client(client_id, world)
    if client.is_public:
        return f"“{client.name}” is public and has no secret: its client_id belongs into the form."
    if not client.credentials:
        return f"“{client.name}” has no secret any more: its credentials were deleted."
    return f"The client secret is wrong for “{client.name}”."
