"""What is demanded of a session, in words for pages and log."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trivet.sandbox.world import World
    from trivet.sandbox.world.conditions import Condition

MINUTE, HOUR, DAY = 60, 3600, 86_400


def demand(condition: Condition, world: World) -> str:
    """Return what is demanded, to stand after "asks for"."""
    words = _whose(condition, world)
    if condition.mfa:
        words += " and a second factor"
    if condition.within is not None:
        words += f", both from the last {_span(condition.within)}" if condition.mfa else _age(condition.within)
    return words


def _age(seconds: float) -> str:
    return f" from the last {_span(seconds)}"


def _whose(condition: Condition, world: World) -> str:
    if condition.identity is not None:
        found = world.find_identity(condition.identity)
        return f"a sign-in as {found[1].username if found else 'an identity that does not exist'}"
    words = "a sign-in"
    if condition.domains:
        words += f" with an identity from {' or '.join(condition.domains)}"
    if condition.excluded:
        words += f" {'that is' if condition.domains else 'with an identity'} not from {' or '.join(condition.excluded)}"
    return words


def _span(seconds: float) -> str:
    """Return a span of time in the largest unit that it is a whole number of."""
    for unit, name in ((DAY, "day"), (HOUR, "hour"), (MINUTE, "minute")):
        if seconds >= unit and seconds % unit == 0:
            return _counted(int(seconds // unit), name)
    return _counted(int(seconds), "second")


def _counted(number: int, unit: str) -> str:
    return unit if number == 1 else f"{number} {unit}s"
