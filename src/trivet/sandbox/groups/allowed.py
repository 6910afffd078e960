"""Which of the caller's identities may in principle do what, for clients that show buttons (``allowed_actions``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trivet.sandbox.groups.rights import Caller
    from trivet.sandbox.world.groups import Group


def allowed_actions(group: Group, who: Caller) -> dict[str, list[str]]:
    """Return action -> ids of the identities that may use it."""
    own = {each.identity_id: each for each in who.memberships(group)}
    managers = [each.identity_id for each in own.values() if each.manages]
    by_status = {
        status: [each.identity_id for each in own.values() if each.status == status and each.source_group_id is None]
        for status in ("active", "invited", "pending")
    }
    outside = [each.id for each in who.person.identities if each.id not in by_status["active"]]
    policies = group.policies
    return {
        **dict.fromkeys(("add", "invite", "approve", "reject", "remove"), managers),
        "change_role": [each.identity_id for each in own.values() if each.administers],
        "accept": by_status["invited"],
        "decline": by_status["invited"],
        "leave": by_status["active"],
        "join": outside if policies.open and not policies.is_high_assurance else [],
        "request_join": [each for each in outside if each not in by_status["pending"]]
        if policies.join_requests
        else [],
    }
