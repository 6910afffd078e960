"""
Resealing: everything that is kept goes under the current secret, so that the one before can be let go.

It goes on while people come and go, may be interrupted, and may be done again: what is sealed under the current secret
is left as it is. Attempts to sign in, and whatever else is kept for minutes, need no resealing: they are soon over.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from trivet.errors import SealBroken
from trivet.events import Events
from trivet.sealed_tokens import SealedTokens
from trivet.store import RevocationRecord, Store, TokenRecord

AT_ONCE = 200  # records read in one go


@dataclass(slots=True)
class Resealed:
    """What came of it: how many were sealed anew, how many were current already, and which do not open."""

    anew: int = 0
    current: int = 0
    unreadable: int = 0


class Resealing:
    """Seals what sessions and the outbox hold under the current secret."""

    def __init__(self, store: Store, sealed_tokens: SealedTokens, events: Events) -> None:
        self._store = store
        self._sealed_tokens = sealed_tokens
        self._events = events

    def run(self) -> Resealed:
        """
        Go through everything once; sessions first, because what they hold may move to the outbox meanwhile.

        Raises:
            StoreUnavailable: the store does not answer; what was done stays done.
        """
        result = Resealed()
        try:
            for session_id in self._session_ids():
                for token in self._store.tokens_of(session_id):
                    self._reseal_token(token, result)
            for revocation in self._revocations():
                self._reseal_revocation(revocation, result)
        finally:
            self._events.emit("tokens_resealed", **asdict(result))  # however far it came
        return result

    def _reseal_token(self, token: TokenRecord | None, result: Resealed) -> None:
        while token is not None:
            sealed = self._resealed(token, result)
            if sealed is None:
                return
            if self._store.reseal_token(token, sealed):
                result.anew += 1
                return
            token = self._store.find_token(token.session_id, token.resource_server)  # a refresh came in between

    def _reseal_revocation(self, revocation: RevocationRecord, result: Resealed) -> None:
        sealed = self._resealed(revocation, result)
        if sealed is not None and self._store.reseal_revocation(revocation, sealed):
            result.anew += 1

    def _resealed(self, record: TokenRecord | RevocationRecord, result: Resealed) -> bytes | None:
        try:
            sealed = self._sealed_tokens.resealed(record)
        except SealBroken:
            result.unreadable += 1
            return None
        result.current += sealed is None
        return sealed

    def _session_ids(self) -> Iterator[str]:
        cursor, more = "", True
        while more:
            sessions, cursor = self._store.scan_sessions(cursor, limit=AT_ONCE)
            yield from (session.id for session in sessions)
            more = cursor != ""

    def _revocations(self) -> Iterator[RevocationRecord]:
        cursor, more = "", True
        while more:
            revocations, cursor = self._store.scan_revocations(cursor, limit=AT_ONCE)
            yield from revocations
            more = cursor != ""
