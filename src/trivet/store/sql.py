"""The store for real use: a SQLite file (SQLite 3.35 or newer) for one machine, PostgreSQL for several."""

from dataclasses import asdict

from sqlalchemy import Connection

from trivet.store import SessionRecord, TokenRecord, statements
from trivet.store.connections import Connections
from trivet.store.engines import engine_for
from trivet.store.tables import create_missing

__all__ = ["SqlStore"]


class SqlStore:
    """
    All of `trivet.store.Store` in four tables.

    A read is a single statement. A write is a short transaction: on SQLite they take turns, on PostgreSQL they run at
    read committed, where the row that two of them want decides which comes first.

    Args:
        url: ``sqlite:///path/to/file`` (a new file is private to its owner) or ``postgresql://user@host/database``.

    Raises:
        ValueError: the URL names no database that several processes could share.
        StoreUnavailable: the database does not answer.
    """

    def __init__(self, url: str) -> None:
        engine = engine_for(url)
        self._connections = Connections(engine)
        self._find_session = self._connections.compiled(statements.find_session)
        self._tokens_of = self._connections.compiled(statements.tokens_of)
        self._find_token = self._connections.compiled(statements.find_token)
        self._spend = statements.spend(engine.dialect.name)
        self._take_lease = statements.take_lease(engine.dialect.name)
        with self._connections.transaction() as connection:
            create_missing(connection)

    def open_session(
        self, session: SessionRecord, tokens: list[TokenRecord], *, replacing: str | None = None
    ) -> list[TokenRecord] | None:
        with self._connections.transaction() as connection:
            ended = _end(connection, replacing) if replacing else []
            if ended is None:
                return None
            connection.execute(statements.open_session, asdict(session))
            if tokens:
                connection.execute(statements.keep_tokens, [asdict(token) for token in tokens])
        return ended

    def find_session(self, session_id: str) -> SessionRecord | None:
        rows = self._connections.read(self._find_session, {"this_session": session_id})
        return SessionRecord(session_id, *rows[0]) if rows else None

    def touch_session(self, session_id: str, last_seen_at: int) -> None:
        with self._connections.transaction() as connection:
            connection.execute(statements.touch_session, {"this_session": session_id, "seen_at": last_seen_at})

    def end_session(self, session_id: str) -> list[TokenRecord]:
        with self._connections.transaction() as connection:
            ended = _end(connection, session_id)
        return ended or []

    def tokens_of(self, session_id: str) -> list[TokenRecord]:
        return [TokenRecord(*row) for row in self._connections.read(self._tokens_of, {"this_session": session_id})]

    def find_token(self, session_id: str, resource_server: str) -> TokenRecord | None:
        row = {"this_session": session_id, "this_server": resource_server}
        rows = self._connections.read(self._find_token, row)
        return TokenRecord(session_id, resource_server, *rows[0]) if rows else None

    def replace_token(self, token: TokenRecord) -> bool:
        row = {"this_session": token.session_id, "this_server": token.resource_server}
        new = {"new_version": token.version, "new_sealed": token.sealed}
        with self._connections.transaction() as connection:
            replaced = connection.execute(statements.replace_token, row | new)
        return replaced.rowcount == 1

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


def _end(connection: Connection, session_id: str) -> list[TokenRecord] | None:
    """Delete the session and return what it held, None if it was gone; a row is deleted once, so by one caller only."""
    row = {"this_session": session_id}
    if connection.execute(statements.end_session, row).rowcount == 0:
        return None
    forgotten = [TokenRecord(*values) for values in connection.execute(statements.forget_tokens, row)]
    return sorted(forgotten, key=lambda token: token.resource_server)
