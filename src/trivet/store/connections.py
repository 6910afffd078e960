"""Open connections to one database: kept, lent, and replaced when they break."""

import os
import weakref
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import Any

from sqlalchemy import ClauseElement, Connection, Engine
from sqlalchemy.exc import DBAPIError

from trivet.errors import StoreUnavailable

__all__ = ["Connections", "Row"]

Row = tuple[Any, ...]


class Connections:
    """
    As many connections as threads ever asked at one moment, usable from all threads and on both sides of a fork.

    A plain stack instead of SQLAlchemy's pool, and reads handed to the driver as text, because every page view pays
    for a read: 8 µs of CPU on SQLite, against 45 µs by way of a pooled `Connection.execute`.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._idle: deque[Connection] = deque()  # its append and pop are atomic, so it needs no lock
        self._answering = _Answering(engine)
        weakref.finalize(self, _close_all, self._idle)
        _before_fork(self._idle)

    def compiled(self, query: ClauseElement) -> str:
        """Return the text of *query* as `read` takes it, to be made once and used often."""
        return str(query.compile(dialect=self._engine.dialect))

    def read(self, query: str, values: Mapping[str, object]) -> list[Row]:
        """
        Return what one compiled query finds.

        Raises:
            StoreUnavailable: the database does not answer.
        """
        with self._answering:
            try:
                return self._ask(query, values)
            except self._answering.driver_error:
                # A server that restarts breaks every idle connection, and only using one tells. Asking the server "are
                # you there" before each read would double its cost; reading twice after a failure is harmless.
                self.close()
                return self._ask(query, values)

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """
        Begin a transaction for writing; commit it at the end, or undo it all when the block raises.

        Raises:
            StoreUnavailable: the database does not answer.
        """
        with self._answering:
            connection = self._begun()
            with self._returned(connection):
                yield connection
                connection.commit()

    def close(self) -> None:
        """Close what is idle. Whoever asks next gets a new connection."""
        _close_all(self._idle)

    def _ask(self, query: str, values: Mapping[str, object]) -> list[Row]:
        connection = self._lent()
        try:
            driver: Any = connection.connection.dbapi_connection  # past SQLAlchemy, see above
            cursor = driver.cursor()
            cursor.execute(query, values)
            rows: list[Row] = list(
                cursor.fetchall()
            )  # to the end: on SQLite a half-read answer keeps its snapshot open
        except BaseException:
            connection.close()
            raise
        self._idle.append(connection)
        return rows

    def _begun(self) -> Connection:
        """Begin on a connection that works: nothing has been written yet, so a second try cannot write twice."""
        connection = self._lent()
        try:
            connection.begin()
        except DBAPIError as error:
            connection.close()
            if not error.connection_invalidated:
                raise
            self.close()
            connection = self._engine.connect()
            connection.begin()
        return connection

    def _lent(self) -> Connection:
        try:
            return self._idle.pop()
        except IndexError:
            return self._engine.connect()

    @contextmanager
    def _returned(self, connection: Connection) -> Iterator[None]:
        """Keep *connection* for the next caller, or close it when anything went wrong on it."""
        try:
            yield
        except BaseException:
            connection.close()
            raise
        self._idle.append(connection)


class _Answering:
    """Turns a database that does not answer into `StoreUnavailable`; our own mistakes stay what they are."""

    def __init__(self, engine: Engine) -> None:
        driver = engine.dialect.loaded_dbapi
        self._kind = engine.dialect.name
        self._mistakes = (driver.ProgrammingError, driver.IntegrityError, driver.DataError, driver.NotSupportedError)
        self.driver_error = driver.Error

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _trace: TracebackType | None) -> None:
        cause = error.orig if isinstance(error, DBAPIError) else error
        if isinstance(cause, self.driver_error) and not isinstance(cause, self._mistakes):
            raise StoreUnavailable(
                "The session store does not answer.",
                hint="See that its database runs and can be reached; what it said is in the cause of this error.",
                kind=self._kind,
            ) from error


def _close_all(idle: deque[Connection]) -> None:
    while True:
        try:
            idle.pop().close()
        except IndexError:
            return


def _before_fork(idle: deque[Connection]) -> None:
    """
    See to it that no idle connection is open while this process forks, as gunicorn does with ``--preload``.

    A PostgreSQL connection would be shared by two processes. SQLite is worse: the child believes that it holds the
    locks its parent has, takes none, and the parent's exit deletes the log that the child writes to. A connection that
    another thread is using at that moment stays open: fork before starting threads, as gunicorn does.
    """
    if hasattr(os, "register_at_fork"):
        weakly = weakref.ref(idle)
        os.register_at_fork(before=lambda: _close_all(weakly() or deque()))
