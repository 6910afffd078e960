"""People, their identities, and the identity providers that vouch for them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

LONGEST_TEXT = 200
"""Characters of a username, a name or an address."""

_USERNAME = re.compile(r"[^\s@,]+(@[^\s@,]+)+")


def is_username(text: str) -> bool:
    """Say whether *text* is a name and a domain, with nothing in it that cannot be seen."""
    return _USERNAME.fullmatch(text) is not None and len(text) <= LONGEST_TEXT and text.isprintable()


@dataclass(frozen=True)
class IdentityProvider:
    """Somewhere people sign in: a university, ORCID, ... ``domain`` is the part of a username after the last ``@``."""

    id: str
    display_name: str
    domain: str


@dataclass(frozen=True)
class Identity:
    """One account at one identity provider. ``email`` may be missing, and is no key to anything.

    It stays the same identity when what is known about it changes.
    """

    id: str
    username: str = field(compare=False)
    name: str = field(compare=False)
    email: str | None = field(compare=False)
    organization: str | None = field(compare=False)
    provider: IdentityProvider = field(compare=False)

    @property
    def domain(self) -> str:
        """What stands after the last ``@``: some providers' usernames hold another one before it."""
        return self.username.rpartition("@")[2]

    @property
    def idp(self) -> str:
        """The identity provider's display name."""
        return self.provider.display_name

    @property
    def identity_provider(self) -> str:
        """The identity provider's id, a UUID."""
        return self.provider.id


@dataclass
class Account:
    """What may change about somebody: their name, and which identities are linked, the primary one first."""

    name: str
    identities: tuple[Identity, ...]

    def __post_init__(self) -> None:
        self._first = (self.name, self.identities)

    def restore(self) -> None:
        """Be as it was made."""
        self.name, self.identities = self._first


@dataclass(frozen=True)
class Person:
    """A human being with one or more linked identities; the first is the primary, and the one apps see as ``sub``.

    Somebody stays the same person whichever identity leads. Whoever holds a person sees at once what changes about
    their account.
    """

    key: str
    account: Account = field(compare=False)
    leading: Identity | None = field(default=None, compare=False)

    @property
    def name(self) -> str:
        return self.account.name

    @property
    def identities(self) -> tuple[Identity, ...]:
        linked = self.account.identities
        return tuple(sorted(linked, key=lambda each: each != self.leading)) if self.leading in linked else linked

    @property
    def primary(self) -> Identity:
        return self.identities[0]

    @property
    def sub(self) -> str:
        """The effective identity's id (UUID)."""
        return self.primary.id

    @property
    def id(self) -> str:
        return self.sub

    @property
    def username(self) -> str:
        return self.primary.username

    @property
    def email(self) -> str | None:
        return self.primary.email

    def identity(self, identity_id: str) -> Identity | None:
        """Return this person's identity with that id, if they have it."""
        return next((each for each in self.identities if each.id == identity_id), None)

    def led_by(self, identity: Identity) -> Person:
        """Return the same person with *identity*, one of theirs, as the first."""
        return replace(self, leading=identity)

    def is_called(self, key: str) -> bool:
        """Say whether *key* names this person, by seed name, username or identity id."""
        return key == self.key or any(key in (each.id, each.username) for each in self.identities)
