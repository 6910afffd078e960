"""What the SQL store asks of its database costs as much as there is to find, however much is stored."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing

import psycopg
import pytest
from sqlalchemy import Engine, event

from trivet.store import Store
from trivet.store.contract import a_revocation, a_session, a_token

ROWS = 20_000
NUMBERS = f"""
    WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {ROWS}) SELECT * FROM numbers
"""
FILLINGS = (
    'INSERT INTO trivet_sessions (id, sub, "user", created_at, last_seen_at, ends_at)'
    " SELECT 'session ' || n, 'sub ' || n, '{}', n, n, 1000000 + n",
    "INSERT INTO trivet_tokens SELECT 'session ' || n, 'transfer', 1, 'sealed'",
    "INSERT INTO trivet_outbox SELECT 'ended ' || n, 'transfer', 'sub ' || n, 'sealed', n, 1000000 + n, 0",
    "INSERT INTO trivet_kept SELECT 'key ' || n, 'value', 1000000 + n",
    "INSERT INTO trivet_spent SELECT 'key ' || n, 1000000 + n",
    "INSERT INTO trivet_leases SELECT 'key ' || n, 'holder', 1000000 + n",
)


def use_everything(store: Store) -> None:
    """Ask for everything that a store can do, where there is something to find."""
    old, new, expired = a_session(), a_session(), a_session(ends_at=999_990)
    first, second = a_token(old), a_token(old, version=2)
    store.open_session(old, [first])
    store.open_session(expired, [a_token(expired)])
    store.touch_session(old.id, last_seen_at=old.last_seen_at + 60, ends_at=old.ends_at + 60)
    assert store.replace_token(second)
    assert store.reseal_token(second, b"sealed")
    store.open_session(new, [a_token(new)], replacing=old.id)
    assert store.find_session(new.id)
    assert store.tokens_of(new.id)
    assert store.find_token(new.id, first.resource_server)
    assert store.sessions_of(new.sub)
    _, cursor = store.scan_sessions(limit=2)
    assert store.scan_sessions(cursor, limit=2)[0]
    assert store.end_expired(now=1_000_000, limit=10)
    assert store.end_session(new.id, now=1_000_000)
    store.add_revocation(a_revocation(due_at=999_990))
    (first_due,) = store.claim_revocations(now=1_000_000, until=1_000_030, limit=1)
    assert store.claim_revocations(now=1_000_000, until=1_000_030, limit=10, session_id=new.id)
    assert store.reseal_revocation(first_due, b"sealed")
    store.postpone_revocation(first_due, due_at=1_000_060)
    store.settle_revocation(first_due)
    _, cursor = store.scan_revocations(limit=2)
    assert store.scan_revocations(cursor, limit=2)[0]
    store.keep(old.id, b"value", now=1_000_002, until=1_000_060)
    assert store.kept(old.id, now=1_000_000)
    assert store.take(old.id, now=1_000_000)
    assert store.spend(old.id, now=1_000_002, until=1_000_060)
    assert store.take_lease(old.id, "me", now=1_000_002, until=1_000_060)
    store.drop_lease(old.id, "me")


@pytest.fixture
def said() -> Iterator[list[str]]:
    """What is said to SQLite from now on, with its values filled in."""
    statements: list[str] = []

    def listen(connection: sqlite3.Connection, _record: object) -> None:
        connection.set_trace_callback(statements.append)

    event.listen(Engine, "connect", listen)
    yield statements
    event.remove(Engine, "connect", listen)


def test_sqlite_searches_and_never_scans(opened: Callable[[str], Store], sqlite_url: str, said: list[str]) -> None:
    """SQLite finds by an index whatever a method of the store asks for, and sorts only what one person has."""
    store = opened(sqlite_url)
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as connection, connection:
        for filling in FILLINGS:
            connection.execute(f"{filling} FROM ({NUMBERS})")
    said.clear()
    use_everything(store)
    plans = {}
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as connection:
        for statement in said:
            if statement.startswith(("SELECT", "UPDATE", "DELETE")):
                steps = connection.execute(f"EXPLAIN QUERY PLAN {statement}").fetchall()
                plans[statement] = [detail for *_, detail in steps]
    assert len(plans) > 20
    assert not {statement: plan for statement, plan in plans.items() if any("SCAN" in step for step in plan)}
    sorting = [statement for statement, plan in plans.items() if any("TEMP B-TREE" in step for step in plan)]
    assert all("sub = " in statement or "session_id = " in statement for statement in sorting)


def test_postgresql_searches_and_never_scans(opened: Callable[[str], Store], postgresql_url: str) -> None:
    """On tables of 20,000 rows PostgreSQL reads not one of them from end to end, by its own count."""
    store = opened(postgresql_url)
    with psycopg.connect(postgresql_url, autocommit=True) as connection:
        for filling in FILLINGS:
            connection.execute(f"{filling} FROM ({NUMBERS})".encode())
        connection.execute("ANALYZE")
        before = _full_scans(connection, store)
        for _ in range(12):  # so often that PostgreSQL may settle for a plan that suits any values
            use_everything(store)
        assert _full_scans(connection, store) == before


def _full_scans(connection: psycopg.Connection, store: Store) -> dict[str, int]:
    """Return how often each table was read from end to end, as the store's connections report when they end."""
    store.close()
    others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    while connection.execute(others).fetchone() != (0,):
        pass
    counts = "SELECT relname, seq_scan FROM pg_stat_user_tables WHERE relname LIKE 'trivet_%'"
    return dict(connection.execute(counts).fetchall())
