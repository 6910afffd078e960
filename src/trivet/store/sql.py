"""The store for real use: a SQLite file (SQLite 3.35 or newer) for one machine, PostgreSQL for several."""

from collections.abc import Sequence
from dataclasses import asdict, replace

from sqlalchemy import Connection

from trivet.store import Opening, RevocationRecord, SessionRecord, TokenRecord, schema, statements
from trivet.store.connections import Connections
from trivet.store.engines import engine_for

__all__ = ["SqlStore"]


class SqlStore:
    """
    All of `trivet.store.Store` in six tables.

    A read is a single statement. A write is a short transaction: on SQLite they take turns, on PostgreSQL they run at
    read committed, where the row that two of them want decides which comes first. They want a session's row before its
    tokens and those before the outbox, and what is looked for by its time is passed over when somebody else has it, so
    no two ever wait for each other.

    Args:
        url: ``sqlite:///path/to/file`` (a new file is private to its owner) or ``postgresql://user@host/database``.

    Raises:
        ValueError: the URL names no database that several processes could share.
        StoreUnavailable: the database does not answer, or is of a newer version than this code.
    """

    def __init__(self, url: str) -> None:
        engine = engine_for(url)
        dialect = engine.dialect.name
        self._connections = Connections(engine)
        self._find_session = self._connections.compiled(statements.find_session)
        self._sessions_of = self._connections.compiled(statements.sessions_of)
        self._scan_sessions = self._connections.compiled(statements.scan_sessions)
        self._tokens_of = self._connections.compiled(statements.tokens_of)
        self._find_token = self._connections.compiled(statements.find_token)
        self._scan_revocations = self._connections.compiled(statements.scan_revocations)
        self._find_kept = self._connections.compiled(statements.find_kept)
        self._add_revocation = statements.add_revocation(dialect)
        self._keep = statements.keep(dialect)
        self._spend = statements.spend(dialect)
        self._take_lease = statements.take_lease(dialect)
        with self._connections.transaction() as connection:
            schema.upgrade(connection)

    # Sessions

    def open_session(
        self,
        session: SessionRecord,
        tokens: Sequence[TokenRecord],
        *,
        replacing: str | None = None,
        handed_on: Sequence[TokenRecord] = (),
    ) -> Opening:
        with self._connections.transaction() as connection:
            held: list[TokenRecord] = []
            if replacing:
                owner = connection.execute(statements.end_session, {"this_session": replacing}).scalar()
                if owner is None:
                    return Opening.ENDED
                held = self._empty(connection, {replacing: owner}, now=session.created_at)
            versions = {token.resource_server: token.version for token in held}
            if any(versions.get(token.resource_server) != token.version for token in handed_on):
                connection.rollback()
                return Opening.CHANGED
            connection.execute(statements.open_session, asdict(session))
            if tokens:
                connection.execute(statements.keep_tokens, [asdict(token) for token in tokens])
        return Opening.OPENED

    def find_session(self, session_id: str) -> SessionRecord | None:
        rows = self._connections.read(self._find_session, {"this_session": session_id})
        return SessionRecord(*rows[0]) if rows else None

    def touch_session(self, session_id: str, *, last_seen_at: int, ends_at: int) -> None:
        row = {"this_session": session_id, "seen_at": last_seen_at, "new_end": ends_at}
        with self._connections.transaction() as connection:
            connection.execute(statements.touch_session, row)

    def end_session(self, session_id: str, *, now: int) -> bool:
        with self._connections.transaction() as connection:
            owner = connection.execute(statements.end_session, {"this_session": session_id}).scalar()
            if owner is not None:
                self._empty(connection, {session_id: owner}, now=now)
        return owner is not None

    def end_expired(self, *, now: int, limit: int) -> list[SessionRecord]:
        with self._connections.transaction() as connection:
            rows = connection.execute(statements.expired_sessions, {"now": now, "limit": limit})
            ended = [SessionRecord(*row) for row in rows]
            if ended:
                owners = {session.id: session.sub for session in ended}
                connection.execute(statements.end_sessions, {"these_sessions": list(owners)})
                self._empty(connection, owners, now=now)
        return ended

    def sessions_of(self, sub: str) -> list[SessionRecord]:
        return [SessionRecord(*row) for row in self._connections.read(self._sessions_of, {"sub": sub})]

    def scan_sessions(self, cursor: str = "", *, limit: int) -> tuple[list[SessionRecord], str]:
        rows = self._connections.read(self._scan_sessions, {"after": cursor, "limit": limit + 1})
        found = [SessionRecord(*row) for row in rows[:limit]]
        return found, found[-1].id if len(rows) > limit else ""

    # Tokens

    def tokens_of(self, session_id: str) -> list[TokenRecord]:
        return [TokenRecord(*row) for row in self._connections.read(self._tokens_of, {"this_session": session_id})]

    def find_token(self, session_id: str, resource_server: str) -> TokenRecord | None:
        rows = self._connections.read(self._find_token, {"this_session": session_id, "this_server": resource_server})
        return TokenRecord(*rows[0]) if rows else None

    def replace_token(self, token: TokenRecord) -> bool:
        new = {"new_version": token.version, "new_sealed": token.sealed}
        with self._connections.transaction() as connection:
            replaced = connection.execute(statements.replace_token, _place(token) | new)
        return replaced.rowcount == 1

    def reseal_token(self, token: TokenRecord, sealed: bytes) -> bool:
        change = {"this_version": token.version, "old_sealed": token.sealed, "new_sealed": sealed}
        with self._connections.transaction() as connection:
            resealed = connection.execute(statements.reseal_token, _place(token) | change)
        return resealed.rowcount == 1

    # The outbox

    def add_revocation(self, revocation: RevocationRecord) -> None:
        with self._connections.transaction() as connection:
            connection.execute(self._add_revocation, asdict(revocation))

    def claim_revocations(
        self, *, now: int, until: int, limit: int, session_id: str | None = None
    ) -> list[RevocationRecord]:
        due = statements.due_revocations if session_id is None else statements.due_revocations_of
        with self._connections.transaction() as connection:
            rows = connection.execute(due, {"now": now, "limit": limit, "this_session": session_id})
            found = [RevocationRecord(*row) for row in rows]
            if found:
                claims = [_place(revocation) | {"until": until} for revocation in found]
                connection.execute(statements.claim_revocation, claims)
        return [replace(each, due_at=until, attempts=each.attempts + 1) for each in found]

    def postpone_revocation(self, revocation: RevocationRecord, *, due_at: int) -> None:
        with self._connections.transaction() as connection:
            connection.execute(statements.postpone_revocation, _place(revocation) | {"new_due": due_at})

    def settle_revocation(self, revocation: RevocationRecord) -> None:
        with self._connections.transaction() as connection:
            connection.execute(statements.settle_revocation, _place(revocation))

    def scan_revocations(self, cursor: str = "", *, limit: int) -> tuple[list[RevocationRecord], str]:
        session_id, _, resource_server = cursor.partition(" ")
        after = {"after": session_id, "after_server": resource_server, "limit": limit + 1}
        rows = self._connections.read(self._scan_revocations, after)
        found = [RevocationRecord(*row) for row in rows[:limit]]
        return found, f"{found[-1].session_id} {found[-1].resource_server}" if len(rows) > limit else ""

    def reseal_revocation(self, revocation: RevocationRecord, sealed: bytes) -> bool:
        change = {"old_sealed": revocation.sealed, "new_sealed": sealed}
        with self._connections.transaction() as connection:
            resealed = connection.execute(statements.reseal_revocation, _place(revocation) | change)
        return resealed.rowcount == 1

    # What is kept for a while

    def keep(self, key: str, value: bytes, *, now: int, until: int) -> None:
        with self._connections.transaction() as connection:
            connection.execute(self._keep, {"key": key, "value": value, "until": until})
            connection.execute(statements.forget_some_kept, {"now": now})

    def kept(self, key: str, *, now: int) -> bytes | None:
        rows = self._connections.read(self._find_kept, {"this_key": key, "now": now})
        return rows[0][0] if rows else None

    def take(self, key: str, *, now: int) -> bytes | None:
        with self._connections.transaction() as connection:
            taken = connection.execute(statements.take_kept, {"this_key": key}).one_or_none()
        return taken.value if taken and taken.until > now else None

    # Spending and leasing

    def spend(self, key: str, *, now: int, until: int) -> bool:
        with self._connections.transaction() as connection:
            used_up = connection.execute(self._spend, {"key": key, "until": until, "now": now}).all()
            connection.execute(statements.forget_some_spent, {"now": now})
        return used_up != []

    def take_lease(self, key: str, holder: str, *, now: int, until: int) -> bool:
        row = {"key": key, "holder": holder, "until": until, "now": now}
        with self._connections.transaction() as connection:
            taken = connection.execute(self._take_lease, row).all()
            if taken:  # who is refused has added nothing, and may ask often
                connection.execute(statements.forget_some_leases, {"now": now})
        return taken != []

    def drop_lease(self, key: str, holder: str) -> None:
        with self._connections.transaction() as connection:
            connection.execute(statements.drop_lease, {"this_key": key, "this_holder": holder})

    def close(self) -> None:
        self._connections.close()

    def _empty(self, connection: Connection, owners: dict[str, str], *, now: int) -> list[TokenRecord]:
        """Move the tokens of those sessions, which the caller has just deleted, to the outbox, and return them."""
        rows = connection.execute(statements.forget_tokens, {"these_sessions": list(owners)})
        held = [TokenRecord(*row) for row in rows]
        if held:
            revocations = [asdict(_revocation(token, owners[token.session_id], now)) for token in held]
            connection.execute(self._add_revocation, revocations)
        return held


def _revocation(token: TokenRecord, sub: str, now: int) -> RevocationRecord:
    return RevocationRecord(token.session_id, token.resource_server, sub, token.sealed, now, due_at=now, attempts=0)


def _place(record: TokenRecord | RevocationRecord) -> dict[str, str | int | bytes]:
    return {"this_session": record.session_id, "this_server": record.resource_server}
