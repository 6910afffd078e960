"""Read one policy of a seed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivet.sandbox.seed.reading import seed_id
from trivet.sandbox.world.policies import Policy

if TYPE_CHECKING:
    from trivet.sandbox.seed.entry import Entry


def read_policy(key: str, entry: Entry) -> Policy:
    """Return the policy; a list of domains that is left out is no constraint."""
    policy = Policy(
        id=entry.id(seed_id("policy", key)),
        project_id=seed_id("project", "policies"),
        display_name=entry.text("display_name"),
        description=entry.text("description", ""),
        high_assurance=entry.flag("high_assurance"),
        authentication_assurance_timeout=entry.whole_number("authentication_assurance_timeout"),
        required_mfa=entry.flag("required_mfa"),
        domain_constraints_include=tuple(entry.texts("domain_constraints_include")) or None,
        domain_constraints_exclude=tuple(entry.texts("domain_constraints_exclude")) or None,
    )
    if policy.required_mfa and not policy.high_assurance:
        entry.problem("only a policy with high_assurance can require a second factor", "required_mfa")
    return policy
