"""Everything at once: nobody stands in anybody's way for good, and nothing gets lost."""

import random
import secrets
from dataclasses import replace

from trivet.store import Opening, SessionRecord, Store, TokenRecord
from trivet.store.contract.racing import THREADS, together
from trivet.store.contract.records import AUTH, TRANSFER, a_session, a_token, waiting

LONG_AGO = 1_000
STEPS = 40


class CrowdContract:
    def test_in_a_crowd_nothing_is_lost(self, store: Store) -> None:
        """While many open, replace, refresh and end the same sessions, each token is in a session or in the outbox."""
        sessions = [a_session(ends_at=LONG_AGO) for _ in range(3)]
        for session in sessions:
            store.open_session(session, [])
        people = [_Person(store, sessions, number) for number in range(THREADS)]
        together(*[person.act for person in people])
        stored = {token.sealed for session in sessions for token in store.tokens_of(session.id)}
        outbox = [revocation for session in sessions for revocation in waiting(store, session)]
        given = {sealed for person in people for sealed in person.given}
        replaced = {sealed for person in people for sealed in person.replaced}
        assert sorted([*stored, *(revocation.sealed for revocation in outbox)]) == sorted(given - replaced)
        for session in sessions:
            store.end_session(session.id, now=LONG_AGO)
            for revocation in waiting(store, session):
                store.settle_revocation(revocation)


class _Person:
    """Somebody in the crowd, who remembers which tokens the store has taken from them, and which are replaced."""

    def __init__(self, store: Store, sessions: list[SessionRecord], number: int) -> None:
        self._store = store
        self._sessions = sessions  # of all; only ever added to
        self._chance = random.Random(number)  # noqa: S311
        self.given: set[bytes] = set()
        self.replaced: set[bytes] = set()

    def act(self) -> None:
        for _ in range(STEPS):
            session = self._chance.choice(self._sessions[-6:])
            self._chance.choice((self._open, self._refresh, self._refresh, self._end, self._clear, self._claim))(
                session
            )

    def _open(self, old: SessionRecord) -> None:
        new = a_session(ends_at=LONG_AGO)
        tokens = [a_token(new, server) for server in (TRANSFER, AUTH)]
        replacing = self._chance.choice((None, old.id))
        handed_on = self._store.tokens_of(old.id)[:1] if replacing else []
        if self._store.open_session(new, tokens, replacing=replacing, handed_on=handed_on) is Opening.OPENED:
            self.given.update(token.sealed for token in tokens)
            self._sessions.append(new)

    def _refresh(self, session: SessionRecord) -> None:
        token = self._store.find_token(session.id, TRANSFER)
        if token and self._store.replace_token(fresh := _next(token)):
            self.given.add(fresh.sealed)
            self.replaced.add(token.sealed)
        self._store.touch_session(session.id, last_seen_at=session.last_seen_at + 60, ends_at=LONG_AGO)

    def _end(self, session: SessionRecord) -> None:
        self._store.end_session(session.id, now=LONG_AGO)

    def _clear(self, _session: SessionRecord) -> None:
        self._store.end_expired(now=LONG_AGO, limit=2)

    def _claim(self, _session: SessionRecord) -> None:
        for revocation in self._store.claim_revocations(now=LONG_AGO, until=LONG_AGO + 1, limit=3):
            self._store.postpone_revocation(revocation, due_at=LONG_AGO)


def _next(token: TokenRecord) -> TokenRecord:
    return replace(token, version=token.version + 1, sealed=secrets.token_bytes(60))
