"""What there is, in short, for programs: no token, code, cookie or secret is in it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from trivet.sandbox.control.handles import handle
from trivet.sandbox.world.upcoming import upcoming

if TYPE_CHECKING:
    from trivet.sandbox.world import World
    from trivet.sandbox.world.sessions import Authentication
    from trivet.sandbox.world.tokens import Token

SHOWN = 200
"""Of tokens and moments no more than so many, the latest and the soonest."""


def state(world: World) -> dict[str, Any]:
    """Return all of it. Call it with the world's lock."""
    return {
        "issuer": world.issuer,
        "clock": moments(world),
        "people": {
            key: {"name": each.name, "sub": each.sub, "usernames": [identity.username for identity in each.identities]}
            for key, each in world.people.items()
        },
        "clients": {
            key: {"id": each.id, "name": each.name, "type": each.client_type, "redirect_uris": each.redirect_uris}
            for key, each in world.clients.items()
        },
        "sessions": _sessions(world),
        "tokens": [_token(each, world) for each in world.tokens.all()[-SHOWN:]],
        "faults": [asdict(each) for each in world.in_force()],
        "requests": len(world.log.all()),
    }


def moments(world: World) -> dict[str, Any]:
    """Return what time it is, and what will happen next. Times are epoch seconds."""
    clock = world.clock
    soonest = [asdict(each) for each in upcoming(world)[:SHOWN]]
    return {"now": clock.now(), "ahead": clock.ahead, "frozen": clock.frozen, "upcoming": soonest}


def _sessions(world: World) -> list[dict[str, Any]]:
    return [
        {
            "browser": handle(browser.id),
            "person": browser.person.key,
            "client": world.applications.key_of(client_id),
            "authentications": [_authentication(each) for each in session.authentications.values()],
        }
        for browser in world.browsers
        if browser.person is not None
        for client_id, session in browser.sessions.items()
    ]


def _authentication(shown: Authentication) -> dict[str, Any]:
    return {"username": shown.identity.username, "at": shown.at, "second_factor": shown.with_second_factor}


def _token(token: Token, world: World) -> dict[str, Any]:
    return {
        "token": handle(token.value),
        "kind": token.kind,
        "person": token.grant.person.key,
        "client": world.applications.key_of(token.client_id),
        "resource_server": token.resource_server,
        "scopes": token.scopes,
        "issued_at": token.issued_at,
        "expires_at": token.expires_at,
        "active": token.active,
    }
