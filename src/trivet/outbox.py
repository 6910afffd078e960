"""
The outbox: tokens that nobody is to use any more, until Globus has revoked them.

A session that ends leaves its tokens here in the same step (see `trivet.store`), so whatever happens afterwards, to us
or to Globus, they are not forgotten. Whoever ends a session settles its part at once; a person is waiting, so after a
moment they go on without knowing how it ends. What is left is tried again, at longer and longer intervals, by whichever
process sweeps (see `trivet.sweeper`).

A token string that another session of the same person still uses is left to that session: it comes back here when that
one ends, and the last one out has it revoked.
"""

import logging
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial

from trivet.errors import ClientRefused, GlobusUnavailable, SealBroken, StoreUnavailable
from trivet.events import Events
from trivet.globus_auth import GlobusAuth
from trivet.protocol import base64url
from trivet.sealed_tokens import SealedTokens
from trivet.store import RevocationRecord, Store
from trivet.tokens import REFRESH_TOKEN_SECONDS, Secret, TokenSet

AT_ONCE_SECONDS = 1.5  # how long a person waits for revocations, whatever Globus does
SWEEP_SECONDS = 90.0  # how long a sweep waits for a batch of them
CLAIM_SECONDS = 120  # how long one process may take before another tries the same; no harm is done by trying twice
LISTED_AT_ONCE = 200
BATCH = 10  # revocations, of two or three calls each
FIRST_RETRY_SECONDS = 10  # doubled with each attempt
LAST_RETRY_SECONDS = 3600
KEPT_SECONDS = 2 * REFRESH_TOKEN_SECONDS  # a year: twice as long as a token that nobody uses lives
WORKERS = 8  # of one process that settle side by side; when all are stuck there is no point in another

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of an attempt: how many revocations were looked at, and whether Globus answered all along."""

    looked_at: int
    answered: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """One revocation in the outbox, without its tokens. Times are seconds since the epoch."""

    sub: str
    resource_server: str
    added_at: int
    due_at: int
    attempts: int
    readable: bool


class Outbox:
    """
    Revokes at Globus Auth what is no longer to be used. Never raises for what Globus or the store do.

    Args:
        store: where revocations wait.
        sealed_tokens: opens them.
        globus_auth: where they are revoked.
        events: told how it went, by a thread of the outbox.
        clock: seconds since the epoch.
        random: source of random bytes.
    """

    def __init__(
        self,
        store: Store,
        sealed_tokens: SealedTokens,
        globus_auth: GlobusAuth,
        events: Events,
        *,
        clock: Callable[[], float],
        random: Callable[[int], bytes] = os.urandom,
    ) -> None:
        self._store = store
        self._sealed_tokens = sealed_tokens
        self._globus_auth = globus_auth
        self._events = events
        self._clock = clock
        self._random = random
        self._workers = threading.BoundedSemaphore(WORKERS)

    def take_back(self, granted: Iterable[TokenSet], *, sub: str | None) -> None:
        """Revoke tokens that are in no session. *sub* is whose they are, if that is known."""
        session_id, now = base64url(self._random(32)), int(self._clock())
        given = list(granted)
        try:
            for tokens in given:
                sealed = self._sealed_tokens.seal(session_id, tokens)
                self._store.add_revocation(
                    RevocationRecord(session_id, tokens.resource_server, sub or "", sealed, now, now, 0)
                )
        except StoreUnavailable:
            secrets = [secret for tokens in given for secret in tokens.secrets()]
            self._in_time(lambda: self._revoke_unrecorded(secrets), AT_ONCE_SECONDS)
        else:
            self.settle_at_once(session_id)

    def settle_at_once(self, *session_ids: str) -> None:
        """Revoke what those sessions held, and return when that is done or after `AT_ONCE_SECONDS`."""
        self._in_time(lambda: self._settle_sessions(session_ids), AT_ONCE_SECONDS)

    def settle_due(self, *, limit: int = BATCH) -> Settled:
        """Revoke what is due of all sessions, up to *limit* of it."""
        return self._in_time(lambda: self._settle(limit=limit), SWEEP_SECONDS)

    def waiting(self) -> Iterator[Waiting]:
        """Return what is in the outbox, for those who run the site."""
        cursor, more = "", True
        while more:
            revocations, cursor = self._store.scan_revocations(cursor, limit=LISTED_AT_ONCE)
            for each in revocations:
                readable = any(True for _ in self._sealed_tokens.readable([each]))
                yield Waiting(each.sub, each.resource_server, each.added_at, each.due_at, each.attempts, readable)
            more = cursor != ""

    def _in_time(self, work: Callable[[], Settled], seconds: float) -> Settled:
        """
        Return what comes of *work*; when it takes longer than *seconds*, it goes on alone and Globus has not answered.

        A time limit for the connection would not do: a server that sends a byte now and then never meets it.
        """
        if not self._workers.acquire(blocking=False):
            _log.warning("all threads that revoke tokens are waiting for Globus; there is none for more")
            return Settled(0, answered=False)
        future: Future[Settled] = Future()
        work_and_tell = partial(self._work, work, future)
        threading.Thread(target=work_and_tell, name="trivet-outbox", daemon=True).start()
        try:
            return future.result(seconds)
        except TimeoutError:
            _log.warning("Globus takes long to revoke tokens; what is left is tried again later")
            return Settled(0, answered=False)

    def _work(self, work: Callable[[], Settled], future: "Future[Settled]") -> None:
        settled = Settled(0, answered=False)
        try:
            settled = work()
        except Exception:  # noqa: BLE001 - a mistake of ours; the person is signed out all the same
            _log.exception("revoking failed")
        finally:
            self._globus_auth.close()
            self._workers.release()
            future.set_result(settled)

    def _settle_sessions(self, session_ids: Iterable[str]) -> Settled:
        looked_at = 0
        for session_id in session_ids:
            settled = self._settle(session_id=session_id)
            looked_at += settled.looked_at
            if not settled.answered:
                return Settled(looked_at, answered=False)
        return Settled(looked_at, answered=True)

    def _settle(self, *, session_id: str | None = None, limit: int = BATCH) -> Settled:
        now = int(self._clock())
        try:
            claimed = self._store.claim_revocations(
                now=now, until=now + CLAIM_SECONDS, limit=limit, session_id=session_id
            )
            for position, revocation in enumerate(claimed):
                if trouble := self._trouble_with(revocation):
                    self._leave(claimed[position + 1 :], reason=trouble)
                    return Settled(position + 1, answered=False)
        except StoreUnavailable as error:
            _log.warning("revocations wait until the session store answers: %s", error)  # their claims run out
            return Settled(0, answered=False)
        return Settled(len(claimed), answered=True)

    def _trouble_with(self, revocation: RevocationRecord) -> str | None:
        """Revoke what is in *revocation*, or postpone it; return the code of an error that the next would meet too."""
        try:
            tokens = self._sealed_tokens.open(revocation)
        except SealBroken:  # perhaps its key comes back
            self._try_again(revocation, reason="unreadable")
            return None
        in_use = self._in_use(revocation.sub)
        unused = [secret for secret in tokens.secrets() if secret.reveal() not in in_use]
        try:
            for secret in unused:
                self._revoke(secret)
        except (GlobusUnavailable, ClientRefused) as error:
            _log.warning("a revocation is left for later: %s", error)
            self._try_again(revocation, reason=error.code)
            return error.code
        self._store.settle_revocation(revocation)
        if unused:
            self._events.emit("tokens_revoked", **_facts(revocation), count=len(unused))
        return None

    def _revoke(self, secret: Secret) -> None:
        try:
            self._globus_auth.revoke(secret)
        except GlobusUnavailable:
            if self._globus_auth.is_active(secret):
                raise

    def _try_again(self, revocation: RevocationRecord, *, reason: str) -> None:
        if int(self._clock()) - revocation.added_at >= KEPT_SECONDS:
            self._store.settle_revocation(revocation)
            self._events.emit("revocation_abandoned", **_facts(revocation), reason=reason)
        else:
            self._postpone(revocation, _retry_seconds(revocation.attempts), reason)

    def _leave(self, untried: Iterable[RevocationRecord], *, reason: str) -> None:
        """Give back what was claimed in vain, to be due before what has been tried."""
        for revocation in untried:
            self._postpone(revocation, FIRST_RETRY_SECONDS, reason)

    def _postpone(self, revocation: RevocationRecord, seconds: int, reason: str) -> None:
        self._store.postpone_revocation(revocation, due_at=int(self._clock()) + seconds)
        if revocation.attempts == 1:  # once, not for each of the attempts that an outage may take
            self._events.emit("revocation_postponed", **_facts(revocation), reason=reason)

    def _in_use(self, sub: str) -> set[str]:
        """Return the token strings that live sessions of that person use."""
        while True:
            ids = self._sessions_of(sub)
            records = [record for session_id in ids for record in self._store.tokens_of(session_id)]
            # A session that was replaced while we looked has handed its tokens on to one that we did not look at.
            if ids == self._sessions_of(sub):
                readable = self._sealed_tokens.readable(records)
                return {secret.reveal() for tokens in readable for secret in tokens.current()}

    def _sessions_of(self, sub: str) -> list[str]:
        return [session.id for session in self._store.sessions_of(sub)] if sub else []

    def _revoke_unrecorded(self, secrets: list[Secret]) -> Settled:
        try:
            for secret in secrets:
                self._revoke(secret)
        except (GlobusUnavailable, ClientRefused) as error:
            _log.warning("some tokens could neither be revoked nor put into the outbox: %s", error)
            return Settled(0, answered=False)
        return Settled(len(secrets), answered=True)


def _facts(revocation: RevocationRecord) -> dict[str, str | None]:
    return {"sub": revocation.sub or None, "resource_server": revocation.resource_server}


def _retry_seconds(attempts: int) -> int:
    return int(min(FIRST_RETRY_SECONDS * 2 ** (attempts - 1), LAST_RETRY_SECONDS))
