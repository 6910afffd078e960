"""What people have said about being added to groups, one identity at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trivet.sandbox.groups.body import BODY, flag, uuid_of
from trivet.sandbox.groups.errors import MeaninglessError, forbidden

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trivet.sandbox.groups.rights import Caller


def preferences(who: Caller) -> dict[str, dict[str, bool]]:
    """Return identity id -> preferences, for the caller's identities."""
    said = who.world.groups.may_be_added
    return {each.id: {"allow_add": said.get(each.id, True)} for each in who.person.identities}


def set_preferences(fields: Mapping[str, Any], who: Caller) -> None:
    """Keep what *fields* say about the caller's identities; said of none, as in the SDK's example, it is for all.

    Raises:
        GroupsError: 403 for somebody else's identity.
        MeaninglessError: no such document.
    """
    rows = {each.id: fields for each in who.person.identities} if "allow_add" in fields else fields
    wanted = {}
    for key, row in rows.items():
        identity_id = uuid_of(key, "identity_id")
        if who.person.identity(identity_id) is None:
            raise forbidden("This identity is not one of yours")
        if not isinstance(row, dict):
            raise MeaninglessError(BODY, identity_id, "an object with allow_add is needed")
        wanted[identity_id] = flag(row, "allow_add", now=True)
    who.world.groups.may_be_added.update(wanted)
