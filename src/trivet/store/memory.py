"""A store within one process, for tests: it forgets everything when the process ends."""

import threading
from dataclasses import replace

from trivet.store import SessionRecord, TokenRecord

__all__ = ["MemoryStore"]


class MemoryStore:
    """All of `trivet.store.Store` in four dictionaries under one lock."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sessions: dict[str, SessionRecord] = {}
        self._tokens: dict[str, dict[str, TokenRecord]] = {}  # session id -> resource server -> token
        self._spent: dict[str, int] = {}  # key -> the second at which it may be forgotten
        self._leases: dict[str, tuple[str, int]] = {}  # key -> its holder, and the second at which it runs out

    def open_session(
        self, session: SessionRecord, tokens: list[TokenRecord], *, replacing: str | None = None
    ) -> list[TokenRecord] | None:
        with self._lock:
            if replacing and replacing not in self._sessions:
                return None
            ended = self._end(replacing) if replacing else []
            self._sessions[session.id] = session
            self._tokens[session.id] = {token.resource_server: token for token in tokens}
            return ended

    def find_session(self, session_id: str) -> SessionRecord | None:
        with self._lock:
            return self._sessions.get(session_id)

    def touch_session(self, session_id: str, last_seen_at: int) -> None:
        with self._lock:
            session = self._sessions.get(session_id)
            if session and session.last_seen_at < last_seen_at:
                self._sessions[session_id] = replace(session, last_seen_at=last_seen_at)

    def end_session(self, session_id: str) -> list[TokenRecord]:
        with self._lock:
            return self._end(session_id)

    def tokens_of(self, session_id: str) -> list[TokenRecord]:
        with self._lock:
            return _by_resource_server(self._tokens.get(session_id, {}))

    def find_token(self, session_id: str, resource_server: str) -> TokenRecord | None:
        with self._lock:
            return self._tokens.get(session_id, {}).get(resource_server)

    def replace_token(self, token: TokenRecord) -> bool:
        with self._lock:
            held = self._tokens.get(token.session_id, {})
            stored = held.get(token.resource_server)
            if stored is None or stored.version != token.version - 1:
                return False
            held[token.resource_server] = token
            return True

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

    def _end(self, session_id: str) -> list[TokenRecord]:
        self._sessions.pop(session_id, None)
        return _by_resource_server(self._tokens.pop(session_id, {}))


def _by_resource_server(tokens: dict[str, TokenRecord]) -> list[TokenRecord]:
    return [tokens[resource_server] for resource_server in sorted(tokens)]
