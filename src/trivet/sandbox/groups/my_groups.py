"""``my_groups``: the groups that any of the caller's identities has something to do with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trivet.sandbox.groups.documents import WHOLE, group_document

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from trivet.sandbox.groups.rights import Caller
    from trivet.sandbox.world.groups import Group, Membership


def my_groups(who: Caller, statuses: Collection[str]) -> list[dict[str, Any]]:
    """Return the caller's groups, each with their memberships of these *statuses*."""
    found = []
    for group in who.world.groups:
        own = [each for each in who.memberships(group) if each.status in statuses]
        if not own or (who.world.switches.my_groups_wants_sessions and _is_out_of_session(group, own, who)):
            continue
        document = group_document(group, who, WHOLE)
        ids = {each.identity_id for each in own}
        document["my_memberships"] = [each for each in document["my_memberships"] if each["identity_id"] in ids]
        found.append(document)
    return found


def _is_out_of_session(group: Group, memberships: Sequence[Membership], who: Caller) -> bool:
    recent = (who.in_session(each.identity_id, group) for each in memberships)
    return group.policies.is_high_assurance and not any(recent)
