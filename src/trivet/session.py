"""
Sessions: who is signed in at which browser, and the tokens that go with it.

The browser holds a random value in a cookie; the store holds its hash. Whoever reads the store can therefore not sign
in with what they find, nor read a token, since those are sealed for the row they stand in.
"""

import hashlib
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property

from trivet.errors import LoginNeeded, SealBroken, StoreUnavailable
from trivet.protocol import base64url
from trivet.sealed_tokens import SealedTokens
from trivet.store import Opening, SessionRecord, Store, TokenRecord
from trivet.tokens import Secret, TokenSet
from trivet.user import User

COOKIE_BYTES = 32  # 256 random bits
COOKIE_CHARACTERS = 43  # the same in base64url
NEW_SECONDS = 30
FORMER_SECONDS = 24 * 3600  # a form left open overnight can still be carried on with
SCANNED_AT_ONCE = 200
TOUCH_SECONDS = 60  # "last seen" is written at most this often, so that an ordinary page view is one read

_SESSION_ID = re.compile(r"[A-Za-z0-9_-]{43}")  # SHA-256 in base64url


class Session:
    """One signed-in browser. ``id`` may be shown and logged; it is not the cookie value and does not lead to it."""

    def __init__(self, record: SessionRecord) -> None:
        self._record = record
        self.id = record.id
        self.sub = record.sub
        self.seen_from = record.seen_from
        self.created_at = record.created_at
        self.last_seen_at = record.last_seen_at

    @cached_property
    def user(self) -> User:
        """Who is signed in."""
        return User.from_json(self._record.user)


@dataclass(frozen=True, slots=True)
class Held:
    """What a session holds for one resource server, and which version of it this is."""

    tokens: TokenSet
    version: int


@dataclass(frozen=True, slots=True)
class Opened:
    """A session just opened, the cookie value that leads to it, and its root scopes."""

    session: Session
    cookie_value: Secret
    scopes: frozenset[str]


class Sessions:
    """
    Opens, finds and ends sessions.

    Args:
        store: where they are kept.
        sealed_tokens: seals their tokens.
        idle_seconds: how long one lasts without a visit.
        absolute_seconds: how long one lasts at most.
        clock: seconds since the epoch.
        random: source of random bytes.
    """

    def __init__(
        self,
        store: Store,
        sealed_tokens: SealedTokens,
        *,
        idle_seconds: int,
        absolute_seconds: int,
        clock: Callable[[], float],
        random: Callable[[int], bytes] = os.urandom,
    ) -> None:
        self._store = store
        self._sealed_tokens = sealed_tokens
        self._idle_seconds = idle_seconds
        self._absolute_seconds = absolute_seconds
        self._clock = clock
        self._random = random

    def open(
        self,
        user: User,
        tokens: Mapping[str, TokenSet],
        *,
        replacing: Session | None = None,
        seen_from: str = "",
    ) -> Opened | None:
        """
        Open a session for *user*, ending the one it replaces in the same step.

        A replaced session of the same person hands on the tokens that did not come anew. What it does not hand on is in
        the outbox afterwards.

        Args:
            user: who has signed in.
            tokens: what came with it, by resource server.
            replacing: the session of this browser until now.
            seen_from: where they sign in, for them to recognise.

        Returns:
            The session; None, with nothing opened, when *replacing* has ended in the meantime.
        """
        now = int(self._clock())
        cookie_value = base64url(self._random(COOKIE_BYTES))
        session_id = _session_id(cookie_value)
        record = SessionRecord(session_id, user.sub, user.to_json(), seen_from, now, now, self._ends_at(now, now))
        while True:
            handed_on = self._handed_on(user, tokens, replacing)
            held = {**{each.resource_server: each for each in self._sealed_tokens.readable(handed_on)}, **tokens}
            opening = self._store.open_session(
                record,
                [self._sealed(session_id, token_set, version=1) for token_set in held.values()],
                replacing=replacing.id if replacing else None,
                handed_on=handed_on,
            )
            if opening is not Opening.CHANGED:  # by a refresh, whose tokens are to be handed on instead
                break
        if opening is Opening.ENDED:
            return None
        scopes = frozenset(scope for token_set in held.values() for scope in token_set.scopes)
        return Opened(Session(record), Secret(cookie_value), scopes)

    def _handed_on(self, user: User, tokens: Mapping[str, TokenSet], replacing: Session | None) -> list[TokenRecord]:
        if replacing is None or replacing.sub != user.sub:
            return []
        return [record for record in self._store.tokens_of(replacing.id) if record.resource_server not in tokens]

    def find(self, cookie_value: str) -> Session | None:
        """Return the session that a cookie leads to, too old or not, or None."""
        if not _is_cookie_value(cookie_value):
            return None
        record = self._store.find_session(_session_id(cookie_value))
        return Session(record) if record else None

    def by_id(self, session_id: str) -> Session | None:
        """Return the live session of that id, or None. What is no id, as a browser may send it, is not looked for."""
        record = self._store.find_session(session_id) if _SESSION_ID.fullmatch(session_id) else None
        session = Session(record) if record else None
        return session if session and not self.is_over(session) else None

    def of(self, sub: str) -> list[Session]:
        """Return that person's sessions that have not been ended, too old or not, the oldest first."""
        return [Session(record) for record in self._store.sessions_of(sub)]

    def scan(self) -> Iterator[Session]:
        """Return everybody's sessions that have not been ended, too old or not, while people come and go."""
        cursor, more = "", True
        while more:
            records, cursor = self._store.scan_sessions(cursor, limit=SCANNED_AT_ONCE)
            yield from map(Session, records)
            more = cursor != ""

    def is_over(self, session: Session) -> bool:
        """Tell whether the session has outlived its idle or its absolute time."""
        now = self._clock()
        idle, age = now - session.last_seen_at, now - session.created_at
        return idle >= self._idle_seconds or age >= self._absolute_seconds

    def is_new(self, session: Session) -> bool:
        """Tell whether somebody signed in just now, so that sending them to do it again would not help."""
        return self._clock() - session.created_at < NEW_SECONDS

    def touch(self, session: Session) -> bool:
        """Note that the session is in use; True when that was written, which is now and then."""
        now = int(self._clock())
        if now - session.last_seen_at < min(TOUCH_SECONDS, self._idle_seconds / 2):
            return False
        self._store.touch_session(
            session.id, last_seen_at=now, ends_at=self._ends_at(session.created_at, last_seen_at=now)
        )
        return True

    def end(self, session_id: str) -> bool:
        """
        End the session; its tokens are in the outbox afterwards.

        Returns:
            True to exactly one caller, however many end it.
        """
        return self._store.end_session(session_id, now=int(self._clock()))

    def end_expired(self, *, limit: int) -> list[Session]:
        """End up to *limit* sessions that are over, whoever comes back or not; return those ended here."""
        ended = [Session(record) for record in self._store.end_expired(now=int(self._clock()), limit=limit)]
        self.note_former(*ended)
        return ended

    def note_former(self, *sessions: Session) -> None:
        """Remember for a day whose sessions these were, which have ended without their doing."""
        now = int(self._clock())
        with suppress(StoreUnavailable):  # they have ended all the same; a form left open has to be filled in again
            for session in sessions:
                self._store.keep(f"former {session.id}", session.sub.encode(), now=now, until=now + FORMER_SECONDS)

    def former_sub(self, cookie_value: str) -> str | None:
        """Return whose session a cookie led to, when that has ended without their doing and not long ago."""
        if not _is_cookie_value(cookie_value):
            return None
        sub = self._store.kept(f"former {_session_id(cookie_value)}", now=int(self._clock()))
        return sub.decode() if sub else None

    def ends_at_latest(self, session: Session) -> int:
        """Return when the session is over however busy it is, in seconds since the epoch."""
        return session.created_at + self._absolute_seconds

    def held(self, session_id: str, resource_server: str) -> Held | None:
        """
        Return what the session holds for *resource_server*, or None.

        Raises:
            LoginNeeded: it holds something that does not open.
        """
        record = self._store.find_token(session_id, resource_server)
        if record is None:
            return None
        try:
            return Held(self._sealed_tokens.open(record), record.version)
        except SealBroken:
            raise LoginNeeded("Your sign-in cannot be read any more.", hint="Sign in again to go on.") from None

    def replace(self, session_id: str, tokens: TokenSet, *, version: int) -> bool:
        """Store *tokens* as that version; False when another was quicker, or the session has ended."""
        return self._store.replace_token(self._sealed(session_id, tokens, version=version))

    def all_tokens(self, session_id: str) -> dict[str, TokenSet]:
        """Return what the session holds, by resource server, leaving out what does not open."""
        records = self._store.tokens_of(session_id)
        return {tokens.resource_server: tokens for tokens in self._sealed_tokens.readable(records)}

    def granted_scopes(self, session_id: str) -> frozenset[str]:
        """Return the root scopes that the session holds, of all services together."""
        return frozenset(scope for tokens in self.all_tokens(session_id).values() for scope in tokens.scopes)

    def spend(self, key: str, *, seconds: int) -> bool:
        """Use up *key* and remember so for *seconds*; True to the first who asks only."""
        now = int(self._clock())
        return self._store.spend(key, now=now, until=now + seconds)

    def _sealed(self, session_id: str, tokens: TokenSet, *, version: int) -> TokenRecord:
        return TokenRecord(session_id, tokens.resource_server, version, self._sealed_tokens.seal(session_id, tokens))

    def _ends_at(self, created_at: int, last_seen_at: int) -> int:
        return min(last_seen_at + self._idle_seconds, created_at + self._absolute_seconds)


def _is_cookie_value(text: str) -> bool:
    return len(text) == COOKIE_CHARACTERS and text.isascii()


def _session_id(cookie_value: str) -> str:
    return base64url(hashlib.sha256(cookie_value.encode("ascii")).digest())
