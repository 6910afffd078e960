"""What can be done to memberships, each action with its own rules (Globus docs: Groups API, its OpenAPI document).

    what the caller's role has to allow   add  invite  approve  reject  remove  change_role
    what is done with one's own identity  accept  decline  join  request_join  leave

A role that does not allow an action refuses the whole request. What is wrong with one membership is said in ``errors``,
and the others are dealt with.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from trivet.sandbox.groups.body import choice, identity_in, objects, text
from trivet.sandbox.groups.documents import membership_document
from trivet.sandbox.groups.errors import GroupsError
from trivet.sandbox.groups.rights import acting, check_session
from trivet.sandbox.world.groups import MAX_MEMBERSHIPS, ROLES, Membership

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from trivet.sandbox.groups.rights import Caller
    from trivet.sandbox.world.groups import Group, Role, Status


class UndoneError(Exception):
    """One membership that an action does not fit; the code is for programs, the sentence for people."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


@dataclass(frozen=True)
class Step:
    """One action on one identity, read and not done yet. ``known`` is the membership there is, if any."""

    group: Group
    who: Caller
    identity_id: str
    role: Role
    reason: str | None
    address: str | None
    as_admin: bool = False

    @property
    def known(self) -> Membership | None:
        return self.group.memberships.get(self.identity_id)

    def become(self, status: Status, role: Role | None = None, **changes: Any) -> Membership:
        """Return the membership as it will be.

        Raises:
            UndoneError: it would be one too many.
        """
        if self.known is None and self.group.is_full:
            raise UndoneError("GROUP_FULL", f"A group here has {MAX_MEMBERSHIPS} memberships at most")
        found = self.who.world.directory.find(self.identity_id)
        before = self.known or Membership(self.identity_id, found.identity.username if found else "")
        how = {"status": status, "role": role or before.role, "status_reason": self.reason, **changes}
        return replace(before, updated=self.who.world.now(), **how)

    def check_status(self, *wanted: Status) -> None:
        """Let the step pass if there is a membership with one of these statuses."""
        if self.known is None or self.known.status not in wanted:
            raise UndoneError("INVALID_STATUS", f"There is no {' or '.join(wanted)} membership of this identity")

    def check_not_active(self) -> None:
        if self.known is not None and self.known.status == "active":
            raise UndoneError("ALREADY_ACTIVE", "This identity is a member already")

    def check_exists(self) -> None:
        if self.who.world.directory.find(self.identity_id) is None:
            raise UndoneError("IDENTITY_NOT_FOUND", "There is no such identity")

    def check_own(self) -> None:
        if self.who.person.identity(self.identity_id) is None:
            raise UndoneError("NOT_YOUR_IDENTITY", "This identity is not one of yours")

    def check_may_give(self, role: str) -> None:
        if role != "member" and not self.as_admin:
            raise UndoneError("ADMIN_REQUIRED", "Only an administrator makes managers and administrators")

    def check_admin_remains(self) -> None:
        if [each.identity_id for each in self.group.admins] == [self.identity_id]:
            raise UndoneError("LAST_ADMIN", "The group would be left without an administrator")


def _add(step: Step) -> Membership:
    step.check_exists()
    step.check_not_active()
    step.check_may_give(step.role)
    if step.known is not None and step.known.status == "left":
        raise UndoneError("MEMBER_LEFT", "This identity has left the group, and can only be invited")
    if not step.who.world.groups.may_be_added.get(step.identity_id, True):
        raise UndoneError("ADD_NOT_ALLOWED", "This identity does not let itself be added to groups")
    return step.become("active", step.role)


def _invite(step: Step) -> Membership:
    step.check_exists()
    step.check_not_active()
    step.check_may_give(step.role)
    return step.become("invited", step.role, invite_time=step.who.world.now(), invite_email_address=step.address)


def _approve(step: Step) -> Membership:
    step.check_status("pending")
    return step.become("active")


def _reject(step: Step) -> Membership:
    step.check_status("pending")
    return step.become("rejected")


def _remove(step: Step) -> Membership:
    step.check_status("active", "invited")
    if step.who.person.identity(step.identity_id) is not None:
        raise UndoneError("OWN_MEMBERSHIP", "Nobody removes themselves; they leave")
    if step.known is not None and step.known.role == "admin" and not step.as_admin:
        raise UndoneError("ADMIN_REQUIRED", "Only an administrator removes administrators")
    return step.become("removed")


def _change_role(step: Step) -> Membership:
    step.check_status("active")
    if step.role != "admin":
        step.check_admin_remains()
    return step.become("active", step.role)


def _accept(step: Step) -> Membership:
    step.check_own()
    step.check_status("invited")
    return step.become("active")


def _decline(step: Step) -> Membership:
    step.check_own()
    step.check_status("invited")
    return step.become("declined")


def _join(step: Step) -> Membership:
    step.check_own()
    step.check_not_active()
    if not step.group.policies.open or step.group.policies.is_high_assurance:
        raise UndoneError("JOIN_NOT_ALLOWED", "This group has to be asked, or invites its members")
    return step.become("active", "member")


def _request_join(step: Step) -> Membership:
    step.check_own()
    step.check_not_active()
    if not step.group.policies.join_requests:
        raise UndoneError("JOIN_REQUESTS_NOT_ALLOWED", "This group does not take requests to join")
    return step.become("pending", "member")


def _leave(step: Step) -> Membership:
    step.check_own()
    step.check_status("active")
    step.check_admin_remains()
    return step.become("left")


BY_MANAGERS: dict[str, Callable[[Step], Membership]] = {
    "add": _add,
    "invite": _invite,
    "approve": _approve,
    "reject": _reject,
    "remove": _remove,
}
BY_ADMINS: dict[str, Callable[[Step], Membership]] = {"change_role": _change_role}
ON_ONESELF: dict[str, Callable[[Step], Membership]] = {
    "accept": _accept,
    "decline": _decline,
    "join": _join,
    "request_join": _request_join,
    "leave": _leave,
}
ACTIONS = {**BY_MANAGERS, **BY_ADMINS, **ON_ONESELF}


def perform(group: Group, who: Caller, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Do to the memberships what *fields* say, and return what became of them, action by action.

    Raises:
        GroupsError: 400 for an identity named twice, 403 for an action that the caller's role does not allow.
        MeaninglessError: the document is none.
    """
    steps = {name: _steps(name, group, who, fields) for name in ACTIONS if fields.get(name) is not None}
    _check_once([step.identity_id for each in steps.values() for step in each])
    done: dict[str, Any] = {}
    undone: dict[str, Any] = {}
    for name, each in steps.items():
        for step in each:
            try:
                membership = ACTIONS[name](step)
                group.set(membership)
                done.setdefault(name, []).append(membership_document(membership, group))
            except UndoneError as error:
                said = {"identity_id": step.identity_id, "code": error.code, "detail": error.detail}
                undone.setdefault(name, []).append(said)
    return {**done, "errors": undone} if undone else done


def _steps(name: str, group: Group, who: Caller, fields: Mapping[str, Any]) -> list[Step]:
    """Read all there is to one action, which the caller's role has to allow, before anything is done."""
    steps = [
        Step(
            group,
            who,
            identity_in(row),
            choice(row, "role", ROLES, "member"),
            text(row, "status_reason", None),
            text(row, "invite_email_address", None),
        )
        for row in objects(fields, name)
    ]
    if not steps:
        return []
    as_admin = _check_role(name, [step.identity_id for step in steps], group, who)
    return [replace(step, as_admin=as_admin) for step in steps]


def _check_role(name: str, identity_ids: list[str], group: Group, who: Caller) -> bool:
    """Let the action pass if the caller's role allows it; return whether that is an administrator's.

    Raises:
        GroupsError: 403, or the demand for another session.
    """
    if name in ON_ONESELF:
        own = [each for each in identity_ids if who.person.identity(each)]
        if own:
            check_session(own, group, who)
        return False
    needs_admin = name in BY_ADMINS
    able = acting(group, who, lambda each: each.administers if needs_admin else each.manages, f"use the action {name}")
    return any(each.administers for each in able)


def _check_once(identity_ids: list[str]) -> None:
    """Let the request pass if it names nobody twice."""
    twice = [each for each, times in Counter(identity_ids).items() if times > 1]
    if twice:
        detail = "An identity is named more than once"
        raise GroupsError(400, "BAD_REQUEST", detail, ambiguous_identities=twice)
