"""Who calls, what they may see, and in what role they may act."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import request

from trivet.sandbox.groups.errors import GroupsError, forbidden, no_such_group
from trivet.sandbox.http.bearer import bearer_token
from trivet.sandbox.http.record import note
from trivet.sandbox.world.condition_words import demand
from trivet.sandbox.world.conditions import Condition
from trivet.sandbox.world.groups import IN_VIEW
from trivet.sandbox.world.scopes import GROUPS, GROUPS_ALL

if TYPE_CHECKING:
    from collections.abc import Callable

    from trivet.sandbox.world import World
    from trivet.sandbox.world.groups import Group, Membership
    from trivet.sandbox.world.people import Person
    from trivet.sandbox.world.tokens import Token

SESSION_MESSAGE = "This group is of high assurance: sign in once more with an identity that may do this"


@dataclass(frozen=True)
class Caller:
    """Who calls, with which token, in which world."""

    token: Token
    world: World

    @property
    def person(self) -> Person:
        return self.token.grant.person

    def memberships(self, group: Group) -> list[Membership]:
        """Return the caller's own memberships, whichever of their identities has them."""
        return self.world.groups.memberships_of(self.person, group)

    def in_session(self, identity_id: str, group: Group) -> bool:
        """Say whether the identity has authenticated in this session, and recently enough for the group."""
        condition = Condition(identity=identity_id, within=group.policies.session_limit)
        return self.world.meets(self.person, self.token.grant.authentications.values(), condition)


def caller(world: World, *scopes: str) -> Caller:
    """Return who calls, with a token that carries one of *scopes*; without any named, the one for everything.

    Raises:
        GroupsError: 401 ``AUTHENTICATION_ERROR`` without a bearer token, 401 ``INVALID_TOKEN`` for one that is dead or
            another service's; 403 ``FORBIDDEN`` for one without the scope.
    """
    token = bearer_token(world, GROUPS)
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not value.strip():
        raise GroupsError(401, "AUTHENTICATION_ERROR", "The Authorization header is missing or malformed")
    if token is None:
        raise GroupsError(401, "INVALID_TOKEN", "The token is unknown, dead, or for another service")
    if not set(scopes or (GROUPS_ALL,)) & set(token.scopes):
        note(
            reason=f"The token carries {' '.join(token.scopes)}, and this needs {' or '.join(scopes or (GROUPS_ALL,))}."
        )
        raise forbidden("The token lacks the scope that this needs", provided_scopes=list(token.scopes))
    return Caller(token, world)


def visible_group(group_id: str, who: Caller) -> Group:
    """Return the group, if *who* may know of it.

    Raises:
        GroupsError: 404 if there is none, 403 for a private one that they have nothing to do with.
    """
    group = who.world.groups.find(group_id)
    if group is None:
        raise no_such_group()
    if group.policies.group_visibility == "private" and not any(
        each.status in IN_VIEW for each in who.memberships(group)
    ):
        raise forbidden("This group is visible to its members only")
    return group


def sees_members(group: Group, who: Caller) -> bool:
    """Say whether *who* may know who else is in the group."""
    own = [each for each in who.memberships(group) if each.status == "active"]
    if group.policies.group_members_visibility == "members":
        return bool(own)
    return any(each.manages for each in own)


def acting(group: Group, who: Caller, has_role: Callable[[Membership], bool], what: str) -> list[Membership]:
    """Return the caller's memberships that let them do *what*.

    Raises:
        GroupsError: 403 ``FORBIDDEN`` if none does; for a group of high assurance, the demand for a session in which
            one of those identities has authenticated recently.
    """
    able = [each for each in who.memberships(group) if has_role(each)]
    if not able:
        raise forbidden(f"Your role in this group does not let you {what}")
    check_session([each.identity_id for each in able], group, who)
    return able


def administered_group(group_id: str, who: Caller, what: str) -> Group:
    """Return the group, if *who* administers it and so may do *what*.

    Raises:
        GroupsError: 404 or 403, or the demand for another session.
    """
    group = visible_group(group_id, who)
    acting(group, who, lambda membership: membership.administers, what)
    return group


def check_session(identity_ids: list[str], group: Group, who: Caller) -> None:
    """Let the caller act as one of these identities, if the group wants no session or has it.

    Raises:
        GroupsError: the demand for another session, with the status that the switch says.
    """
    if not group.policies.is_high_assurance or any(who.in_session(each, group) for each in identity_ids):
        return
    demanded = demand(Condition(within=group.policies.session_limit), who.world)
    note(reason=f"“{group.name}” is of high assurance, and the session lacks {demanded}.")
    parameters = {"session_message": SESSION_MESSAGE, "session_required_identities": identity_ids[:1]}
    status = who.world.switches.high_assurance_group_status
    raise GroupsError(status, "AUTHENTICATION_REQUIRED", SESSION_MESSAGE, authorization_parameters=parameters)
