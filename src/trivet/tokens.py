"""
Tokens: what Globus gave a session for one resource server, and when it runs out.

Secrets have types of their own, so that handing one where another belongs fails before it runs, and they print as
stars.
"""

import json
from dataclasses import dataclass, replace
from typing import Self

REFRESH_TOKEN_SECONDS = 183 * 86_400  # Globus docs: one that is not used dies after six months
MAX_SUPERSEDED = 20  # a service that turned down one token a minute would make thousands in two days


class Secret:
    """A string that does not print itself; `reveal` is the only way to it."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the string itself. Keep it out of logs, pages and addresses."""
        return self._value

    def __repr__(self) -> str:
        return f"{type(self).__name__}('*****')"

    def __str__(self) -> str:
        return "*****"

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other._value == self._value

    def __hash__(self) -> int:
        return hash((type(self), self._value))


class ClientSecret(Secret):
    """The application's own secret at Globus Auth."""

    __slots__ = ()


class AccessToken(Secret):
    """What a service wants to see with each call (RFC 6749, section 1.4)."""

    __slots__ = ()

    @property
    def authorization_header(self) -> str:
        """The value for the ``Authorization`` header (RFC 6750, section 2.1)."""
        return f"Bearer {self._value}"


class RefreshToken(Secret):
    """What Globus Auth exchanges for a fresh access token (RFC 6749, section 1.5)."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Grant:
    """
    What a session may use, to be shown to a person: which service, to what extent, until when.

    ``expires_at`` is in seconds since the epoch; a ``renewable`` grant is renewed by itself before then.
    """

    resource_server: str
    scopes: frozenset[str]
    expires_at: int
    renewable: bool


@dataclass(frozen=True, slots=True)
class Superseded:
    """A token that a fresh one has taken the place of, and until when it has to be thought good for all that."""

    token: Secret
    until: int


@dataclass(frozen=True, slots=True)
class TokenSet:
    """
    The tokens for one resource server.

    ``scopes`` are the root scopes granted, without their dependencies. ``superseded`` are nobody's to use, only to
    revoke. Times are seconds since the epoch.
    """

    resource_server: str
    access_token: AccessToken
    refresh_token: RefreshToken | None
    scopes: frozenset[str]
    obtained_at: int
    expires_at: int
    superseded: tuple[Superseded, ...] = ()

    @property
    def grant(self) -> "Grant":
        """What these tokens are good for, without the tokens."""
        return Grant(self.resource_server, self.scopes, self.expires_at, self.refresh_token is not None)

    @property
    def lifetime(self) -> int:
        """How long the access token was good for when it was obtained, in seconds."""
        return self.expires_at - self.obtained_at

    def lasts(self, seconds: int, *, now: float) -> bool:
        """Tell whether the access token is good for at least *seconds* more."""
        return self.expires_at - now >= seconds

    def keeping(self, older: "TokenSet") -> "TokenSet":
        """
        Return these tokens, which take the place of *older*, with what is to be kept of those.

        That is the refresh token where Globus sent none, which it may leave out, and what may still be good at Globus,
        so that it is revoked with the rest.
        """
        merged = replace(self, refresh_token=self.refresh_token or older.refresh_token)
        in_use = {token.reveal() for token in merged.current()}
        replaced = [Superseded(older.access_token, older.expires_at)]
        if older.refresh_token:
            replaced.append(Superseded(older.refresh_token, self.obtained_at + REFRESH_TOKEN_SECONDS))
        alive = [
            each
            for each in (*older.superseded, *replaced)
            if each.until > self.obtained_at and each.token.reveal() not in in_use
        ]
        return replace(merged, superseded=tuple(alive[-MAX_SUPERSEDED:]))

    def current(self) -> list[Secret]:
        """Return the token strings in use, the refresh token first."""
        return [token for token in (self.refresh_token, self.access_token) if token]

    def secrets(self) -> list[Secret]:
        """Return all token strings, in the order to revoke them: what could mint new ones goes first."""
        return [*self.current(), *(each.token for each in self.superseded)]

    def to_bytes(self) -> bytes:
        """Write it down, to be sealed."""
        document = {
            "access_token": self.access_token.reveal(),
            "refresh_token": self.refresh_token.reveal() if self.refresh_token else None,
            "scope": " ".join(sorted(self.scopes)),
            "obtained_at": self.obtained_at,
            "expires_at": self.expires_at,
            "superseded": [[each.token.reveal(), each.until] for each in self.superseded],
        }
        return json.dumps(document, separators=(",", ":")).encode()

    @classmethod
    def from_bytes(cls, resource_server: str, data: bytes) -> Self:
        """Read what `to_bytes` wrote."""
        document = json.loads(data)
        refresh_token = document["refresh_token"]
        return cls(
            resource_server=resource_server,
            access_token=AccessToken(document["access_token"]),
            refresh_token=RefreshToken(refresh_token) if refresh_token else None,
            scopes=frozenset(document["scope"].split()),
            obtained_at=document["obtained_at"],
            expires_at=document["expires_at"],
            superseded=tuple(Superseded(Secret(token), until) for token, until in document["superseded"]),
        )
