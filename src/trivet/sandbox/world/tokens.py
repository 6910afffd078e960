"""Access and refresh tokens: one of each kind per resource server, random, and revocable one by one."""

from __future__ import annotations

import itertools
import secrets
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from trivet.sandbox.world.people import Person
    from trivet.sandbox.world.remains import Held
    from trivet.sandbox.world.sessions import Authentication

ACCESS_TOKEN_SECONDS = 172_800
"""Lifetime of a fresh access token: 48 hours (SDK fixture ``oauth2_exchange_code_for_tokens``)."""

REFRESH_TOKEN_IDLE_SECONDS = 182 * 86_400
"""A refresh token dies after about six months without use (``globus_sdk.globus_app.config``)."""

MAX_TOKENS = 20_000
"""How many of a kind are remembered. To clients a forgotten one is what an expired one is: not active."""

MAX_FAMILIES = 100
"""How many logins that share one access token are remembered with it."""

Kind = Literal["access", "refresh"]

MARK = "AgSBX"
"""What every token begins with."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Grant:
    """What one token is for: who gave it to which client, for which service, out of which session and code.

    A service may hold tokens on the strength of a consent given to an application that calls it. ``rooted_at`` is then
    that application's client id, and ``paths`` says for each scope how the consent leads to it.
    """

    person: Person
    client_id: str
    resource_server: str
    scopes: tuple[str, ...]
    family: str
    session_id: str
    authentications: Mapping[str, Authentication]
    offline: bool
    rooted_at: str | None = None
    paths: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def root_client_id(self) -> str:
        """The application that the person gave their consent to."""
        return self.rooted_at or self.client_id

    def path_to(self, scope: str) -> tuple[str, ...]:
        """Return the scopes from the root of the consent to *scope*, which is one of this grant's."""
        return self.paths.get(scope, (scope,))

    def is_below(self, path: tuple[str, ...]) -> bool:
        """Say whether any of the scopes is at *path* in the consents, or below it."""
        return any(self.path_to(scope)[: len(path)] == path for scope in self.scopes)


@dataclass(slots=True)
class Token:
    """One token. ``issued_at`` and ``expires_at`` are epoch seconds; using a refresh token moves its expiry.

    ``revoked_because`` says in words what ended it, and is None while nothing has. ``families`` are of the codes that
    it was given out for: the grant's, and those of later logins it is shared with.
    """

    value: str = field(repr=False)
    kind: Kind
    grant: Grant
    issued_at: float
    expires_at: float
    now: Callable[[], float] = field(repr=False)
    number: int
    revoked_because: str | None = None
    families: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.families = (self.grant.family,)

    @property
    def revoked(self) -> bool:
        return self.revoked_because is not None

    def revoke(self, because: str) -> None:
        """End it; what ended it first is remembered."""
        self.revoked_because = self.revoked_because or because

    @property
    def resource_server(self) -> str:
        return self.grant.resource_server

    @property
    def client_id(self) -> str:
        return self.grant.client_id

    @property
    def sub(self) -> str:
        return self.grant.person.sub

    @property
    def scopes(self) -> tuple[str, ...]:
        return self.grant.scopes

    @property
    def seconds_left(self) -> int:
        return round(self.expires_at - self.now())

    @property
    def active(self) -> bool:
        """Neither revoked nor expired at this moment of the sandbox's clock."""
        return not self.revoked and self.now() < self.expires_at

    # The questions Authlib asks of a token.

    def get_scope(self) -> str:
        return " ".join(self.grant.scopes)

    def check_client(self, client: object) -> bool:
        return getattr(client, "id", None) == self.client_id

    def is_expired(self) -> bool:
        return self.now() >= self.expires_at

    def is_revoked(self) -> bool:
        return self.revoked


class TokenBook:
    """The tokens this sandbox has issued.

    Beyond ``MAX_TOKENS`` access tokens are forgotten in the order they were issued, and refresh tokens in the order
    they were last used: whoever keeps using theirs keeps it.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._by_kind: dict[Kind, OrderedDict[str, Token]] = {"access": OrderedDict(), "refresh": OrderedDict()}
        self._numbers = itertools.count()

    def issue(self, kind: Kind, grant: Grant) -> Token:
        """Return a new random token; its first letters mark it as the sandbox's in whatever log it turns up."""
        lifetime = ACCESS_TOKEN_SECONDS if kind == "access" else REFRESH_TOKEN_IDLE_SECONDS
        now, value = self._now(), f"{MARK}{secrets.token_urlsafe(36)}"
        token = Token(value, kind, grant, now, now + lifetime, self._now, next(self._numbers))
        book = self._by_kind[kind]
        book[value] = token
        if len(book) > MAX_TOKENS:
            book.popitem(last=False)
        return token

    def share(self, grant: Grant) -> Token | None:
        """Return an access token that is good and for the same as *grant*: out of its code too from now on."""
        for token in self._by_kind["access"].values():
            if token.active and replace(token.grant, family=grant.family) == grant:
                token.families = (*token.families, grant.family)[-MAX_FAMILIES:]
                return token
        return None

    def find(self, value: str) -> Token | None:
        return self._by_kind["access"].get(value) or self._by_kind["refresh"].get(value)

    def used(self, token: Token) -> None:
        """Note that a refresh token was used just now, which gives it another six months."""
        token.expires_at = self._now() + REFRESH_TOKEN_IDLE_SECONDS
        self._by_kind["refresh"].move_to_end(token.value)

    def revoke_family(self, family: str) -> None:
        """Revoke everything that came out of one authorization code, for it was sent a second time."""
        for token in self._each():
            if family in token.families:
                token.revoke("the code it came from was used twice")

    def revoke_access_tokens_like(self, refresh: Token) -> None:
        """Revoke the access tokens that share *refresh*'s code and resource server."""
        for token in self._each():
            same = refresh.grant.family in token.families and token.resource_server == refresh.resource_server
            if same and token.kind == "access":
                token.revoke("the refresh token beside it was revoked")

    def revoke_below(self, sub: str, client_id: str, path: tuple[str, ...]) -> None:
        """Revoke what rests on the consent that one person gave one application at *path*, whoever holds it."""
        for token in self._each():
            if token.sub == sub and token.grant.root_client_id == client_id and token.grant.is_below(path):
                token.revoke(f"the consent to {path[-1]} was rescinded")

    def revoke_scope(self, scope_string: str) -> None:
        """Revoke every token that carries one scope."""
        for token in self._each():
            if scope_string in token.scopes:
                token.revoke(f"the scope {scope_string} was deleted or renamed")

    def revoke_client(self, client_id: str) -> None:
        """Revoke what one client holds, what others hold thanks to consents given to it, and tokens for it."""
        for token in self._each():
            if client_id in (token.client_id, token.grant.root_client_id, token.resource_server):
                token.revoke("an application it belongs to was deleted")

    def all(self) -> list[Token]:
        """Return them in the order they were issued."""
        return sorted(self._each(), key=lambda token: token.number)

    def _each(self) -> Iterator[Token]:
        return itertools.chain.from_iterable(book.values() for book in self._by_kind.values())

    def let_go(self) -> list[Held]:
        """Forget everything; return what held it."""
        held: list[Held] = [*self._by_kind.values()]
        self._by_kind = {kind: OrderedDict() for kind in self._by_kind}
        return held
