"""What an application requires of the session, read from its authorize request (Globus docs: Sessions Guide, GAREs)."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from trivet.sandbox.http.commas import between_commas
from trivet.sandbox.world.conditions import Condition

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trivet.sandbox.world import World

MAX_VALUES = 50
BOOLEANS = {"true": True, "false": False}
"""The SDK for Python writes ``True``, the one for JavaScript ``true``."""


class RequirementError(ValueError):
    """A ``session_required_...`` parameter means nothing. The message says which; it never quotes what was sent."""


def conditions_in(params: Mapping[str, str], world: World) -> tuple[Condition, ...]:
    """Return what the parameters demand: each identity, any one of the domains, each policy, and a second factor.

    A second factor goes with every identity and with the domain; alone, any identity will do for it.

    Raises:
        RequirementError: a value is no UUID or no boolean, names no policy, or there are too many.
    """
    mfa = _flag(params, "session_required_mfa")
    demanded = [Condition(identity=_uuid(each), mfa=mfa) for each in _list(params, "session_required_identities")]
    domains = tuple(_list(params, "session_required_single_domain"))
    if domains or (mfa and not demanded):
        demanded.append(Condition(domains=domains, mfa=mfa))
    policies = (_policy(each, world) for each in _list(params, "session_required_policies"))
    return tuple(dict.fromkeys((*demanded, *policies)))


def _list(params: Mapping[str, str], name: str) -> list[str]:
    """Return the values in a parameter that joins them with commas."""
    values = between_commas(params.get(name, ""))
    if len(values) > MAX_VALUES:
        raise RequirementError(f"The parameter {name} has too many values.")
    return values


def _flag(params: Mapping[str, str], name: str) -> bool:
    value = params.get(name, "false").lower()
    if value not in BOOLEANS:
        raise RequirementError(f"The parameter {name} is true or false.")
    return BOOLEANS[value]


def _uuid(value: str) -> str:
    try:
        return str(uuid.UUID(value))
    except ValueError:
        raise RequirementError("The parameter session_required_identities holds identity ids.") from None


def _policy(value: str, world: World) -> Condition:
    policy = world.policies.find(value)
    if policy is None:
        raise RequirementError("The parameter session_required_policies names a policy that does not exist.")
    return policy.condition
