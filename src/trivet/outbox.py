"""
The outbox: tokens that nobody is to use any more, until Globus has revoked them.

A session that ends leaves its tokens here in the same step (see `trivet.store`), so whatever happens afterwards, to us
or to Globus, they are not forgotten. Whoever ends a session settles its part at once, within a small budget of time,
since a person is waiting. What is left is tried again, at longer and longer intervals, by whichever process gets there.

A token string that another session of the same person still holds is left to that session: it comes back here when that
one ends, and the last one out has it revoked.
"""

import logging
import os
from collections.abc import Callable, Iterable

from trivet.errors import ClientRefused, GlobusUnavailable, SealBroken, StoreUnavailable
from trivet.events import Events
from trivet.globus_auth import GlobusAuth
from trivet.protocol import base64url
from trivet.sealed_tokens import SealedTokens
from trivet.store import RevocationRecord, Store
from trivet.tokens import Secret, TokenSet

BUDGET_SECONDS = 1.5  # how long a person waits for revocations before they are left to the next sweep
CLAIM_SECONDS = 30  # how long one process may take before another tries the same
FIRST_RETRY_SECONDS = 10  # doubled with each attempt
LAST_RETRY_SECONDS = 3600
BATCH = 50

_log = logging.getLogger(__name__)


class Outbox:
    """
    Revokes at Globus Auth what is no longer to be used. Never raises for what Globus does.

    Args:
        store: where revocations wait.
        sealed_tokens: opens them.
        globus_auth: where they are revoked.
        events: told how it went.
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

    def take_back(self, granted: Iterable[TokenSet], *, sub: str | None) -> None:
        """Revoke tokens that are in no session. *sub* is whose they are, if that is known."""
        session_id, now, given = base64url(self._random(32)), int(self._clock()), list(granted)
        try:
            for tokens in given:
                sealed = self._sealed_tokens.seal(session_id, tokens)
                self._store.add_revocation(
                    RevocationRecord(session_id, tokens.resource_server, sub or "", sealed, now, now, 0)
                )
        except StoreUnavailable:
            self._revoke_unrecorded([secret for tokens in given for secret in tokens.secrets()])
        else:
            self.settle(session_id)

    def settle(self, session_id: str | None = None, *, budget_seconds: float = BUDGET_SECONDS) -> int:
        """
        Revoke what is due, of that session or of all, until done or out of time.

        Returns:
            How many revocations were claimed; none are due when it is 0.
        """
        now, deadline = int(self._clock()), self._clock() + budget_seconds
        try:
            claimed = self._store.claim_revocations(
                now=now, until=now + CLAIM_SECONDS, limit=BATCH, session_id=session_id
            )
            self._settle_each(claimed, deadline)
        except StoreUnavailable as error:
            _log.warning("revocations wait until the session store answers: %s", error)  # their claims run out
            return 0
        return len(claimed)

    def _settle_each(self, claimed: list[RevocationRecord], deadline: float) -> None:
        left = list(claimed)
        while left:
            try:
                self._settle(left[0], deadline)
            except (GlobusUnavailable, ClientRefused) as error:
                _log.warning("%d revocations are left for later: %s", len(left), error)
                break
            del left[0]
        for revocation in left:
            self._store.postpone_revocation(revocation, due_at=int(self._clock()) + _retry_seconds(revocation.attempts))

    def _settle(self, revocation: RevocationRecord, deadline: float) -> None:
        try:
            tokens = self._sealed_tokens.open(revocation)
        except SealBroken:  # perhaps its key comes back
            self._store.postpone_revocation(revocation, due_at=int(self._clock()) + LAST_RETRY_SECONDS)
            return
        in_use = self._in_use(revocation.sub)
        unused = [secret for secret in tokens.secrets() if secret not in in_use]
        for secret in unused:
            self._revoke(secret, deadline)
        self._store.settle_revocation(revocation)
        if unused:
            self._events.emit("tokens_revoked", sub=revocation.sub or None, count=len(unused))

    def _revoke(self, secret: Secret, deadline: float) -> None:
        remaining = deadline - self._clock()
        if remaining <= 0:
            raise GlobusUnavailable("There was no time left to revoke more.")
        self._globus_auth.revoke(secret, timeout_seconds=remaining)

    def _in_use(self, sub: str) -> set[Secret]:
        """Return the token strings that live sessions of that person hold."""
        while True:
            ids = self._sessions_of(sub)
            records = [record for session_id in ids for record in self._store.tokens_of(session_id)]
            # A session that was replaced while we looked has handed its tokens on to one that we did not look at.
            if ids == self._sessions_of(sub):
                return {secret for tokens in self._sealed_tokens.readable(records) for secret in tokens.secrets()}

    def _sessions_of(self, sub: str) -> list[str]:
        return [session.id for session in self._store.sessions_of(sub)] if sub else []

    def _revoke_unrecorded(self, secrets: list[Secret]) -> None:
        deadline = self._clock() + BUDGET_SECONDS
        try:
            for secret in secrets:
                self._revoke(secret, deadline)
        except (GlobusUnavailable, ClientRefused) as error:
            _log.warning("some tokens could neither be revoked nor put into the outbox: %s", error)


def _retry_seconds(attempts: int) -> int:
    return int(min(FIRST_RETRY_SECONDS * 2 ** (attempts - 1), LAST_RETRY_SECONDS))
