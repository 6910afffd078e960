"""Stores to measure on, each new and empty."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

KINDS = ("sqlite", "postgresql", "valkey")


@contextmanager
def new_store(kind: str) -> Iterator[str]:
    """Make a store of one of `KINDS`, and return its URL. The servers are those that the tests start for themselves."""
    if kind == "sqlite":
        with tempfile.TemporaryDirectory(prefix="trivet-bench-") as directory:
            yield f"sqlite:///{directory}/trivet.sqlite3"
        return
    from tests.servers import PostgreSQL, Valkey

    server = PostgreSQL() if kind == "postgresql" else Valkey(appendfsync="everysec")
    try:
        server.start()
        yield server.url()
    finally:
        server.remove()
