"""
What a store remembers, and what it promises.

A store keeps six things: sessions, the sealed tokens of each session, the outbox (tokens of ended sessions, which are
still to be revoked at Globus), what is kept for a while under a key, which keys are spent, and who holds which lease.
It never sees a cookie value or a token: sessions are found by a hash, everything else arrives sealed. It makes no
decision either; how long a session lasts and when a revocation is tried again is for others to say.

Every method is all-or-nothing, may be called from any thread of any process at the same time, and leaves nothing half
done when its process dies. Times are whole seconds since the epoch. When the store behind it does not answer, any
method raises `trivet.errors.StoreUnavailable` and has changed nothing.

`trivet.store.contract` holds the tests that every store passes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

__all__ = ["Opening", "RevocationRecord", "SessionRecord", "Store", "TokenRecord", "open_store"]


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """One signed-in browser."""

    id: str  # the hash of the cookie value, 43 characters; safe to show, useless to present
    sub: str  # the user's Globus identity id
    user: str  # who that is, as JSON
    seen_from: str  # where they signed in, for people to recognise: a browser and an address
    created_at: int
    last_seen_at: int
    ends_at: int  # when it is over unless it is seen again


@dataclass(frozen=True, slots=True)
class TokenRecord:
    """What one session holds for one resource server."""

    session_id: str
    resource_server: str
    version: int  # 1 when stored at login, one more at every replacement
    sealed: bytes


@dataclass(frozen=True, slots=True)
class RevocationRecord:
    """What an ended session held for one resource server, sealed as it was in the session."""

    session_id: str
    resource_server: str
    sub: str  # whose it was
    sealed: bytes
    added_at: int
    due_at: int  # when it is to be tried next
    attempts: int  # how often somebody has claimed it


class Opening(Enum):
    """What became of a session that was to be opened."""

    OPENED = "opened"
    ENDED = "ended"  # the one to be replaced had ended already
    CHANGED = "changed"  # what was to be handed on is not what is stored


class Store(Protocol):
    """A place that remembers, for all workers alike."""

    # Sessions

    def open_session(
        self,
        session: SessionRecord,
        tokens: Sequence[TokenRecord],
        *,
        replacing: str | None = None,
        handed_on: Sequence[TokenRecord] = (),
    ) -> Opening:
        """
        Store a new session with its tokens and, in the same step, end the session *replacing* as `end_session` does.

        Args:
            replacing: a session's id.
            handed_on: records of *replacing* whose contents go on living in *tokens*. They have to be what is stored,
                or a refresh that came in between would be lost.

        Returns:
            OPENED. ENDED, with nothing stored, when *replacing* had ended already: of a logout and a new session in its
            place, the logout wins. CHANGED, with nothing stored, when one of *handed_on* has another version by now.
        """

    def find_session(self, session_id: str) -> SessionRecord | None:
        """Return that session, or None when it never was or has ended. One read."""

    def touch_session(self, session_id: str, *, last_seen_at: int, ends_at: int) -> None:
        """Note that the session was in use. An ended session stays ended; time never runs backwards."""

    def end_session(self, session_id: str, *, now: int) -> bool:
        """
        End the session. In the same step its tokens go into the outbox, due *now*.

        Returns:
            True to exactly one caller however many end it together; False to all others.
        """

    def end_expired(self, *, now: int, limit: int) -> list[SessionRecord]:
        """
        End up to *limit* sessions whose ``ends_at`` is *now* or before, the longest expired first.

        Finding them costs as much as there are to find, however many sessions there are. Who is being ended by somebody
        else at that moment is passed over.

        Returns:
            The sessions that this call has ended, and no other call.
        """

    def sessions_of(self, sub: str) -> list[SessionRecord]:
        """Return that user's sessions, the oldest first. Costs as much as there are."""

    def scan_sessions(self, cursor: str = "", *, limit: int) -> tuple[list[SessionRecord], str]:
        """
        Return some sessions, about *limit*, and the cursor for the next call; an empty one at the end.

        A session that is there from the first call to the last is returned at least once.
        """

    # Tokens

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

    def reseal_token(self, token: TokenRecord, sealed: bytes) -> bool:
        """
        Store *sealed* as what *token* is, its version unchanged.

        Returns:
            False, with nothing changed, when *token* is not what is stored.
        """

    # The outbox

    def add_revocation(self, revocation: RevocationRecord) -> None:
        """Put into the outbox what never was in a session. Adding it again changes nothing."""

    def claim_revocations(
        self, *, now: int, until: int, limit: int, session_id: str | None = None
    ) -> list[RevocationRecord]:
        """
        Return up to *limit* revocations that are due *now*, the longest due first, and make them due again at *until*.

        Until then nobody else gets them, one caller however many ask together; a caller that dies is waited out.

        Args:
            session_id: return those of that session only.

        Returns:
            The revocations as they are after being claimed: one attempt more, ``due_at`` is *until*.
        """

    def postpone_revocation(self, revocation: RevocationRecord, *, due_at: int) -> None:
        """Make a revocation due at *due_at*. One that has been settled stays settled."""

    def settle_revocation(self, revocation: RevocationRecord) -> None:
        """Forget a revocation: it is done. Settling it again changes nothing."""

    def scan_revocations(self, cursor: str = "", *, limit: int) -> tuple[list[RevocationRecord], str]:
        """Return some of the outbox, as `scan_sessions` does."""

    def reseal_revocation(self, revocation: RevocationRecord, sealed: bytes) -> bool:
        """Store *sealed* in place of ``revocation.sealed``; False, with nothing changed, when that is not stored."""

    # What is kept for a while

    def keep(self, key: str, value: bytes, *, now: int, until: int) -> None:
        """Keep *value* under *key*, in place of what is there, *until* then, a time after *now*."""

    def kept(self, key: str, *, now: int) -> bytes | None:
        """Return what is kept under *key*; None when there is nothing, or its time is over. One read."""

    def take(self, key: str, *, now: int) -> bytes | None:
        """Return what is kept under *key*, to exactly one caller however many ask together, and forget it."""

    # Spending and leasing

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
        url: ``sqlite:///path/to/file``, ``postgresql://user@host/database``, ``redis://user:password@host`` or
            ``valkey://...``, with a further ``s`` for TLS, or, for tests in one process, ``memory:``.

    Raises:
        ValueError: the URL names no kind of store that we know, or none that can be a store.
        StoreUnavailable: the store does not answer.
    """
    kind = url.partition(":")[0]
    if kind == "memory":
        from trivet.store.memory import MemoryStore

        return MemoryStore()
    if kind in {"sqlite", "postgresql"}:
        from trivet.store.sql import SqlStore

        return SqlStore(url)
    if kind in {"redis", "rediss", "valkey", "valkeys"}:
        from trivet.store.redis import RedisStore

        return RedisStore(url)
    known = "sqlite:///..., postgresql://..., redis://..., valkey://... or memory:"
    raise ValueError(f"There is no kind of store called {kind!r}; use {known}")
