"""Read one group of a seed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivet.sandbox.seed.reading import seed_id
from trivet.sandbox.world.groups import (
    MEMBERS_VISIBILITY,
    VISIBILITY,
    Group,
    GroupPolicies,
    Membership,
    Subscription,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trivet.sandbox.seed.entry import Entry
    from trivet.sandbox.seed.names import Names
    from trivet.sandbox.world.groups import Role, Status

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


def read_group(key: str, entry: Entry, names: Names, groups: Mapping[str, Group]) -> Group:
    """Return the group. Its parent has to stand above it in the seed, so that none is its own ancestor."""
    policies = GroupPolicies(
        is_high_assurance=entry.flag("high_assurance"),
        authentication_assurance_timeout=entry.whole_number("authentication_assurance_timeout"),
        group_visibility=entry.choice("visibility", VISIBILITY, "private"),
        group_members_visibility=entry.choice("members_visibility", MEMBERS_VISIBILITY, "managers"),
        join_requests=entry.flag("join_requests"),
        signup_fields=tuple(entry.texts("signup_fields")),
        open=entry.flag("open"),
    )
    group = Group(
        name=entry.text("name"),
        description=entry.optional_text("description"),
        terms_and_conditions=entry.optional_text("terms_and_conditions"),
        parent_id=_parent(entry, groups),
        policies=policies,
        subscription=_subscription(key, entry),
        id=entry.id(seed_id("group", key)),
    )
    _read_memberships(group, entry, names)
    return group


def _subscription(key: str, entry: Entry) -> Subscription | None:
    subscriber, given = entry.optional_text("subscriber"), entry.optional_id("subscription_id")
    if subscriber is None:
        if given is not None:
            entry.problem("a subscription has a subscriber", "subscription_id")
        return None
    return Subscription(given or seed_id("subscription", key), subscriber)


def _parent(entry: Entry, groups: Mapping[str, Group]) -> str | None:
    key = entry.optional_text("parent")
    if key is None:
        return None
    if key not in groups:
        entry.problem(f"no group {key!r} stands above this one", "parent")
        return None
    return groups[key].id


def _read_memberships(group: Group, entry: Entry, names: Names) -> None:
    for field, (role, status) in LISTS.items():
        for identity in names.named_in(entry, field):
            if identity.id in group.memberships:
                entry.problem(f"{identity.username} is named more than once", field)
            else:
                group.set(Membership(identity.id, identity.username, role, status))
    if not group.admins:
        entry.problem("a group has at least one administrator", "admins")
