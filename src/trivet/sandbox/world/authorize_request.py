"""What an application asked of the authorize page, once it has been judged fit to go ahead."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trivet.sandbox.world.clients import Client
    from trivet.sandbox.world.conditions import Condition
    from trivet.sandbox.world.scopes import Scope


@dataclass(frozen=True)
class AuthorizeRequest:
    """A request that may go ahead. ``query`` is it as sent, for a link that starts again.

    ``conditions`` are what the session has to meet before there is a code.
    """

    client: Client
    redirect_uri: str
    state: str | None = field(repr=False)
    scopes: tuple[Scope, ...]
    offline: bool
    params: Mapping[str, str] = field(repr=False)
    query: str = field(repr=False)
    conditions: tuple[Condition, ...] = ()

    @property
    def prompts(self) -> frozenset[str]:
        return frozenset(self.params.get("prompt", "").split())

    @property
    def nonce(self) -> str | None:
        return self.params.get("nonce")

    @property
    def prefilled_label(self) -> str | None:
        """What the application proposes as the name of this consent; None if its people are not asked for one."""
        return self.params.get("prefill_named_grant", "") if self.client.prompt_for_named_grant else None

    @property
    def session_message(self) -> str | None:
        return self.params.get("session_message")
