"""What will happen next by the clock alone, and when: tokens and codes die, sign-ins grow too old, deadlines pass."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trivet.sandbox.world.clock import ClockError
from trivet.sandbox.world.conditions import Condition

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivet.sandbox.world.sessions import Authentication
    from trivet.sandbox.world.world import World

KINDS = {
    "access-token-death": "an access token dies",
    "refresh-token-death": "a refresh token that nobody used for six months dies",
    "code-death": "an authorization code dies",
    "session-timeout": "a sign-in grows too old for a policy, a collection or a group",
    "task-deadline": "the deadline of a transfer or delete task passes",
}
"""What can be waited for, with a sentence each."""

TOO_OLD_BY = 1.0
"""A sign-in as old as the limit is good still, so it is a second later that it is not."""


@dataclass(frozen=True, order=True)
class Moment:
    """One thing that will happen at an epoch second; ``what`` says which, without any secret."""

    at: float
    kind: str
    what: str


def upcoming(world: World) -> list[Moment]:
    """Return what will happen, soonest first. Call it with the world's lock."""
    now = world.now()
    found = (*_tokens(world), *_codes(world), *_timeouts(world), *_deadlines(world))
    return sorted({each for each in found if each.at > now})


def advance_to_next(world: World, kind: str) -> Moment:
    """Move the clock on to the next moment of that *kind* (``next`` stands for any), and return it.

    Raises:
        ClockError: there is no such kind, or nothing like that will happen.
    """
    with world.lock:
        moment = _next(world, kind)
        world.clock.advance_to(moment.at)
    world.carrying.wake()
    return moment


def _next(world: World, kind: str) -> Moment:
    if kind not in (*KINDS, "next"):
        raise ClockError(f"{kind!r} is no moment to go to. There are: {', '.join(KINDS)}, and next.")
    for moment in upcoming(world):
        if kind in (moment.kind, "next"):
            return moment
    waiting = "nothing will happen by the clock alone" if kind == "next" else f"never, as things are, {KINDS[kind]}"
    raise ClockError(f"There is no such moment: {waiting}.")


def _tokens(world: World) -> Iterator[Moment]:
    for token in world.tokens.all():
        if token.active:
            client = world.applications.key_of(token.client_id)
            what = f"{token.grant.person.key}'s for {client} at {token.resource_server}"
            yield Moment(token.expires_at, f"{token.kind}-token-death", what)


def _codes(world: World) -> Iterator[Moment]:
    for code in world.codes.all():
        if not code.spent:
            yield Moment(code.expires_at, "code-death", f"{code.person.key}'s for {code.request.client.key}")


def _deadlines(world: World) -> Iterator[Moment]:
    for task in world.tasks.all():
        if not task.is_over:
            yield Moment(task.deadline, "task-deadline", f"{task.owner.username}'s {task.type.lower()} {task.id}")


def _timeouts(world: World) -> Iterator[Moment]:
    shown = set(_authentications(world))
    for condition, whose in _limits(world):
        for each in shown:
            if condition.within is not None and condition.accepts(each.identity):
                at = each.at + condition.within + TOO_OLD_BY
                yield Moment(at, "session-timeout", f"{each.identity.username} for {whose}")


def _limits(world: World) -> Iterator[tuple[Condition, str]]:
    """Yield whatever says how old a sign-in may be, and what to call it."""
    for policy in world.policies:
        yield policy.condition, f"policy {policy.display_name}"
    for collection in world.collections.values():
        if collection.assurance is not None:
            yield collection.assurance.condition, f"collection {collection.display_name}"
    for group in world.groups:
        if group.policies.is_high_assurance:
            for member in group.memberships:
                yield Condition(identity=member, within=group.policies.session_limit), f"group {group.name}"


def _authentications(world: World) -> Iterator[Authentication]:
    """Yield those that sessions still rest on: of browsers, and of the tokens that are alive."""
    for browser in world.browsers:
        for session in browser.sessions.values():
            yield from session.authentications.values()
    for token in world.tokens.all():
        if token.active:
            yield from token.grant.authentications.values()
