"""Stores on real databases, each test with one of its own."""

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from servers import PostgreSQL
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


@pytest.fixture
def postgresql_url(postgresql: PostgreSQL) -> str:
    """An empty database."""
    name = f"test_{secrets.token_hex(8)}"
    with psycopg.connect(postgresql.url(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return postgresql.url(name)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'store' / 'trivet.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
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
