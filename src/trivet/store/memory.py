"""A store within one process, for tests: it forgets everything when the process ends."""

import threading
from collections.abc import Sequence
from dataclasses import replace

from trivet.store import Opening, RevocationRecord, SessionRecord, TokenRecord

__all__ = ["MemoryStore"]


class MemoryStore:
    """All of `trivet.store.Store` in dictionaries under one lock."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sessions: dict[str, SessionRecord] = {}
        self._tokens: dict[str, dict[str, TokenRecord]] = {}  # session id -> resource server -> token
        self._outbox: dict[tuple[str, str], RevocationRecord] = {}  # by session id and resource server
        self._kept: dict[str, tuple[bytes, int]] = {}  # key -> value, and the second at which it may be forgotten
        self._spent: dict[str, int] = {}  # key -> the second at which it may be forgotten
        self._leases: dict[str, tuple[str, int]] = {}  # key -> its holder, and the second at which it runs out

    def open_session(
        self,
        session: SessionRecord,
        tokens: Sequence[TokenRecord],
        *,
        replacing: str | None = None,
        handed_on: Sequence[TokenRecord] = (),
    ) -> Opening:
        with self._lock:
            if replacing and replacing not in self._sessions:
                return Opening.ENDED
            stored = self._tokens.get(replacing or "", {})
            if any(self._version(stored, token.resource_server) != token.version for token in handed_on):
                return Opening.CHANGED
            if replacing:
                self._end(replacing, session.created_at)
            self._sessions[session.id] = session
            self._tokens[session.id] = {token.resource_server: token for token in tokens}
            return Opening.OPENED

    def find_session(self, session_id: str) -> SessionRecord | None:
        with self._lock:
            return self._sessions.get(session_id)

    def touch_session(self, session_id: str, *, last_seen_at: int, ends_at: int) -> None:
        with self._lock:
            session = self._sessions.get(session_id)
            if session and session.last_seen_at < last_seen_at:
                self._sessions[session_id] = replace(session, last_seen_at=last_seen_at, ends_at=ends_at)

    def end_session(self, session_id: str, *, now: int) -> bool:
        with self._lock:
            return self._end(session_id, now)

    def end_expired(self, *, now: int, limit: int) -> list[SessionRecord]:
        with self._lock:
            expired = [session for session in self._sessions.values() if session.ends_at <= now]
            ended = sorted(expired, key=lambda session: (session.ends_at, session.id))[:limit]
            for session in ended:
                self._end(session.id, now)
            return ended

    def sessions_of(self, sub: str) -> list[SessionRecord]:
        with self._lock:
            found = [session for session in self._sessions.values() if session.sub == sub]
        return sorted(found, key=lambda session: (session.created_at, session.id))

    def scan_sessions(self, cursor: str = "", *, limit: int) -> tuple[list[SessionRecord], str]:
        with self._lock:
            later = sorted(session_id for session_id in self._sessions if session_id > cursor)
            more = later[limit - 1] if len(later) > limit else ""
            return [self._sessions[session_id] for session_id in later[:limit]], more

    def tokens_of(self, session_id: str) -> list[TokenRecord]:
        with self._lock:
            held = self._tokens.get(session_id, {})
            return [held[resource_server] for resource_server in sorted(held)]

    def find_token(self, session_id: str, resource_server: str) -> TokenRecord | None:
        with self._lock:
            return self._tokens.get(session_id, {}).get(resource_server)

    def replace_token(self, token: TokenRecord) -> bool:
        with self._lock:
            held = self._tokens.get(token.session_id, {})
            if self._version(held, token.resource_server) != token.version - 1:
                return False
            held[token.resource_server] = token
            return True

    def reseal_token(self, token: TokenRecord, sealed: bytes) -> bool:
        with self._lock:
            held = self._tokens.get(token.session_id, {})
            if held.get(token.resource_server) != token:
                return False
            held[token.resource_server] = replace(token, sealed=sealed)
            return True

    def add_revocation(self, revocation: RevocationRecord) -> None:
        with self._lock:
            self._outbox.setdefault(_key(revocation), revocation)

    def claim_revocations(
        self, *, now: int, until: int, limit: int, session_id: str | None = None
    ) -> list[RevocationRecord]:
        with self._lock:
            theirs = [each for each in self._outbox.values() if session_id in (None, each.session_id)]
            due = sorted((each for each in theirs if each.due_at <= now), key=lambda each: (each.due_at, _key(each)))
            claimed = [replace(each, due_at=until, attempts=each.attempts + 1) for each in due[:limit]]
            self._outbox.update({_key(each): each for each in claimed})
            return claimed

    def postpone_revocation(self, revocation: RevocationRecord, *, due_at: int) -> None:
        with self._lock:
            stored = self._outbox.get(_key(revocation))
            if stored:
                self._outbox[_key(revocation)] = replace(stored, due_at=due_at)

    def settle_revocation(self, revocation: RevocationRecord) -> None:
        with self._lock:
            self._outbox.pop(_key(revocation), None)

    def scan_revocations(self, cursor: str = "", *, limit: int) -> tuple[list[RevocationRecord], str]:
        with self._lock:
            after = tuple(cursor.split(" ", 1)) if cursor else ()
            later = sorted(key for key in self._outbox if key > after)
            more = " ".join(later[limit - 1]) if len(later) > limit else ""
            return [self._outbox[key] for key in later[:limit]], more

    def reseal_revocation(self, revocation: RevocationRecord, sealed: bytes) -> bool:
        with self._lock:
            stored = self._outbox.get(_key(revocation))
            if stored is None or stored.sealed != revocation.sealed:
                return False
            self._outbox[_key(revocation)] = replace(stored, sealed=sealed)
            return True

    def keep(self, key: str, value: bytes, *, now: int, until: int) -> None:
        with self._lock:
            self._kept = {kept: entry for kept, entry in self._kept.items() if entry[1] > now}
            self._kept[key] = (value, until)

    def kept(self, key: str, *, now: int) -> bytes | None:
        with self._lock:
            value, until = self._kept.get(key, (None, now))
            return value if until > now else None

    def take(self, key: str, *, now: int) -> bytes | None:
        with self._lock:
            value, until = self._kept.pop(key, (None, now))
            return value if until > now else None

    def spend(self, key: str, *, now: int, until: int) -> bool:
        with self._lock:
            self._spent = {spent: end for spent, end in self._spent.items() if end > now}
            if key in self._spent:
                return False
            self._spent[key] = until
            return True

    def take_lease(self, key: str, holder: str, *, now: int, until: int) -> bool:
        with self._lock:
            held_by, end = self._leases.get(key, (holder, until))
            if held_by != holder and end > now:
                return False
            self._leases = {leased: lease for leased, lease in self._leases.items() if lease[1] > now}
            self._leases[key] = (holder, max(end, until))
            return True

    def drop_lease(self, key: str, holder: str) -> None:
        with self._lock:
            if key in self._leases and self._leases[key][0] == holder:
                del self._leases[key]

    def close(self) -> None:
        pass

    def _end(self, session_id: str, now: int) -> bool:
        session = self._sessions.pop(session_id, None)
        if session is None:
            return False
        for token in self._tokens.pop(session_id).values():
            revocation = RevocationRecord(session_id, token.resource_server, session.sub, token.sealed, now, now, 0)
            self._outbox.setdefault(_key(revocation), revocation)
        return True

    def _version(self, held: dict[str, TokenRecord], resource_server: str) -> int | None:
        token = held.get(resource_server)
        return token.version if token else None


def _key(revocation: RevocationRecord) -> tuple[str, str]:
    return revocation.session_id, revocation.resource_server
