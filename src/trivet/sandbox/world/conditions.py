"""What may be demanded of a session, and whether it meets that.

A demand is a handful of conditions. Each has to be met by one authentication as a whole: a second factor shown with one
identity does not help another. The authorize page, introspection and the services all judge by what is here.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trivet.sandbox.world.people import Identity, Person
    from trivet.sandbox.world.sessions import Authentication


@dataclass(frozen=True, kw_only=True)
class Condition:
    """One condition.

    Args:
        identity: the one identity that will do (its id), or None for any.
        domains: patterns such as ``*.edu``, one of which the identity's domain has to match; empty for any domain.
        excluded: patterns that it must not match.
        mfa: whether a second factor is needed.
        within: how many seconds ago the authentication may be at most, or None for any time.
        in_session: whether it has to have happened in this session, or may have anywhere.
    """

    identity: str | None = None
    domains: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    mfa: bool = False
    within: float | None = None
    in_session: bool = True

    def accepts(self, identity: Identity) -> bool:
        """Say whether *identity* is one that could meet this, if it authenticated as it should."""
        return (
            self.identity in (None, identity.id)
            and (not self.domains or _matches(identity.domain, self.domains))
            and not _matches(identity.domain, self.excluded)
        )

    def able(self, person: Person) -> tuple[Identity, ...]:
        """Return the identities of *person* that could meet this."""
        return tuple(identity for identity in person.identities if self.accepts(identity))

    def met_by(self, authentications: Iterable[Authentication], now: float) -> bool:
        """Say whether one of *authentications* meets this at *now*, epoch seconds."""
        return any(
            self.accepts(each.identity)
            and (each.with_second_factor or not self.mfa)
            and (self.within is None or now - each.at <= self.within)
            for each in authentications
        )


def _matches(domain: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(domain.lower(), pattern.lower()) for pattern in patterns)
