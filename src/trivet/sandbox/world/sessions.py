"""Sessions: one application in one browser, and which identities have authenticated there, when and how."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trivet.sandbox.world.people import Identity

MFA = "mfa"
"""What stands in ``amr`` after a second factor (RFC 8176 section 2)."""


@dataclass(frozen=True)
class Authentication:
    """That *identity* was shown at its identity provider; ``at`` is epoch seconds, ``amr`` the methods used."""

    identity: Identity
    at: float
    amr: tuple[str, ...] = ()

    @property
    def with_second_factor(self) -> bool:
        return MFA in self.amr


@dataclass
class Session:
    """One session, with the latest authentication of each identity (Globus docs: Globus Auth Sessions Guide)."""

    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    authentications: dict[str, Authentication] = field(default_factory=dict)

    def add(self, authentication: Authentication) -> None:
        self.authentications[authentication.identity.id] = authentication
