"""Records that no store has seen, and a look at all that a store has."""

import secrets
import time
from typing import Protocol, TypeVar

from trivet.store import RevocationRecord, SessionRecord, Store, TokenRecord

T = TypeVar("T")

AUTH, GROUPS, TRANSFER = "auth.globus.org", "groups.api.globus.org", "transfer.api.globus.org"
PAGE = 500


class Scan(Protocol[T]):
    """`Store.scan_sessions` or `Store.scan_revocations`."""

    def __call__(self, cursor: str = "", *, limit: int) -> tuple[list[T], str]: ...


def a_session(**changes: object) -> SessionRecord:
    """Return a session that no store has seen, like any other but for *changes*."""
    now = int(time.time())
    fields: dict[str, object] = {
        "id": secrets.token_urlsafe(32),
        "sub": "0d6a2d5c-6f5c-4b8e-9f0e-2f2f6f3e2c11",
        "user": '{"name": "Zoë Ångström"}',
        "seen_from": "Firefox on Linux, 192.0.2.7",
        "created_at": now,
        "last_seen_at": now,
        "ends_at": now + 3600,
    }
    return SessionRecord(**(fields | changes))  # type: ignore[arg-type]


def a_token(
    session: SessionRecord, resource_server: str = TRANSFER, version: int = 1, sealed: bytes = b""
) -> TokenRecord:
    """Return a token for that session; unless *sealed* is given, it looks like no other."""
    return TokenRecord(session.id, resource_server, version, sealed or secrets.token_bytes(60))


def a_revocation(**changes: object) -> RevocationRecord:
    """Return a revocation that no store has seen, like any other but for *changes*."""
    now = int(time.time())
    fields: dict[str, object] = {
        "session_id": secrets.token_urlsafe(32),
        "resource_server": TRANSFER,
        "sub": "0d6a2d5c-6f5c-4b8e-9f0e-2f2f6f3e2c11",
        "sealed": secrets.token_bytes(60),
        "added_at": now,
        "due_at": now,
        "attempts": 0,
    }
    return RevocationRecord(**(fields | changes))  # type: ignore[arg-type]


def moved(session: SessionRecord, token: TokenRecord, *, now: int) -> RevocationRecord:
    """Return what becomes of a session's token when the session ends *now*."""
    return RevocationRecord(session.id, token.resource_server, session.sub, token.sealed, now, now, 0)


def everything(scan: Scan[T], *, limit: int = PAGE) -> list[T]:
    """Return all that a scan finds."""
    found, cursor = scan(limit=limit)
    while cursor:
        more, cursor = scan(cursor, limit=limit)
        found += more
    return found


def waiting(store: Store, session: SessionRecord) -> list[RevocationRecord]:
    """Return what the outbox holds of that session, ordered by resource server."""
    revocations = [each for each in everything(store.scan_revocations) if each.session_id == session.id]
    return sorted(revocations, key=lambda revocation: revocation.resource_server)
