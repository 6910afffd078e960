"""Read one policy of a seed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivet.sandbox.seed.reading import seed_id
from trivet.sandbox.world.policies import Policy
from trivet.sandbox.world.projects import Project

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trivet.sandbox.seed.entry import Entry
    from trivet.sandbox.world.people import Person


def read_policy(
    key: str, entry: Entry, people: Mapping[str, Person], projects: Mapping[str, Project]
) -> tuple[Policy, Project | None]:
    """Return the policy, and its project or the one of its owner if it has one; without, nobody may change it.

    A list of domains that is left out is no constraint.
    """
    project = _project(entry, people, projects)
    policy = Policy(
        id=entry.id(seed_id("policy", key)),
        project_id=project.id if project else seed_id("project", "nobody"),
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
    return policy, project


def _project(entry: Entry, people: Mapping[str, Person], projects: Mapping[str, Project]) -> Project | None:
    key, named = entry.optional_text("owner"), entry.choice("project", tuple(projects), "")
    if key is not None and named:
        entry.problem("a policy has an owner or a project, not both", "owner")
    if key is None:
        return projects.get(named)
    if key not in people:
        entry.problem(f"there is nobody called {key!r}", "owner")
        return None
    owner = people[key]
    return Project(f"Policies of {owner.name}", owner.email or "", [owner.sub], id=seed_id("project", key))
