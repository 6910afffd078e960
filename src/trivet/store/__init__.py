"""
What a store remembers, and what it promises.

A store keeps four things: sessions, the sealed tokens of each session, which login attempts are spent, and who holds
which lease. It never sees a cookie value or a token: sessions are found by a hash, tokens arrive sealed. It makes no
decision either; whether a session is too old is for `trivet.session` to say.

Every method is all-or-nothing, may be called from any thread of any process at the same time, and leaves nothing half
done when its process dies. Times are whole seconds since the epoch. When the store behind it does not answer, any
method raises `trivet.errors.StoreUnavailable` and has changed nothing.

`trivet.store.contract` holds the tests that every store passes.
"""

from dataclasses import dataclass
from typing import Protocol

__all__ = ["SessionRecord", "Store", "TokenRecord", "open_store"]


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """One signed-in browser."""

    id: str  # the hash of the cookie value, 43 characters; safe to show, useless to present
    sub: str  # the user's Globus identity id
    user: str  # who that is, as JSON
    created_at: int
    last_seen_at: int


@dataclass(frozen=True, slots=True)
class TokenRecord:
    """What one session holds for one resource server."""

    session_id: str
    resource_server: str
    version: int  # 1 when stored at login, one more at every replacement
    sealed: bytes


class Store(Protocol):
    """A place that remembers, for all workers alike."""

    def open_session(
        self, session: SessionRecord, tokens: list[TokenRecord], *, replacing: str | None = None
    ) -> list[TokenRecord] | None:
        """
        Store a new session with its tokens and, in the same step, end the session *replacing*.

        Returns:
            The tokens that the ended session held; empty when there was none to end. None, with nothing stored, when
            *replacing* had ended already: of a logout and a new session in its place, the logout wins.
        """

    def find_session(self, session_id: str) -> SessionRecord | None:
        """Return that session, or None when it never was or has ended. One read."""

    def touch_session(self, session_id: str, last_seen_at: int) -> None:
        """Note that the session was in use. An ended session stays ended; time never runs backwards."""

    def end_session(self, session_id: str) -> list[TokenRecord]:
        """
        End the session and forget its tokens.

        Returns:
            The tokens it held, to exactly one caller however many end it together; empty to all others.
        """

    def tokens_of(self, session_id: str) -> list[TokenRecord]:
        """Return what the session holds, ordered by resource server."""

    def find_token(self, session_id: str, resource_server: str) -> TokenRecord | None:
        """Return what the session holds for that resource server. One read."""

    def replace_token(self, token: TokenRecord) -> bool:
        """
        Store *token* in place of the version just before it.

        Returns:
            False, with nothing changed, when the stored version is not ``token.version - 1`` or the session has ended:
            what was ended is never brought back.
        """

    def spend(self, key: str, *, now: int, until: int) -> bool:
        """
        Use up *key*, and remember that it is used up *until* then, a time after *now*; later it may be used again.

        Returns:
            True to exactly one caller, however many ask together; False to all others.
        """

    def take_lease(self, key: str, holder: str, *, now: int, until: int) -> bool:
        """
        Take the lease *key* for *holder* until that second, a time after *now*, or extend it when *holder* has it.

        At that second it has run out, and anybody may take it: a holder that died is in nobody's way for longer. Taking
        it again never shortens it, and no session's end touches it. Each caller goes by its own clock, so a lease saves
        doing work twice; what must not be written twice needs `replace_token`.

        Returns:
            True when *holder* has it now, one holder however many ask together; False, with nothing changed, when
            another's has not run out.
        """

    def drop_lease(self, key: str, holder: str) -> None:
        """Give the lease back early. Somebody else's lease, or none, is left as it is."""

    def close(self) -> None:
        """Let go of files and connections. Closing twice is fine."""


def open_store(url: str) -> Store:
    """
    Open the store at *url*, and create its tables where they are missing.

    Args:
        url: ``sqlite:///path/to/file``, ``postgresql://user@host/database`` or, for tests in one process, ``memory:``.

    Raises:
        ValueError: the URL names no kind of store that we know.
        StoreUnavailable: the store does not answer.
    """
    kind = url.partition(":")[0]
    if kind == "memory":
        from trivet.store.memory import MemoryStore

        return MemoryStore()
    if kind in {"sqlite", "postgresql"}:
        from trivet.store.sql import SqlStore

        return SqlStore(url)
    raise ValueError(f"There is no kind of store called {kind!r}; use sqlite:///..., postgresql://... or memory:")
