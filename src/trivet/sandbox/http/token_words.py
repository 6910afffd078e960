"""Why a token is not good for what it was sent for, in words for the log; services' answers say less."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivet.sandbox.world.tokens import MARK
from trivet.sandbox.world.when import ago, time_of_day

if TYPE_CHECKING:
    from trivet.sandbox.world import World
    from trivet.sandbox.world.tokens import Kind, Token


def what_is_wrong(
    value: str, world: World, *, kind: Kind | None = "access", resource_server: str | None = None
) -> str | None:
    """Return what keeps the token *value* from being an active one of *kind* for *resource_server*; None if it is one.

    None as *kind* or *resource_server* stands for any.
    """
    token = world.tokens.find(value)
    if token is None:
        return _unknown(value)
    if kind is not None and kind != token.kind:
        return f"This is {_a(token.kind)} token; {_a(kind)} token belongs here."
    if token.revoked_because is not None:
        return f"The {token.kind} token for {token.resource_server} was revoked: {token.revoked_because}."
    if not token.active:
        return _expired(token, world)
    if resource_server not in (None, token.resource_server):
        return f"The token is for {token.resource_server}, this is {resource_server}."
    return None


def _unknown(value: str) -> str:
    if not value:
        return "No token came with this request."
    if value.startswith(MARK):
        return "The token is unknown: another sandbox issued it, or this one before it was reset."
    return "The token is unknown, and not one of a sandbox's at all."


def _expired(token: Token, world: World) -> str:
    when = f"{ago(token.expires_at, world.now())}, at {time_of_day(token.expires_at)} UTC"
    return f"The {token.kind} token for {token.resource_server} expired {when}."


def _a(kind: str) -> str:
    return f"an {kind}" if kind.startswith("a") else f"a {kind}"
