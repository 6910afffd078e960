"""Read one group of a seed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivet.sandbox.seed.reading import seed_id
from trivet.sandbox.world.groups import MEMBERS_VISIBILITY, VISIBILITY, Group, GroupPolicies, Membership

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trivet.sandbox.seed.entry import Entry
    from trivet.sandbox.world.groups import Role, Status
    from trivet.sandbox.world.people import Identity, Person

LISTS: dict[str, tuple[Role, Status]] = {
    "members": ("member", "active"),
    "managers": ("manager", "active"),
    "admins": ("admin", "active"),
    "invited": ("member", "invited"),
    "pending": ("member", "pending"),
    "rejected": ("member", "rejected"),
    "removed": ("member", "removed"),
    "left": ("member", "left"),
    "declined": ("member", "declined"),
}
"""Field -> what the identities named there are."""


def read_group(key: str, entry: Entry, people: Mapping[str, Person], groups: Mapping[str, Group]) -> Group:
    """Return the group. Its parent has to stand above it in the seed, so that none is its own ancestor."""
    policies = GroupPolicies(
        is_high_assurance=entry.flag("high_assurance"),
        authentication_assurance_timeout=entry.whole_number("authentication_assurance_timeout"),
        group_visibility=entry.choice("visibility", VISIBILITY, "private"),
        group_members_visibility=entry.choice("members_visibility", MEMBERS_VISIBILITY, "managers"),
        join_requests=entry.flag("join_requests"),
        open=entry.flag("open"),
    )
    group = Group(
        name=entry.text("name"),
        description=entry.optional_text("description"),
        parent_id=_parent(entry, groups),
        policies=policies,
        id=entry.id(seed_id("group", key)),
    )
    _read_memberships(group, entry, people)
    return group


def _parent(entry: Entry, groups: Mapping[str, Group]) -> str | None:
    key = entry.optional_text("parent")
    if key is None:
        return None
    if key not in groups:
        entry.problem(f"no group {key!r} stands above this one", "parent")
        return None
    return groups[key].id


def _read_memberships(group: Group, entry: Entry, people: Mapping[str, Person]) -> None:
    for field, (role, status) in LISTS.items():
        for number, name in enumerate(entry.texts(field)):
            identity = _identity(name, people)
            if identity is None:
                entry.problem(f"there is nobody called {name!r}", field, number)
            elif identity.id in group.memberships:
                entry.problem(f"{name!r} is named more than once", field, number)
            else:
                group.set(Membership(identity.id, identity.username, role, status))
    if not group.admins:
        entry.problem("a group has at least one administrator", "admins")


def _identity(name: str, people: Mapping[str, Person]) -> Identity | None:
    """Return the identity of that username, or the primary one of the person called so in the seed."""
    if name in people:
        return people[name].primary
    identities = (each for person in people.values() for each in person.identities)
    return next((each for each in identities if each.username == name), None)
