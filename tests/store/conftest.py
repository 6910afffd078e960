"""Stores on real databases, each test with one of its own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from redis import Redis

from servers import PostgreSQL, Valkey
from trivet.store import Store, open_store

pytest.register_assert_rewrite("trivet.store.contract")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """A running PostgreSQL; a test that stops it starts it again."""
    server = PostgreSQL()
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture(scope="session")
def _postgresql_url(postgresql: PostgreSQL) -> str:
    with psycopg.connect(postgresql.url(), autocommit=True) as connection:
        connection.execute("CREATE DATABASE trivet")
    return postgresql.url("trivet")


@pytest.fixture
def postgresql_url(_postgresql_url: str) -> str:
    """An empty database: the same one for all, since making one writes 20 MB."""
    with psycopg.connect(_postgresql_url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public AUTHORIZATION pg_database_owner")
        connection.execute("GRANT USAGE ON SCHEMA public TO PUBLIC")
    return _postgresql_url


@pytest.fixture(scope="session")
def valkey() -> Iterator[Valkey]:
    """A running Valkey; a test that stops it starts it again."""
    server = Valkey()
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture
def valkey_client(valkey: Valkey) -> Iterator[Redis]:
    """The server by itself, empty."""
    with Redis(port=valkey.port) as client:
        client.flushall()
        yield client


@pytest.fixture
def valkey_url(valkey: Valkey, valkey_client: Redis) -> str:
    """An empty database."""
    return valkey.url()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'store' / 'trivet.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def sql_url(request: pytest.FixtureRequest) -> str:
    """An empty database with tables, of each kind."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture(params=["sqlite", "postgresql", "valkey"])
def url(request: pytest.FixtureRequest) -> str:
    """An empty database of each kind."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def opened() -> Iterator[Callable[[str], Store]]:
    """Opens stores, and closes them when the test is over."""
    stores: list[Store] = []

    def open_and_remember(url: str) -> Store:
        stores.append(open_store(url))
        return stores[-1]

    yield open_and_remember
    for store in stores:
        store.close()
