"""Make a group, describe it anew, and set its policies."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from trivet.sandbox.groups.body import BODY, choice, choices_in, flag, number, one_object, text, uuid_of
from trivet.sandbox.groups.errors import GroupsError, MeaninglessError
from trivet.sandbox.groups.rights import administered_group
from trivet.sandbox.world.groups import MAX_DEPTH, MEMBERS_VISIBILITY, VISIBILITY, Group, Membership

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trivet.sandbox.groups.rights import Caller
    from trivet.sandbox.world.groups import GroupPolicies

SIGNUP_FIELDS = (
    "institution",
    "current_project_name",
    "address",
    "city",
    "state",
    "country",
    "address1",
    "address2",
    "zip",
    "phone",
    "department",
    "field_of_science",
)


def new_group(fields: Mapping[str, Any], who: Caller) -> Group:
    """Return a new group, with the caller's effective identity as its administrator.

    Raises:
        GroupsError: 403 if it is to be a subgroup of a group that the caller does not administer.
        MeaninglessError: a field means nothing.
    """
    group = Group("", parent_id=_parent_id(fields, who))
    describe(group, fields)
    group.policies = policies_from(one_object(fields, "policies"), group.policies)
    primary = who.person.primary
    group.set(Membership(primary.id, primary.username, "admin", updated=who.world.now()))
    return group


def _parent_id(fields: Mapping[str, Any], who: Caller) -> str | None:
    if fields.get("parent_id") is None:
        return None
    parent = administered_group(uuid_of(fields["parent_id"], "parent_id"), who, "make subgroups")
    if who.world.groups.depth(parent) >= MAX_DEPTH:
        raise GroupsError(400, "BAD_REQUEST", "Groups nest too deep")
    return parent.id


def describe(group: Group, fields: Mapping[str, Any]) -> None:
    """Change *group* as the *fields* say.

    Raises:
        MeaninglessError: a field means nothing; nothing has changed then.
    """
    name = text(fields, "name", group.name)
    description = text(fields, "description", group.description)
    terms = text(fields, "terms_and_conditions", group.terms_and_conditions)
    if name is None or not name.strip():
        raise MeaninglessError(BODY, "name", "a name is needed")
    group.name, group.description, group.terms_and_conditions = name, description, terms


def policies_from(fields: Mapping[str, Any], now: GroupPolicies) -> GroupPolicies:
    """Return the policies after the change that *fields* describe; what was not sent stays."""
    timeout = number(fields, "authentication_assurance_timeout", now.authentication_assurance_timeout)
    members = choice(fields, "group_members_visibility", MEMBERS_VISIBILITY, now.group_members_visibility)
    return replace(
        now,
        is_high_assurance=flag(fields, "is_high_assurance", now=now.is_high_assurance),
        authentication_assurance_timeout=timeout,
        group_visibility=choice(fields, "group_visibility", VISIBILITY, now.group_visibility),
        group_members_visibility=members,
        join_requests=flag(fields, "join_requests", now=now.join_requests),
        signup_fields=choices_in(fields, "signup_fields", SIGNUP_FIELDS, now.signup_fields),
    )
