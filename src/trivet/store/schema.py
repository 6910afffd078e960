"""
How the tables of the SQL store come to be, and how they change from one version of Trivet to the next.

The steps are plain SQL, never changed once released: a new database goes through all of them, an older one through
those that it lacks, so both end up alike.
"""

import time

from sqlalchemy import Connection, inspect, select, text
from sqlalchemy import func as sql
from sqlalchemy.exc import ProgrammingError

from trivet.errors import StoreUnavailable
from trivet.store.tables import schema

__all__ = ["LATEST", "upgrade", "version_of"]

# A key is compared by its bytes, on PostgreSQL too: every store sorts alike, and no locale has to be asked.
_WORDS = {
    "sqlite": {"key": "TEXT", "bytes": "BLOB"},
    "postgresql": {"key": 'TEXT COLLATE "C"', "bytes": "BYTEA"},
}

_STEPS = (
    # 1. What there was before databases had a version, so each part may be there already; and that version.
    """
    CREATE TABLE trivet_schema (version INTEGER NOT NULL PRIMARY KEY);
    CREATE TABLE IF NOT EXISTS trivet_sessions (
        id {key} NOT NULL PRIMARY KEY, sub {key} NOT NULL, "user" TEXT NOT NULL,
        created_at BIGINT NOT NULL, last_seen_at BIGINT NOT NULL);
    CREATE TABLE IF NOT EXISTS trivet_tokens (
        session_id {key} NOT NULL, resource_server {key} NOT NULL, version INTEGER NOT NULL, sealed {bytes} NOT NULL,
        PRIMARY KEY (session_id, resource_server));
    CREATE TABLE IF NOT EXISTS trivet_spent (key {key} NOT NULL PRIMARY KEY, until BIGINT NOT NULL);
    CREATE INDEX IF NOT EXISTS trivet_spent_until ON trivet_spent (until);
    CREATE TABLE IF NOT EXISTS trivet_leases (
        key {key} NOT NULL PRIMARY KEY, holder {key} NOT NULL, until BIGINT NOT NULL);
    CREATE INDEX IF NOT EXISTS trivet_leases_until ON trivet_leases (until);
    """,
    # 2. Sessions that say where they were seen and when they end, the outbox, and what is kept for a while. How long a
    # session may last is not for the store to know: one from before lasts 30 days more here, or what its next visit
    # says. The defaults are for workers of the version before, which go on while they are being replaced.
    """
    ALTER TABLE trivet_sessions ADD COLUMN seen_from TEXT NOT NULL DEFAULT '';
    ALTER TABLE trivet_sessions ADD COLUMN ends_at BIGINT NOT NULL DEFAULT {month_from_now};
    UPDATE trivet_sessions SET ends_at = last_seen_at + 2592000;
    CREATE INDEX trivet_sessions_sub ON trivet_sessions (sub);
    CREATE INDEX trivet_sessions_ends_at ON trivet_sessions (ends_at, id);
    CREATE TABLE trivet_outbox (
        session_id {key} NOT NULL, resource_server {key} NOT NULL, sub {key} NOT NULL, sealed {bytes} NOT NULL,
        added_at BIGINT NOT NULL, due_at BIGINT NOT NULL, attempts INTEGER NOT NULL,
        PRIMARY KEY (session_id, resource_server));
    CREATE INDEX trivet_outbox_due_at ON trivet_outbox (due_at, session_id, resource_server);
    CREATE TABLE trivet_kept (key {key} NOT NULL PRIMARY KEY, value {bytes} NOT NULL, until BIGINT NOT NULL);
    CREATE INDEX trivet_kept_until ON trivet_kept (until);
    """,
)

LATEST = len(_STEPS)
_UPGRADING = 7_478_193  # any number, the same in every version of Trivet: it names our advisory lock


def version_of(connection: Connection) -> int:
    """Return how many of the steps that database has gone through."""
    if not inspect(connection).has_table(schema.name):
        return 0
    return connection.execute(select(sql.max(schema.c.version))).scalar_one() or 0


def upgrade(connection: Connection) -> int:
    """
    Bring the database to the version of this code, within the caller's transaction. Many may do so together.

    Returns:
        The version that it had before.

    Raises:
        StoreUnavailable: its version is newer than this code.
    """
    if connection.dialect.name == "postgresql":
        # Two workers that start together would both take the same step, and one would fail. SQLite needs nothing: its
        # write transactions exclude each other.
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _UPGRADING})
    before = version_of(connection)
    if before > LATEST:
        raise StoreUnavailable(
            f"The session store was made by a newer version of Trivet: its tables have version {before}, and this one "
            f"knows no later than {LATEST}.",
            hint="Install that version of Trivet again, or use another database. Nothing was changed.",
            version=before,
        )
    try:
        for version in range(before + 1, LATEST + 1):
            _take_step(connection, version)
    except ProgrammingError as error:
        raise StoreUnavailable(
            "The tables of the session store cannot be made or changed.",
            hint="Run `trivet db upgrade` as a user of the database who may do so; what it said is in the cause of "
            "this error.",
        ) from error
    return before


def _take_step(connection: Connection, version: int) -> None:
    words = _WORDS[connection.dialect.name] | {"month_from_now": str(int(time.time()) + 2_592_000)}
    for statement in _STEPS[version - 1].format(**words).split(";"):
        if statement.strip():
            connection.exec_driver_sql(statement)
    connection.execute(schema.insert(), {"version": version})
