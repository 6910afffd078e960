"""The store for several machines that share a Redis (7.0 or newer) or Valkey server."""

import json
from collections.abc import Sequence
from dataclasses import astuple
from typing import Any

from trivet.store import Opening, RevocationRecord, SessionRecord, TokenRecord, scripts
from trivet.store.redis_server import Argument, RedisServer

__all__ = ["RedisStore", "opening"]

_ENDED_AT_ONCE = 20  # sessions per call of the script, so that nobody waits longer than a millisecond or two for it


class RedisStore:
    """
    All of `trivet.store.Store` under keys that begin with ``trivet:``; `trivet.store.scripts` says which.

    A read is one command. A write is one command or one script, and both run alone.

    Args:
        url: ``redis://host``, ``valkey://host``, or either with a further ``s`` for TLS; see `RedisServer`.

    Raises:
        ValueError: the URL is no such URL, or its server is a cluster or too old.
        StoreUnavailable: the server does not answer.
    """

    def __init__(self, url: str) -> None:
        self._server = RedisServer(url)

    def open_session(
        self,
        session: SessionRecord,
        tokens: Sequence[TokenRecord],
        *,
        replacing: str | None = None,
        handed_on: Sequence[TokenRecord] = (),
    ) -> Opening:
        arguments = opening(session, tokens, replacing=replacing, handed_on=handed_on)
        return Opening(self._server.write_script(scripts.open_session, *arguments).decode())

    def find_session(self, session_id: str) -> SessionRecord | None:
        found = self._server.read("HMGET", _session_key(session_id), *scripts.SESSION_FIELDS)
        return _session(session_id, found) if found[0] is not None else None

    def touch_session(self, session_id: str, *, last_seen_at: int, ends_at: int) -> None:
        self._server.write_script(scripts.touch_session, session_id, last_seen_at, ends_at)

    def end_session(self, session_id: str, *, now: int) -> bool:
        return self._did(scripts.end_session, session_id, now)

    def end_expired(self, *, now: int, limit: int) -> list[SessionRecord]:
        ended: list[SessionRecord] = []
        while wanted := min(limit - len(ended), _ENDED_AT_ONCE):
            some = self._server.write_script(scripts.end_expired, now, wanted)
            ended += [_session(record[0].decode(), record[1:]) for record in some]
            if len(some) < wanted:
                break
        return ended

    def sessions_of(self, sub: str) -> list[SessionRecord]:
        found = self._server.read_script(scripts.sessions_of, sub)
        sessions = [_session(record[0].decode(), record[1:]) for record in found]
        return sorted(sessions, key=lambda session: (session.created_at, session.id))

    def scan_sessions(self, cursor: str = "", *, limit: int) -> tuple[list[SessionRecord], str]:
        after, found = self._server.read_script(scripts.scan_sessions, cursor or "0", limit)
        return [_session(record[0].decode(), record[1:]) for record in found], _cursor(after)

    def tokens_of(self, session_id: str) -> list[TokenRecord]:
        values = self._server.read("HGETALL", _session_key(session_id))
        stored = dict(zip(values[::2], values[1::2], strict=True))
        servers = sorted(name.removeprefix(b"sealed:").decode() for name in stored if name.startswith(b"sealed:"))
        return [
            _token(session_id, server, [stored[f"{name}:{server}".encode()] for name in ("version", "sealed")])
            for server in servers
        ]

    def find_token(self, session_id: str, resource_server: str) -> TokenRecord | None:
        fields = (f"version:{resource_server}", f"sealed:{resource_server}")
        found = self._server.read("HMGET", _session_key(session_id), *fields)
        return _token(session_id, resource_server, found) if found[0] is not None else None

    def replace_token(self, token: TokenRecord) -> bool:
        return self._did(scripts.replace_token, *astuple(token))

    def reseal_token(self, token: TokenRecord, sealed: bytes) -> bool:
        return self._did(scripts.reseal_token, *astuple(token), sealed)

    def add_revocation(self, revocation: RevocationRecord) -> None:
        self._server.write_script(scripts.add_revocation, *astuple(revocation))

    def claim_revocations(
        self, *, now: int, until: int, limit: int, session_id: str | None = None
    ) -> list[RevocationRecord]:
        claimed = self._server.write_script(scripts.claim_revocations, now, until, limit, session_id or "")
        return [_revocation(record) for record in claimed]

    def postpone_revocation(self, revocation: RevocationRecord, *, due_at: int) -> None:
        self._server.write("ZADD", "trivet:due", "XX", due_at, _member(revocation))

    def settle_revocation(self, revocation: RevocationRecord) -> None:
        self._server.write_script(scripts.settle_revocation, revocation.session_id, revocation.resource_server)

    def scan_revocations(self, cursor: str = "", *, limit: int) -> tuple[list[RevocationRecord], str]:
        after, found = self._server.read_script(scripts.scan_revocations, cursor or "0", limit)
        return [_revocation(record) for record in found], _cursor(after)

    def reseal_revocation(self, revocation: RevocationRecord, sealed: bytes) -> bool:
        place = (revocation.session_id, revocation.resource_server)
        return self._did(scripts.reseal_revocation, *place, revocation.sealed, sealed)

    def keep(self, key: str, value: bytes, *, now: int, until: int) -> None:
        seconds = until - now + scripts.SLACK_SECONDS
        self._server.write("SET", f"trivet:kept:{key}", b"%d %b" % (until, value), "EX", seconds)

    def kept(self, key: str, *, now: int) -> bytes | None:
        return _still_kept(self._server.read("GET", f"trivet:kept:{key}"), now)

    def take(self, key: str, *, now: int) -> bytes | None:
        return _still_kept(self._server.write("GETDEL", f"trivet:kept:{key}"), now)

    def spend(self, key: str, *, now: int, until: int) -> bool:
        return self._did(scripts.spend, key, now, until)

    def take_lease(self, key: str, holder: str, *, now: int, until: int) -> bool:
        return self._did(scripts.take_lease, key, holder, now, until)

    def drop_lease(self, key: str, holder: str) -> None:
        self._server.write_script(scripts.drop_lease, key, holder)

    def close(self) -> None:
        self._server.close()

    def _did(self, script: scripts.Script, *arguments: Argument) -> bool:
        """Run a script that answers whether it did what it is for."""
        return bool(self._server.write_script(script, *arguments))


def opening(
    session: SessionRecord,
    tokens: Sequence[TokenRecord],
    *,
    replacing: str | None = None,
    handed_on: Sequence[TokenRecord] = (),
) -> list[Argument]:
    """Return what the script `open_session` is told."""
    versions = json.dumps([(token.resource_server, str(token.version)) for token in handed_on])
    session_id, *fields = astuple(session)
    stored = [value for token in tokens for value in (token.resource_server, token.version, token.sealed)]
    return [session_id, replacing or "", versions, len(tokens), *fields, *stored]


def _session_key(session_id: str) -> str:
    return f"trivet:session:{session_id}"


def _member(revocation: RevocationRecord) -> str:
    return f"{revocation.session_id} {revocation.resource_server}"


def _session(session_id: str, values: list[bytes]) -> SessionRecord:
    sub, user, seen_from, *times = values
    return SessionRecord(session_id, sub.decode(), user.decode(), seen_from.decode(), *map(int, times))


def _token(session_id: str, resource_server: str, values: list[bytes]) -> TokenRecord:
    version, sealed = values
    return TokenRecord(session_id, resource_server, int(version), sealed)


def _revocation(values: list[Any]) -> RevocationRecord:
    session_id, resource_server, sub, sealed, *numbers = values
    return RevocationRecord(session_id.decode(), resource_server.decode(), sub.decode(), sealed, *map(int, numbers))


def _cursor(after: bytes) -> str:
    return "" if after == b"0" else after.decode()


def _still_kept(stored: bytes | None, now: int) -> bytes | None:
    until, _, value = (stored or b"0 ").partition(b" ")
    return value if int(until) > now else None
