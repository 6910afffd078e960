"""From a store's URL to an SQLAlchemy engine, set up so that SQLite and PostgreSQL behave alike."""

import os
import sqlite3
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from trivet.errors import StoreUnavailable

__all__ = ["engine_for"]

_BUSY_SECONDS = 10  # how long a write waits for another process's write before the store counts as not answering


def engine_for(url: str) -> Engine:
    """
    Return an engine without a pool whose connections commit by themselves until a transaction is begun.

    That way a read is one statement, and a write says BEGIN.

    Raises:
        ValueError: not a URL, or one that names no database for several processes to share.
        StoreUnavailable: the place for a SQLite file cannot be made.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise ValueError("The store's address is not a URL; use sqlite:///path or postgresql://...") from None
    return _sqlite(parsed) if parsed.get_backend_name() == "sqlite" else _postgresql(parsed)


def _engine(url: URL, connect_args: dict[str, Any], *, begin: str, paramstyle: str) -> Engine:
    engine = create_engine(
        url,
        connect_args=connect_args,
        paramstyle=paramstyle,
        poolclass=NullPool,
        pool_reset_on_return=None,  # a connection that is given back is closed, and SQLAlchemy logs a vain rollback
        hide_parameters=True,  # an error's text may reach a log, and parameters hold session ids and sealed tokens
    )

    @event.listens_for(engine, "begin")
    def begin_transaction(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _postgresql(url: URL) -> Engine:
    # Without these a host that has vanished keeps a page waiting for minutes. The URL has the last word.
    patience = {"connect_timeout": 5, "tcp_user_timeout": 10_000}  # seconds; milliseconds
    connect_args = {"autocommit": True} | {name: value for name, value in patience.items() if name not in url.query}
    # Read committed, whatever the server's default: our races are settled by row locks, not by failing.
    return _engine(
        url.set(drivername="postgresql+psycopg"),
        connect_args,
        begin="BEGIN ISOLATION LEVEL READ COMMITTED",
        paramstyle="pyformat",
    )


def _sqlite(url: URL) -> Engine:
    if url.database in {None, "", ":memory:"} or url.query:
        raise ValueError("SQLite is used with a plain file, sqlite:///path/to/file; for a store in memory use memory:")
    try:
        _create_private(Path(str(url.database)))
    except OSError as error:
        hint = "See that its directory exists and that this process may write there."
        raise StoreUnavailable("The file of the session store cannot be created.", hint=hint, kind="sqlite") from error
    # IMMEDIATE takes the write lock at once. A transaction that began as a reader could not wait for it: SQLite says
    # "database is locked" without waiting when a reader wants to write after somebody else did.
    engine = _engine(
        url,
        {"isolation_level": None, "check_same_thread": False, "timeout": _BUSY_SECONDS},
        begin="BEGIN IMMEDIATE",
        paramstyle="named",
    )
    event.listen(engine, "connect", _set_up)
    return engine


def _create_private(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # O_EXCL: a file that exists is never opened here. POSIX drops all locks that this process holds on a file when any
    # descriptor of it is closed, so opening it beside SQLite would take SQLite's locks away.
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def _set_up(connection: sqlite3.Connection, _record: object) -> None:
    _use_wal(connection)
    # NORMAL would not wait for the disk, and a power cut could undo a logout that somebody was told is done, or lose
    # tokens that were to be revoked. A page view writes once a minute, so it is seldom what waits.
    connection.execute("PRAGMA synchronous = FULL")


def _use_wal(connection: sqlite3.Connection) -> None:
    """Let readers and a writer work together. The file remembers, so all but the first time this changes nothing."""
    give_up = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            # Of several processes that make the switch together, all but one are refused at once: SQLite does not
            # wait here, timeout or not.
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > give_up:
                raise
            time.sleep(0.01)
