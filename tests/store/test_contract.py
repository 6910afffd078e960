"""Every store that comes with Trivet keeps the contract."""

from collections.abc import Callable

import pytest

from servers import PostgreSQL, Valkey
from trivet.store import Store
from trivet.store.contract import StoreContract


class TestMemory(StoreContract):
    @pytest.fixture
    def store(self, opened: Callable[[str], Store]) -> Store:
        return opened("memory:")


class TestSqlite(StoreContract):
    @pytest.fixture
    def store(self, opened: Callable[[str], Store], sqlite_url: str) -> Store:
        return opened(sqlite_url)


class TestPostgresql(StoreContract):
    @pytest.fixture
    def store(self, opened: Callable[[str], Store], postgresql: PostgreSQL) -> Store:
        return opened(postgresql.url())  # one database for all: making one takes longer than most of these tests


class TestValkey(StoreContract):
    @pytest.fixture
    def store(self, opened: Callable[[str], Store], valkey: Valkey) -> Store:
        return opened(valkey.url())
