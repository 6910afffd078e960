"""Authentication policies: who has to have authenticated, when and how (Globus docs: Authentication Policies)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trivet.sandbox.world.conditions import Condition
from trivet.sandbox.world.room import check_room

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MAX_POLICIES = 1_000


@dataclass(frozen=True, kw_only=True)
class Policy:
    """One policy. A constraint on domains that is None is none at all; the timeout is in seconds.

    A policy of high assurance looks at the session; any other at the person's linked identities, wherever they last
    authenticated.
    """

    id: str
    project_id: str
    display_name: str
    description: str
    high_assurance: bool = False
    authentication_assurance_timeout: int | None = None
    required_mfa: bool = False
    domain_constraints_include: tuple[str, ...] | None = None
    domain_constraints_exclude: tuple[str, ...] | None = None

    @property
    def condition(self) -> Condition:
        return Condition(
            domains=self.domain_constraints_include or (),
            excluded=self.domain_constraints_exclude or (),
            mfa=self.required_mfa,
            within=self.authentication_assurance_timeout,
            in_session=self.high_assurance,
        )


BEFORE_DELETING = Policy(
    id=str(uuid.uuid5(uuid.NAMESPACE_DNS, "auth.globus.org/delete-project")),
    project_id=str(uuid.uuid5(uuid.NAMESPACE_DNS, "auth.globus.org")),
    display_name="A recent sign-in, to delete a project",
    description="Globus's own; half an hour is the sandbox's choice.",
    high_assurance=True,
    authentication_assurance_timeout=1800,
)
"""What deleting a project demands of the session (globus-sdk's example ``manage_projects.py`` meets it on the way)."""


class Policies:
    """All policies; ``seed_ids`` are those of a seed, by name. Globus's own can be found, and belong to nobody."""

    def __init__(self, seeded: Mapping[str, Policy]) -> None:
        self.seed_ids = {key: policy.id for key, policy in seeded.items()}
        self._by_id = {policy.id: policy for policy in seeded.values()}

    def __iter__(self) -> Iterator[Policy]:
        return iter(self._by_id.values())

    def find(self, policy_id: str) -> Policy | None:
        found = self._by_id.get(policy_id.lower())
        return BEFORE_DELETING if found is None and policy_id.lower() == BEFORE_DELETING.id else found

    def keep(self, policy: Policy) -> None:
        """Add *policy*, or put it in the place of the one with its id.

        Raises:
            FullError: there are too many already.
        """
        if policy.id not in self._by_id:
            check_room(self._by_id, MAX_POLICIES, "policies")
        self._by_id[policy.id] = policy

    def remove(self, policy: Policy) -> None:
        del self._by_id[policy.id]
