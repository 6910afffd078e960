"""
The signed-in user, as Globus describes them.

`User.sub` is who they are. Everything else may change or be missing: usernames are reassigned, an email address may be
absent or shared, and the set of linked identities grows and shrinks (OpenID Connect Core, section 5.7).
"""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self, TypeGuard, TypeVar

AnyIdentity = TypeVar("AnyIdentity", bound="Identity")

# Line breaks and other control characters, and halves of surrogate pairs, which JSON can escape and no page can hold.
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


@dataclass(frozen=True)
class Identity:
    """
    One identity of a person: an account at one identity provider.

    ``identity_provider`` is a UUID; ``last_authentication`` is in seconds since the epoch.
    """

    sub: str
    username: str | None = None
    name: str | None = None
    email: str | None = None
    organization: str | None = None
    identity_provider: str | None = None
    identity_provider_display_name: str | None = None
    last_authentication: int | None = None

    @property
    def domain(self) -> str | None:
        """
        The identity provider's part of the username: what follows the *last* ``@``.

        The first one will not do: ``ada@uni.example@accounts.google.com`` is a Google account.
        """
        _, at, domain = (self.username or "").rpartition("@")
        if not (at and domain):
            return None
        # What is not ASCII is left alone: the small letter of the Kelvin sign is a plain k.
        return domain.lower() if domain.isascii() else domain

    @classmethod
    def from_claims(cls, claims: Mapping[str, Any]) -> Self:
        """
        Read an entry of ``identity_set``. A value of an unexpected type counts as missing.

        What cannot be printed becomes U+FFFD and is not left out: a domain with something after it is another one.
        """
        values: dict[str, Any] = {"sub": str(claims["sub"])}
        for name in ("name", "email", "organization", "identity_provider", "identity_provider_display_name"):
            values[name] = _text(claims.get(name))
        values["username"] = _text(claims.get("username")) or _text(claims.get("preferred_username"))
        moment = claims.get("last_authentication")
        values["last_authentication"] = int(moment) if is_moment(moment) else None
        return cls(**values)


@dataclass(frozen=True)
class User(Identity):
    """
    The person who is signed in: the identity this application knows them by, and those linked to it.

    ``identity_set`` holds all of them, this one included, in the order Globus gave; only this one when Globus gave
    none.
    """

    identity_set: tuple[Identity, ...] = ()

    @property
    def display_name(self) -> str:
        """What to call them on a page: the first of name, username and email that there is."""
        return self.name or self.username or self.email or "Globus user"

    @classmethod
    def from_claims(cls, claims: Mapping[str, Any]) -> Self:
        """Read the claims of an ID token or of userinfo."""
        own = Identity.from_claims(claims)
        listed = claims.get("identity_set")
        entries = listed if isinstance(listed, list) else []
        identities = [Identity.from_claims(entry) for entry in entries if isinstance(entry, dict) and entry.get("sub")]
        if all(identity.sub != own.sub for identity in identities):
            identities.insert(0, own)
        return cls(**{field.name: getattr(own, field.name) for field in fields(own)}, identity_set=tuple(identities))

    def to_json(self) -> str:
        """Write it down for the session store."""
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` wrote; what another version of us left out has its default."""
        document = json.loads(text)
        document["identity_set"] = tuple(_written(Identity, entry) for entry in document["identity_set"])
        return _written(cls, document)


@dataclass(frozen=True, slots=True)
class OpenSession:
    """
    One of a person's sessions, to be shown to them. Times are seconds since the epoch.

    ``id`` may stand in a page: it is not what the browser holds. ``current`` is the session that is looking.
    """

    id: str
    current: bool
    seen_from: str
    created_at: int
    last_seen_at: int


def _written(kind: type[AnyIdentity], values: dict[str, Any]) -> AnyIdentity:
    """
    Return the object with these values, which we wrote ourselves.

    Every signed-in page comes by here; the constructor of a frozen dataclass, which sets one field at a time by a call,
    takes several times as long.
    """
    made = object.__new__(kind)
    made.__dict__.update(values)
    return made


def is_moment(value: object) -> TypeGuard[float]:
    """Tell whether *value* is a number that can be a point in time: JSON as read here knows infinity too."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _text(value: object) -> str | None:
    return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", value) if isinstance(value, str) and value else None
