"""What the SQL store promises beyond the contract: crashes, outages, and a file that is private."""

import os
import secrets
import signal
import sqlite3
import stat
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import IntegrityError

from servers import PostgreSQL
from trivet.errors import StoreUnavailable
from trivet.store import RevocationRecord, Store, TokenRecord, open_store
from trivet.store.contract import a_revocation, a_session, a_token, together
from workers import workers


@pytest.fixture
def url(sql_url: str) -> str:
    return sql_url


def count(url: str, table: str) -> int:
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as connection:
        rows: int = connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
    engine.dispose()
    return rows


def outbox(store: Store) -> list[RevocationRecord]:
    return store.scan_revocations(limit=1_000)[0]


def kill_halfway(task: str, url: str, session_id: str) -> None:
    with workers(1, task, url, session_id) as (worker,):
        assert worker.hear() == "halfway"
        worker.kill()
        assert worker.process.exitcode == -signal.SIGKILL


class TestKills:
    def test_a_kill_in_the_middle_of_a_sign_in_leaves_nothing_half_done(
        self, opened: Callable[[str], Store], url: str
    ) -> None:
        """When a process dies between two statements of a sign-in, none of it happened, and all others go on."""
        store, session = opened(url), a_session()
        kill_halfway("die_opening", url, session.id)
        assert store.find_session(session.id) is None
        assert store.tokens_of(session.id) == []
        store.open_session(session, [a_token(session)])
        assert store.find_session(session.id) == session

    @pytest.mark.parametrize("task", ["die_ending", "die_clearing", "die_replacing"])
    def test_a_kill_in_the_middle_of_an_end_leaves_nothing_half_done(
        self, opened: Callable[[str], Store], url: str, task: str
    ) -> None:
        """When a process dies while it ends a session, that goes on with its tokens, until somebody ends it in full."""
        store, session = opened(url), a_session(ends_at=1_000)
        token = a_token(session)
        store.open_session(session, [token])
        kill_halfway(task, url, session.id)
        assert store.find_session(session.id) == session
        assert store.tokens_of(session.id) == [token]
        assert outbox(store) == []
        assert store.scan_sessions(limit=10)[0] == [session]
        assert store.end_session(session.id, now=2_000) is True
        assert [revocation.sealed for revocation in outbox(store)] == [token.sealed]


class TestStatements:
    def test_a_sign_in_that_fails_changes_nothing(self, opened: Callable[[str], Store], url: str) -> None:
        """When the new session cannot be stored, the one it should replace goes on."""
        store, old, new = opened(url), a_session(), a_session()
        held = a_token(old)
        store.open_session(old, [held])
        with pytest.raises(IntegrityError):
            store.open_session(new, [a_token(new), a_token(new)], replacing=old.id)
        assert store.find_session(new.id) is None
        assert store.find_session(old.id) == old
        assert store.tokens_of(old.id) == [held]

    def test_spent_keys_are_forgotten_little_by_little(self, opened: Callable[[str], Store], url: str) -> None:
        """A sign-in removes a bounded number of expired keys, so that they neither pile up nor slow anybody down."""
        store = opened(url)
        for number in range(50):
            store.spend(f"old-{number}", now=1_000, until=2_000)
        left = []
        for number in range(4):
            store.spend(f"new-{number}", now=2_000, until=3_000)
            left.append(count(url, "trivet_spent"))
        assert left == [31, 12, 3, 4]

    def test_leases_are_forgotten_little_by_little(self, opened: Callable[[str], Store], url: str) -> None:
        """Whoever takes a lease removes a bounded number of those left behind; whoever is refused removes none."""
        store = opened(url)
        for number in range(50):
            store.take_lease(f"old-{number}", "dead", now=1_000, until=2_000)
        left = []
        for number in range(4):
            store.take_lease(f"new-{number}", "Ann", now=2_000, until=3_000)
            store.take_lease(f"new-{number}", "Bob", now=2_000, until=3_000)
            left.append(count(url, "trivet_leases"))
        assert left == [31, 12, 3, 4]

    def test_what_was_kept_is_forgotten_little_by_little(self, opened: Callable[[str], Store], url: str) -> None:
        """Whoever keeps something removes a bounded number of things whose time is over."""
        store = opened(url)
        for number in range(50):
            store.keep(f"old-{number}", b"value", now=1_000, until=2_000)
        left = []
        for number in range(4):
            store.keep(f"new-{number}", b"value", now=2_000, until=3_000)
            left.append(count(url, "trivet_kept"))
        assert left == [31, 12, 3, 4]


class TestOutages:
    def test_a_server_that_is_down_is_unavailable_and_comes_back(
        self, opened: Callable[[str], Store], postgresql: PostgreSQL, postgresql_url: str
    ) -> None:
        """While PostgreSQL is stopped every method says so; when it is back, the very next call works."""
        store, session = opened(postgresql_url), a_session()
        token = a_token(session)
        store.open_session(session, [token])
        revocation = a_revocation()
        calls: list[Callable[[], object]] = [
            lambda: store.open_session(a_session(), []),
            lambda: store.find_session(session.id),
            lambda: store.touch_session(session.id, last_seen_at=1, ends_at=1),
            lambda: store.end_session(session.id, now=1),
            lambda: store.end_expired(now=1, limit=1),
            lambda: store.sessions_of(session.sub),
            lambda: store.scan_sessions(limit=1),
            lambda: store.tokens_of(session.id),
            lambda: store.find_token(session.id, token.resource_server),
            lambda: store.replace_token(a_token(session, version=2)),
            lambda: store.reseal_token(token, b""),
            lambda: store.add_revocation(revocation),
            lambda: store.claim_revocations(now=1, until=2, limit=1),
            lambda: store.postpone_revocation(revocation, due_at=1),
            lambda: store.settle_revocation(revocation),
            lambda: store.scan_revocations(limit=1),
            lambda: store.reseal_revocation(revocation, b""),
            lambda: store.keep("key", b"", now=1, until=2),
            lambda: store.kept("key", now=1),
            lambda: store.take("key", now=1),
            lambda: store.spend("key", now=1, until=2),
            lambda: store.take_lease("key", "holder", now=1, until=2),
            lambda: store.drop_lease("key", "holder"),
            lambda: open_store(postgresql_url),
        ]
        postgresql.stop()
        try:
            for call in calls:
                with pytest.raises(StoreUnavailable):
                    call()
        finally:
            postgresql.start()
        assert store.find_session(session.id) == session
        assert store.tokens_of(session.id) == [token]

    @pytest.mark.parametrize("reading", [True, False])
    def test_a_restart_goes_unnoticed(
        self,
        opened: Callable[[str], Store],
        postgresql: PostgreSQL,
        postgresql_url: str,
        reading: bool,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        """A server that restarted between two calls has broken our connection; neither a read nor a write notices."""
        store, session = opened(postgresql_url), a_session()
        store.open_session(session, [])
        postgresql.stop()
        postgresql.start()
        if reading:
            assert store.find_session(session.id) == session
        else:
            assert store.spend("key", now=1, until=2) is True
        assert caplog.records == []

    def test_the_error_tells_no_secret(self) -> None:
        """Neither the message nor the traceback of an unreachable database holds its password."""
        password = secrets.token_hex(8)
        with pytest.raises(StoreUnavailable) as caught:
            open_store(f"postgresql://portal:{password}@127.0.0.1:1/trivet?connect_timeout=2")
        assert password not in "".join(traceback.format_exception(caught.value))
        assert "127.0.0.1" not in str(caught.value)
        assert caught.value.__cause__ is not None
        assert caught.value.data == {"kind": "postgresql"}

    def test_a_mistake_of_ours_tells_no_token(self, opened: Callable[[str], Store], url: str) -> None:
        """When a statement fails, the error does not list what it was to store."""
        store, session = opened(url), a_session()
        sealed = secrets.token_hex(16).encode()
        twice = [TokenRecord(session.id, "transfer", 1, sealed)] * 2
        with pytest.raises(IntegrityError) as caught:
            store.open_session(session, twice)
        assert sealed.decode() not in "".join(traceback.format_exception(caught.value))

    @pytest.mark.parametrize("obstacle", ["a directory", "a file for a directory", "not a database"])
    def test_a_file_that_cannot_be_used_is_unavailable(self, tmp_path: Path, obstacle: str) -> None:
        """Whatever stands where the SQLite file should be, the error is the one for a store that does not answer."""
        path = tmp_path / "store"
        if obstacle == "a directory":
            path.mkdir()
        else:
            path.write_text("Dear diary, " * 1_000)
        if obstacle == "a file for a directory":
            path = path / "trivet.db"
        with pytest.raises(StoreUnavailable) as caught:
            open_store(f"sqlite:///{path}")
        assert caught.value.__cause__ is not None


class TestSqliteFile:
    def test_a_new_file_is_private(self, opened: Callable[[str], Store], sqlite_url: str) -> None:
        """The file, its log and the directory made for them are for their owner only."""
        session = a_session()
        opened(sqlite_url).open_session(session, [])
        path = Path(sqlite_url.removeprefix("sqlite:///"))
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        modes = {found.name: stat.S_IMODE(found.stat().st_mode) for found in path.parent.iterdir()}
        assert modes == {"trivet.db": 0o600, "trivet.db-shm": 0o600, "trivet.db-wal": 0o600}

    def test_what_was_done_is_on_the_disk(self, opened: Callable[[str], Store], sqlite_url: str) -> None:
        """SQLite waits for the disk at each commit, on every connection, so that no power cut undoes a logout."""
        connections: list[sqlite3.Connection] = []

        def listen(connection: sqlite3.Connection, _record: object) -> None:
            connections.append(connection)

        event.listen(Engine, "connect", listen)
        try:
            store = opened(sqlite_url)
            together(*[lambda: store.spend(secrets.token_hex(), now=1, until=2)] * 4)
        finally:
            event.remove(Engine, "connect", listen)
        full = {connection.execute("PRAGMA synchronous").fetchone() for connection in connections}
        assert full == {(2,)}

    def test_a_new_file_may_be_opened_by_many_at_once(self, tmp_path: Path) -> None:
        """Of several that make a file together none is told that it is locked, though SQLite would do so."""
        for number in range(20):
            url = f"sqlite:///{tmp_path}/{number}.db"
            for store in together(*[lambda: open_store(url)] * 8):  # noqa: B023
                store.close()

    def test_what_exists_keeps_its_mode(self, opened: Callable[[str], Store], tmp_path: Path) -> None:
        """A directory or file that somebody made on purpose is not changed."""
        path = tmp_path / "trivet.db"
        path.touch()
        path.chmod(0o640)
        tmp_path.chmod(0o750)
        opened(f"sqlite:///{path}")
        assert stat.S_IMODE(path.stat().st_mode) == 0o640
        assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o750

    def test_a_relative_path_stays_where_it_was(
        self, opened: Callable[[str], Store], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A daemon that changes its directory later goes on with the same file."""
        monkeypatch.chdir(tmp_path)
        store, session = opened("sqlite:///trivet.db"), a_session()
        (tmp_path / "elsewhere").mkdir()
        monkeypatch.chdir(tmp_path / "elsewhere")
        store.open_session(session, [])
        store.close()
        assert store.find_session(session.id) == session
        assert os.listdir() == []

    @pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "sqlite:///file:x?mode=memory&uri=true"])
    def test_a_database_in_memory_is_refused(self, url: str) -> None:
        """Each process would have its own; the error names the store that is meant for tests."""
        with pytest.raises(ValueError, match="memory:"):
            open_store(url)

    def test_what_is_no_url_is_refused_without_repeating_it(self) -> None:
        """An address that cannot be read may hold a password, so the error does not show it."""
        with pytest.raises(ValueError, match="not a URL") as caught:
            open_store("postgresql:portal:hunter2@db")
        assert "hunter2" not in str(caught.value)
