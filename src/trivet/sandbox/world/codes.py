"""Authorization codes: short-lived, for one client and one redirect address, good for one use."""

from __future__ import annotations

import secrets
import uuid
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trivet.sandbox.world.authorize_request import AuthorizeRequest
    from trivet.sandbox.world.people import Person
    from trivet.sandbox.world.remains import Held
    from trivet.sandbox.world.sessions import Authentication

MAX_CODES = 5_000


@dataclass
class AuthorizationCode:
    """A code and everything the tokens it buys will need. Times are epoch seconds."""

    request: AuthorizeRequest
    person: Person
    session_id: str
    authentications: Mapping[str, Authentication]
    expires_at: float
    value: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    family: str = field(default_factory=lambda: str(uuid.uuid4()))
    spent_at: float | None = None

    @property
    def spent(self) -> bool:
        return self.spent_at is not None

    @property
    def code_challenge(self) -> str | None:
        return self.request.params.get("code_challenge")

    @property
    def code_challenge_method(self) -> str | None:
        return self.request.params.get("code_challenge_method")

    def get_redirect_uri(self) -> str:
        return self.request.redirect_uri

    def get_scope(self) -> str:
        return self.request.params["scope"]


class Codes:
    """The latest ``MAX_CODES`` codes, spent ones included: a spent code that returns is a sign of theft."""

    def __init__(self) -> None:
        self._by_value: OrderedDict[str, AuthorizationCode] = OrderedDict()

    def add(self, code: AuthorizationCode) -> None:
        self._by_value[code.value] = code
        if len(self._by_value) > MAX_CODES:
            self._by_value.popitem(last=False)

    def find(self, value: str) -> AuthorizationCode | None:
        return self._by_value.get(value)

    def forget(self, sub: str, client_id: str) -> None:
        """Forget the codes that one person's sign-ins have given one application."""
        for code in list(self._by_value.values()):
            if code.person.sub == sub and code.request.client.id == client_id:
                del self._by_value[code.value]

    def forget_client(self, client_id: str) -> None:
        """Forget the codes of one application."""
        for code in list(self._by_value.values()):
            if code.request.client.id == client_id:
                del self._by_value[code.value]

    def all(self) -> list[AuthorizationCode]:
        return list(self._by_value.values())

    def let_go(self) -> list[Held]:
        """Forget everything; return what held it."""
        held, self._by_value = self._by_value, OrderedDict()
        return [held]
