"""Groups, policies and memberships as the service writes them (SDK fixtures ``get_my_groups`` and ``get_group``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trivet.sandbox.groups.allowed import allowed_actions
from trivet.sandbox.groups.errors import forbidden
from trivet.sandbox.groups.rights import sees_members
from trivet.sandbox.world.when import iso

if TYPE_CHECKING:
    from collections.abc import Collection

    from trivet.sandbox.groups.rights import Caller
    from trivet.sandbox.world.groups import Group, GroupPolicies, Membership

INCLUDABLE = ("memberships", "my_memberships", "policies", "allowed_actions", "child_ids")
WHOLE = ("my_memberships", "policies")
"""What the documents include that nobody asked extras of: one's own groups, and groups just made or changed."""


def group_document(group: Group, who: Caller, included: Collection[str]) -> dict[str, Any]:
    """Return the group as *who* sees it, with the *included* extras.

    Raises:
        GroupsError: 403 for memberships that are not for their eyes.
    """
    document: dict[str, Any] = {
        "id": group.id,
        "name": group.name,
        "description": group.description,
        "terms_and_conditions": group.terms_and_conditions,
        "parent_id": group.parent_id,
        "group_type": "plus" if group.subscription else "regular",
        "enforce_session": group.policies.is_high_assurance,
        "session_limit": group.policies.session_limit,
        "session_timeouts": session_timeouts(group, who),
        "subscription_id": group.subscription.id if group.subscription else None,
        "subscription_info": subscription_info(group),
        "subscription_admin_verified_id": group.verified_by,
    }
    if "my_memberships" in included:
        document["my_memberships"] = [membership_document(each, group) for each in who.memberships(group)]
    if "memberships" in included:
        if not sees_members(group, who):
            raise forbidden("The members of this group are not for you to see")
        document["memberships"] = [membership_document(each, group) for each in who.world.groups.memberships(group)]
    if "policies" in included:
        document["policies"] = policies_document(group.policies)
    if "allowed_actions" in included:
        document["allowed_actions"] = allowed_actions(group, who)
    if "child_ids" in included:
        document["child_ids"] = [each.id for each in who.world.groups.children(group)]
    return document


def subscription_info(group: Group) -> dict[str, Any] | None:
    """Return what the group's subscription comprises, if it stands for one. None here has paid for connectors."""
    if group.subscription is None:
        return None
    names = {"name": group.name, "subscriber_name": group.subscription.subscriber_name}
    return {**names, "is_high_assurance": group.policies.is_high_assurance, "is_baa": False, "connectors": {}}


def session_timeouts(group: Group, who: Caller) -> dict[str, Any]:
    """Return for each identity in the session when it will be too old for a group of high assurance."""
    if not group.policies.is_high_assurance:
        return {}
    now, found = who.world.now(), {}
    for identity_id, shown in who.token.grant.authentications.items():
        ends = shown.at + group.policies.session_limit
        found[identity_id] = {"expire_time": time_text(ends), "expires_in": max(0, int(ends - now))}
    return found


def membership_document(membership: Membership, group: Group) -> dict[str, Any]:
    document: dict[str, Any] = {
        "group_id": group.id,
        "identity_id": membership.identity_id,
        "username": membership.username,
        "role": membership.role,
        "status": membership.status,
        "status_reason": membership.status_reason,
        "invite_email_address": membership.invite_email_address,
        "invite_time": time_text(membership.invite_time),
        "updated": time_text(membership.updated),
        "membership_fields": dict(group.filled_in.get(membership.identity_id, {})),
    }
    if membership.source_group_id is not None:
        document["source_group_id"] = membership.source_group_id
    return document


def policies_document(policies: GroupPolicies) -> dict[str, Any]:
    return {
        "is_high_assurance": policies.is_high_assurance,
        "authentication_assurance_timeout": policies.session_limit,
        "group_visibility": policies.group_visibility,
        "group_members_visibility": policies.group_members_visibility,
        "join_requests": policies.join_requests,
        "signup_fields": list(policies.signup_fields),
    }


def time_text(seconds: float | None) -> str | None:
    return None if seconds is None else iso(seconds)
