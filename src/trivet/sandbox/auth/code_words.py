"""Why an authorization code buys nothing, in words for the log; the answer is ``invalid_grant`` whatever it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivet.sandbox.world.scopes import unknown_scopes
from trivet.sandbox.world.when import ago, time_of_day

if TYPE_CHECKING:
    from trivet.sandbox.world import World
    from trivet.sandbox.world.clients import Client
    from trivet.sandbox.world.codes import AuthorizationCode


def what_is_wrong_with(code: AuthorizationCode | None, client: Client, world: World) -> str | None:
    """Return what keeps *client* from redeeming *code* now, or None."""
    if code is None:
        return "The code is unknown: not this sandbox's, or from before a reset or a consent that was rescinded."
    if code.request.client.id != client.id:
        return f"The code was issued to “{code.request.client.name}”, and “{client.name}” sent it."
    if code.spent_at is not None:
        ended = "; what it gave is revoked now" if world.switches.code_reuse_revokes else ""
        return f"The code was used already at {time_of_day(code.spent_at)} UTC{ended}."
    if world.now() >= code.expires_at:
        return f"The code expired {ago(code.expires_at, world.now())}, at {time_of_day(code.expires_at)} UTC."
    gone = unknown_scopes(code.request.scopes, world.scopes.resource_servers)
    return f"The scope {gone[0]} was deleted since the code was issued." if gone else None
