"""Groups, who is in them and how, and what their policies say (Globus docs: Groups API)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, get_args

from trivet.sandbox.world.room import check_room

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from trivet.sandbox.world.people import Person

Role = Literal["member", "manager", "admin"]
Status = Literal["active", "invited", "pending", "rejected", "removed", "left", "declined"]
ROLES: tuple[Role, ...] = get_args(Role)
STATUSES: tuple[Status, ...] = get_args(Status)
VISIBILITY = ("authenticated", "private")
MEMBERS_VISIBILITY = ("members", "managers")
IN_VIEW: tuple[Status, ...] = ("active", "invited", "pending")
"""Memberships that let somebody see a private group."""

MAX_GROUPS = 1_000
MAX_MEMBERSHIPS = 1_000
"""Of one group, those that have ended included."""
MAX_DEPTH = 8
"""How deep subgroups may nest. Nobody has said; without a bound a long chain would use up the stack."""

DEFAULT_TIMEOUT_SECONDS = 28_800
"""How old an authentication may be for a group of high assurance that says nothing else: eight hours."""


@dataclass(frozen=True)
class Membership:
    """One identity in one group. Times are epoch seconds.

    ``source_group_id`` is the subgroup that makes it a member here too, for one that is no member itself.
    """

    identity_id: str
    username: str
    role: Role = "member"
    status: Status = "active"
    status_reason: str | None = None
    updated: float | None = None
    invite_time: float | None = None
    invite_email_address: str | None = None
    source_group_id: str | None = None

    @property
    def manages(self) -> bool:
        return self.status == "active" and self.role in ("manager", "admin")

    @property
    def administers(self) -> bool:
        return self.status == "active" and self.role == "admin"


@dataclass(frozen=True)
class GroupPolicies:
    """What a group's administrators decide. ``open`` lets people join without being asked, and only a seed says it."""

    is_high_assurance: bool = False
    authentication_assurance_timeout: int | None = None
    group_visibility: str = "private"
    group_members_visibility: str = "managers"
    join_requests: bool = False
    signup_fields: tuple[str, ...] = ()
    open: bool = False

    @property
    def session_limit(self) -> int:
        """How many seconds ago an identity may have authenticated to act in a group of high assurance."""
        return self.authentication_assurance_timeout or DEFAULT_TIMEOUT_SECONDS


@dataclass(frozen=True)
class Subscription:
    """What an institution has subscribed to, and a group of type ``plus`` stands for."""

    id: str
    subscriber_name: str


@dataclass
class Group:
    """One group, with the memberships of its own by identity id.

    ``filled_in`` is what people have told about themselves here, by identity id, whether or not they are members yet.
    ``verified_by`` is the id of the subscription whose administrators have said that the group belongs to it.
    """

    name: str
    description: str | None = None
    parent_id: str | None = None
    terms_and_conditions: str | None = None
    policies: GroupPolicies = field(default_factory=GroupPolicies)
    memberships: dict[str, Membership] = field(default_factory=dict)
    filled_in: dict[str, Mapping[str, str]] = field(default_factory=dict)
    subscription: Subscription | None = None
    verified_by: str | None = None
    id: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def is_full(self) -> bool:
        return len(self.memberships) >= MAX_MEMBERSHIPS

    def set(self, membership: Membership) -> None:
        self.memberships[membership.identity_id] = membership

    @property
    def admins(self) -> list[Membership]:
        return [each for each in self.memberships.values() if each.administers]


class Groups:
    """All groups; *seeded* ones are by name and are copied, since they change.

    ``may_be_added`` holds what people have said about being added to groups, by identity id.
    """

    def __init__(self, seeded: Mapping[str, Group]) -> None:
        self.seed_ids = {key: group.id for key, group in seeded.items()}
        self._by_id = {
            each.id: replace(each, memberships=dict(each.memberships), filled_in={}) for each in seeded.values()
        }
        self.may_be_added: dict[str, bool] = {}

    def __iter__(self) -> Iterator[Group]:
        return iter(self._by_id.values())

    def find(self, group_id: str) -> Group | None:
        return self._by_id.get(group_id.lower())

    def of_subscription(self, subscription_id: str) -> Group | None:
        """Return the group that stands for that subscription."""
        wanted = subscription_id.lower()
        return next((each for each in self if each.subscription and each.subscription.id == wanted), None)

    def add(self, group: Group) -> None:
        """Add one more.

        Raises:
            FullError: there are too many already.
        """
        check_room(self._by_id, MAX_GROUPS, "groups")
        self._by_id[group.id] = group

    def remove(self, group: Group) -> None:
        del self._by_id[group.id]

    def depth(self, group: Group) -> int:
        """Return how many groups stand above *group*."""
        above = self.find(group.parent_id) if group.parent_id else None
        return 0 if above is None else 1 + self.depth(above)

    def children(self, group: Group) -> list[Group]:
        return [each for each in self if each.parent_id == group.id]

    def memberships(self, group: Group) -> list[Membership]:
        """Return the memberships in *group*: its own, and those that active members of its subgroups have by that."""
        found = dict(group.memberships)
        for child in self.children(group):
            for each in self.memberships(child):
                known = found.get(each.identity_id)
                if each.status == "active" and (known is None or known.status != "active"):
                    source = each.source_group_id or child.id
                    found[each.identity_id] = replace(each, role="member", source_group_id=source)
        return list(found.values())

    def memberships_of(self, person: Person, group: Group) -> list[Membership]:
        """Return the memberships of any of the person's identities."""
        ids = {identity.id for identity in person.identities}
        return [each for each in self.memberships(group) if each.identity_id in ids]
