"""How the tables come to be, and that nothing is lost when they change."""

import secrets
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import Connection, create_engine, inspect, text

from servers import PostgreSQL
from trivet.errors import StoreUnavailable
from trivet.store import SessionRecord, Store, open_store, schema
from trivet.store.contract import a_session, a_token
from trivet.store.tables import metadata
from workers import workers

PROCESSES = 4
MONTH = 30 * 24 * 3600

# The tables as they were before they had a version.
BEFORE_VERSIONS = """
    CREATE TABLE trivet_sessions (
        id {key} NOT NULL, sub {key} NOT NULL, "user" TEXT NOT NULL, created_at BIGINT NOT NULL,
        last_seen_at BIGINT NOT NULL, PRIMARY KEY (id));
    CREATE TABLE trivet_tokens (
        session_id {key} NOT NULL, resource_server {key} NOT NULL, version INTEGER NOT NULL, sealed {bytes} NOT NULL,
        PRIMARY KEY (session_id, resource_server));
    CREATE TABLE trivet_spent (key {key} NOT NULL, until BIGINT NOT NULL, PRIMARY KEY (key));
    CREATE INDEX trivet_spent_until ON trivet_spent (until);
    CREATE TABLE trivet_leases (key {key} NOT NULL, holder {key} NOT NULL, until BIGINT NOT NULL, PRIMARY KEY (key));
    CREATE INDEX trivet_leases_until ON trivet_leases (until)
"""
WORDS = {
    "sqlite": {"key": "TEXT", "bytes": "BLOB"},
    "postgresql": {"key": 'TEXT COLLATE "C"', "bytes": "BYTEA"},
}
A_SIGN_IN = """
    INSERT INTO trivet_sessions (id, sub, "user", created_at, last_seen_at) VALUES (:id, :sub, :user, :created, :seen)
"""
A_TOKEN = (
    "INSERT INTO trivet_tokens (session_id, resource_server, version, sealed) VALUES (:id, 'transfer', 3, :sealed)"
)


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def sign_in_by_the_version_before(connection: Connection) -> SessionRecord:
    """Do what the version before did when somebody signed in, and return what a session from then is now."""
    session = a_session(seen_from="", created_at=1_000, last_seen_at=2_000)
    row = {"id": session.id, "sub": session.sub, "user": session.user, "created": 1_000, "seen": 2_000}
    connection.execute(text(A_SIGN_IN), row)
    connection.execute(text(A_TOKEN), {"id": session.id, "sealed": b"sealed"})
    return replace(session, ends_at=2_000 + MONTH)


@pytest.fixture
def url(sql_url: str) -> str:
    return sql_url


@pytest.fixture
def old(url: str, tmp_path: Path) -> SessionRecord:
    """A session in a database from before tables had a version."""
    (tmp_path / "store").mkdir(exist_ok=True)
    with connected(url) as connection:
        for statement in BEFORE_VERSIONS.format(**WORDS[connection.dialect.name]).split(";"):
            connection.execute(text(statement))
        return sign_in_by_the_version_before(connection)


def looks(url: str) -> dict[str, Any]:
    """Return what a database's tables look like."""
    with connected(url) as connection:
        inspector = inspect(connection)
        return {
            table: (
                [(column["name"], str(column["type"]), column["nullable"]) for column in inspector.get_columns(table)],
                inspector.get_pk_constraint(table)["constrained_columns"],
                sorted((index["name"], index["column_names"]) for index in inspector.get_indexes(table)),
            )
            for table in inspector.get_table_names()
        }


class TestNew:
    def test_a_new_database_has_what_the_statements_name(self, opened: Callable[[str], Store], url: str) -> None:
        """The steps end at the tables that the store works with, column by column."""
        opened(url)
        found = looks(url)
        assert sorted(found) == sorted(metadata.tables)
        for name, (columns, key, _) in found.items():
            table = metadata.tables[name]
            assert {column: nullable for column, _, nullable in columns} == dict.fromkeys(table.columns.keys(), False)
            assert key == [column.name for column in table.primary_key]

    def test_opening_again_changes_nothing(self, opened: Callable[[str], Store], url: str) -> None:
        """A database that is up to date is left as it is."""
        opened(url)
        before = looks(url)
        opened(url)
        assert looks(url) == before


class TestUpgrade:
    def test_sessions_survive(self, opened: Callable[[str], Store], url: str, old: SessionRecord) -> None:
        """Who was signed in before still is, is listed, lasts a month more at most, and ends as others do."""
        store = opened(url)
        assert store.find_session(old.id) == old
        assert store.sessions_of(old.sub) == [old]
        (token,) = store.tokens_of(old.id)
        assert (token.version, token.sealed) == (3, b"sealed")
        assert store.end_expired(now=old.ends_at - 1, limit=10) == []
        store.touch_session(old.id, last_seen_at=3_000, ends_at=4_000)
        assert store.end_expired(now=4_000, limit=10) == [replace(old, last_seen_at=3_000, ends_at=4_000)]
        assert [revocation.sealed for revocation in store.scan_revocations(limit=10)[0]] == [b"sealed"]

    def test_an_old_database_ends_up_like_a_new_one(
        self, opened: Callable[[str], Store], url: str, old: SessionRecord, postgresql: PostgreSQL, tmp_path: Path
    ) -> None:
        """The same tables, columns and indexes, wherever a database comes from."""
        name = f"new_{secrets.token_hex(8)}"
        new_url = f"sqlite:///{tmp_path}/new.db"
        if url.startswith("postgresql:"):
            with psycopg.connect(postgresql.url(), autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {name}".encode())
            new_url = postgresql.url(name)
        opened(url)
        opened(new_url)
        assert looks(url) == looks(new_url)

    def test_what_is_older_still_is_completed(
        self, opened: Callable[[str], Store], url: str, old: SessionRecord
    ) -> None:
        """Tables from before there were leases get what is missing, and keep the rest."""
        with connected(url) as connection:
            connection.execute(text("DROP TABLE trivet_leases"))
        store = opened(url)
        assert store.find_session(old.id) == old
        assert store.take_lease("key", "holder", now=1_000, until=2_000) is True

    def test_four_workers_may_upgrade_at_once(
        self, opened: Callable[[str], Store], url: str, old: SessionRecord
    ) -> None:
        """All start, whichever of them takes the steps, and each step is taken once."""
        with workers(PROCESSES, "start", url) as started:
            assert [worker.hear() for worker in started] == [True] * PROCESSES
        with connected(url) as connection:
            versions = connection.execute(text("SELECT version FROM trivet_schema ORDER BY version")).scalars().all()
        assert list(versions) == list(range(1, schema.LATEST + 1))
        assert opened(url).find_session(old.id) == old

    def test_a_kill_in_the_middle_leaves_the_version_before(
        self, opened: Callable[[str], Store], url: str, old: SessionRecord
    ) -> None:
        """A process that dies while it upgrades has changed nothing; the next one starts anew."""
        before = looks(url)
        with workers(1, "die_upgrading", url) as (worker,):
            assert worker.hear() == "halfway"
            worker.kill()
            assert worker.process.exitcode == -signal.SIGKILL
        assert looks(url) == before
        assert opened(url).find_session(old.id) == old

    def test_workers_of_the_version_before_go_on(
        self, opened: Callable[[str], Store], url: str, old: SessionRecord
    ) -> None:
        """While workers are replaced, those left sign people in, whom the new ones see, and sweep a month later."""
        store = opened(url)
        with connected(url) as connection:
            session = sign_in_by_the_version_before(connection)
        found = store.find_session(session.id)
        assert found is not None
        assert replace(found, ends_at=session.ends_at) == session
        assert store.end_expired(now=session.ends_at, limit=10) == [old]
        assert store.end_expired(now=int(time.time()) + MONTH, limit=10) == [found]


class TestRefusals:
    def test_a_newer_database_is_refused(self, opened: Callable[[str], Store], url: str) -> None:
        """Code that is older than the tables does not touch them, and says what to do."""
        opened(url)
        with connected(url) as connection:
            connection.execute(text("INSERT INTO trivet_schema VALUES (99)"))
        before = looks(url)
        with pytest.raises(StoreUnavailable, match="newer version of Trivet") as caught:
            open_store(url)
        assert caught.value.hint
        assert caught.value.data["version"] == 99
        assert looks(url) == before

    def test_whoever_may_not_make_tables_is_told_who_may(
        self, opened: Callable[[str], Store], postgresql: PostgreSQL, postgresql_url: str
    ) -> None:
        """An application whose user of the database may only read and write starts once the tables are there."""
        role = f"role_{secrets.token_hex(8)}"
        url = postgresql_url.replace("postgres@", f"{role}@")
        with connected(postgresql_url) as connection:
            connection.execute(text(f"CREATE ROLE {role} LOGIN"))
        with pytest.raises(StoreUnavailable, match="trivet db upgrade"):
            open_store(url)
        opened(postgresql_url)
        with connected(postgresql_url) as connection:
            rights = "SELECT, INSERT, UPDATE, DELETE"
            connection.execute(text(f"GRANT {rights} ON ALL TABLES IN SCHEMA public TO {role}"))
        store, session = opened(url), a_session()
        store.open_session(session, [a_token(session)])
        assert store.end_session(session.id, now=session.created_at) is True
