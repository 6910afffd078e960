"""
Tokens: what Globus gave a session for one resource server, and when it runs out.

Secrets have types of their own, so that handing one where another belongs fails before it runs, and they print as
stars.
"""

import json
from dataclasses import dataclass, replace
from typing import Self


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
class TokenSet:
    """
    The tokens for one resource server.

    ``scopes`` are the root scopes granted, without their dependencies. Times are seconds since the epoch.
    """

    resource_server: str
    access_token: AccessToken
    refresh_token: RefreshToken | None
    scopes: frozenset[str]
    obtained_at: int
    expires_at: int

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
        """Return these tokens with the refresh token of *older* where Globus sent none: it may leave it out."""
        return self if self.refresh_token else replace(self, refresh_token=older.refresh_token)

    def secrets(self) -> list[Secret]:
        """Return the token strings in it, for revoking: the refresh token first, so that nothing new can be minted."""
        return [token for token in (self.refresh_token, self.access_token) if token]

    def to_bytes(self) -> bytes:
        """Write it down, to be sealed."""
        document = {
            "access_token": self.access_token.reveal(),
            "refresh_token": self.refresh_token.reveal() if self.refresh_token else None,
            "scope": " ".join(sorted(self.scopes)),
            "obtained_at": self.obtained_at,
            "expires_at": self.expires_at,
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
        )
