"""Subscriptions: the group that stands for one, and the groups that its administrators say belong to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trivet.sandbox.groups.body import BODY, uuid_of
from trivet.sandbox.groups.documents import subscription_info
from trivet.sandbox.groups.errors import GroupsError, MeaninglessError, forbidden, no_such_group
from trivet.sandbox.groups.rights import acting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trivet.sandbox.groups.rights import Caller
    from trivet.sandbox.world.groups import Group

VERIFIED = "subscription_admin_verified_id"
NAMES = ("name", "subscriber_name")
"""What only those are told of a subscription who see its group."""


def subscription_document(subscription_id: str, who: Caller) -> dict[str, Any]:
    """Return which group stands for a subscription, and no names (SDK fixture ``get_group_by_subscription_id``).

    Raises:
        GroupsError: 404 if none does.
    """
    group = who.world.groups.of_subscription(subscription_id)
    if group is None or group.subscription is None:
        raise GroupsError(404, "NOT_FOUND", "There is no such subscription")
    info = {name: value for name, value in (subscription_info(group) or {}).items() if name not in NAMES}
    return {"group_id": group.id, "subscription_id": group.subscription.id, "subscription_info": info}


def verify(group_id: str, fields: Mapping[str, Any], who: Caller) -> dict[str, str | None]:
    """Let a group belong to a subscription, or with null to none (SDK fixture ``set_subscription_admin_verified``).

    That takes an administrator of the subscription's group, of both where it has been another's. Of the group itself
    they need not be a member.

    Raises:
        GroupsError: 404 for a group that is not there, 403 for whoever administers no such subscription.
        MeaninglessError: no such document.
    """
    group = who.world.groups.find(group_id)
    if group is None:
        raise no_such_group()
    if VERIFIED not in fields:
        raise MeaninglessError(BODY, VERIFIED, "the id of a subscription is needed, or null")
    wanted = None if fields[VERIFIED] is None else uuid_of(fields[VERIFIED], VERIFIED)
    for each in filter(None, (group.verified_by, wanted)):
        _check_administers(each, who)
    group.verified_by = wanted
    return {"group_id": group.id, VERIFIED: wanted}


def still_verified_by(group: Group, fields: Mapping[str, Any]) -> str | None:
    """Return what *group* belongs to after its own administrator's change: as before, or with null nothing any more.

    Raises:
        GroupsError: 403 for any other subscription.
    """
    wanted = fields.get(VERIFIED, group.verified_by)
    if wanted not in (None, group.verified_by):
        raise forbidden("Only an administrator of the subscription's group says what belongs to it")
    return group.verified_by if wanted else None


def _check_administers(subscription_id: str, who: Caller) -> None:
    group = who.world.groups.of_subscription(subscription_id)
    if group is None:
        raise forbidden("There is no such subscription that you administer")
    acting(group, who, lambda each: each.administers, "say what belongs to its subscription")
