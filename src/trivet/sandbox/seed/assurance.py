"""Read what a collection of a seed demands of the session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivet.sandbox.world.collections import Assurance
from trivet.sandbox.world.conditions import Condition

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trivet.sandbox.seed.entry import Entry
    from trivet.sandbox.world.people import Person
    from trivet.sandbox.world.policies import Policy

MINUTE = 60


def read_assurance(entry: Entry, people: Mapping[str, Person], policies: Mapping[str, Policy]) -> Assurance | None:
    """Return what is demanded, or None of a collection without ``high_assurance``, which can demand nothing."""
    high = entry.flag("high_assurance")
    mfa, domains = entry.flag("required_mfa"), tuple(entry.texts("required_domains"))
    identity, policy = _identity(entry, people), _policy(entry, policies)
    minutes = entry.whole_number("authentication_timeout_minutes")
    if not high and (mfa or domains or identity or policy or minutes):
        entry.problem("only a collection with high_assurance can demand something of the session")
    if not high:
        return None
    within = minutes * MINUTE if minutes else None
    return Assurance(Condition(identity=identity, domains=domains, mfa=mfa, within=within), policy)


def _identity(entry: Entry, people: Mapping[str, Person]) -> str | None:
    """Return the id of the identity that is named by its username."""
    username = entry.optional_text("required_identity")
    if username is None:
        return None
    found = [each.id for person in people.values() for each in person.identities if each.username == username]
    if not found:
        entry.problem(f"nobody has an identity {username!r}", "required_identity")
    return found[0] if found else None


def _policy(entry: Entry, policies: Mapping[str, Policy]) -> str | None:
    """Return the id of the policy that is named as in the seed."""
    name = entry.optional_text("required_policy")
    if name is None:
        return None
    if name not in policies:
        entry.problem(f"there is no policy {name!r}", "required_policy")
    return policies[name].id if name in policies else None
