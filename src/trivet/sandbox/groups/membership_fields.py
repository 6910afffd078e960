"""What people tell about themselves in a group when they sign up there, one identity at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivet.sandbox.groups.body import one_object, text, uuid_of
from trivet.sandbox.groups.describing import SIGNUP_FIELDS
from trivet.sandbox.groups.errors import forbidden

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from trivet.sandbox.groups.rights import Caller
    from trivet.sandbox.world.groups import Group

FIELDS = ("first_name", "last_name", "organization", *SIGNUP_FIELDS)
"""What can be told: more than a group can ask for (Globus docs: Groups API, ``MembershipFields``)."""


def membership_fields(group: Group, who: Caller) -> dict[str, dict[str, str | None]]:
    """Return identity id -> field -> what was told, for the caller's identities."""
    told = group.filled_in
    return {each.id: {name: told.get(each.id, {}).get(name) for name in FIELDS} for each in who.person.identities}


def fill_in(group: Group, fields: Mapping[str, Any], who: Caller) -> None:
    """Keep what *fields* tell of the caller's identities, instead of what was told of these before.

    Raises:
        GroupsError: 403 for somebody else's identity; nothing has changed then.
        MeaninglessError: no such document.
    """
    told: dict[str, Mapping[str, str]] = {}
    for key in fields:
        identity_id = uuid_of(key, "identity_id")
        if who.person.identity(identity_id) is None:
            raise forbidden("This identity is not one of yours")
        row = one_object(fields, key)
        told[identity_id] = {name: value for name in FIELDS if (value := text(row, name, None)) is not None}
    group.filled_in.update(told)
