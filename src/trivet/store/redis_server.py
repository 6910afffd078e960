"""Open connections to one Redis or Valkey server: kept, lent, and replaced when they break."""

import logging
import os
import weakref
from collections import deque
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from redis.connection import AbstractConnection, Connection, parse_url
from redis.exceptions import (
    AuthenticationError,
    BusyLoadingError,
    ConnectionError,
    MasterDownError,
    NoPermissionError,
    NoScriptError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisError,
    ResponseError,
    TimeoutError,
)

from trivet.errors import StoreUnavailable
from trivet.store.scripts import Script

__all__ = ["Argument", "RedisServer"]

Argument = str | bytes | int

_OLDEST_VERSION = (7, 0)  # since then a script is checked as a whole before its first line runs

# Without these a host that has vanished keeps a page waiting for minutes. The URL has the last word.
_PATIENCE = {"socket_connect_timeout": 3.0, "socket_timeout": 5.0}  # seconds

_log = logging.getLogger(__name__)


class RedisServer:
    """
    As many connections as threads ever asked at one moment, usable from all threads and on both sides of a fork.

    A plain stack of the driver's connections instead of its client and pool, because every page view pays for a read:
    24 µs of CPU, against 66 µs by way of `redis.Redis`.

    Args:
        url: ``redis://[user[:password]@]host[:port][/database]``; ``valkey`` is another word for it, and a further
            ``s``, ``rediss://``, is for TLS.

    Raises:
        ValueError: not such a URL, or the server is none that a store could live on.
        StoreUnavailable: the server does not answer.
    """

    def __init__(self, url: str) -> None:
        self._kind, self._options = _options(url)
        self._idle: deque[AbstractConnection] = deque()  # its append and pop are atomic, so it needs no lock
        weakref.finalize(self, _close_all, self._idle)
        _before_fork(self._idle)
        _check(self.read("INFO"))

    def read(self, *command: Argument) -> Any:
        """
        Return the answer to a command that changes nothing.

        Raises:
            StoreUnavailable: the server does not answer.
        """
        with _answering:
            try:
                return self._ask(self._lent(), command)
            except ConnectionError:
                # A server that restarts breaks every idle connection, and only using one tells. Asking the server "are
                # you there" before each read would double its cost; reading twice after a failure is harmless.
                self.close()
                return self._ask(self._lent(), command)

    def read_script(self, script: Script, *arguments: Argument) -> Any:
        """Return the answer of a script that changes nothing, as `read` does."""
        try:
            return self.read("EVALSHA", script.sha, 0, *arguments)
        except NoScriptError:
            return self.read("EVAL", script.text, 0, *arguments)

    def write(self, *command: Argument) -> Any:
        """
        Return the answer to a command that changes something.

        It is sent once, on a connection that works: when no answer comes, sending it again could do it twice.

        Raises:
            StoreUnavailable: the server does not answer.
        """
        with _answering:
            return self._ask(self._proven(), command)

    def write_script(self, script: Script, *arguments: Argument) -> Any:
        """Return the answer of a script that changes something, as `write` does."""
        try:
            return self.write("EVALSHA", script.sha, 0, *arguments)
        except NoScriptError:  # a server that has restarted forgot it, and has done nothing
            return self.write("EVAL", script.text, 0, *arguments)

    def close(self) -> None:
        """Close what is idle. Whoever asks next gets a new connection."""
        _close_all(self._idle)

    def _ask(self, connection: AbstractConnection, command: tuple[Argument, ...]) -> Any:
        try:
            connection.send_packed_command(connection.pack_command(*command), check_health=False)
            answer = connection.read_response(disable_decoding=True)
        except ResponseError:
            self._idle.append(connection)
            raise
        except BaseException:
            connection.disconnect()
            raise
        self._idle.append(connection)
        return answer

    def _lent(self) -> AbstractConnection:
        try:
            return self._idle.pop()
        except IndexError:
            return self._kind(**self._options)

    def _proven(self) -> AbstractConnection:
        """Return a connection that the server has not closed. A new one is not open yet: it connects when used."""
        connection = self._lent()
        while connection.is_connected and _is_broken(connection):
            connection.disconnect()
            connection = self._lent()
        return connection


def _options(url: str) -> tuple[type[AbstractConnection], dict[str, Any]]:
    """Return what to connect with, and how."""
    scheme, _, rest = url.partition("://")
    scheme = {"redis": "redis", "rediss": "rediss", "valkey": "redis", "valkeys": "rediss"}.get(scheme, "")
    try:
        path = urlsplit(f"//{rest}").path.strip("/")
        options = _PATIENCE | parse_url(f"{scheme}://{rest}") | {"protocol": 2, "decode_responses": False}
        kind = options.pop("connection_class", Connection)
        kind(**options)  # an option that the driver does not know
        if path and not path.isdecimal():
            raise ValueError(path)
    except (ValueError, TypeError, RedisError):
        # Without the URL, and without what the driver says about it: they may hold a password.
        example = "redis://user:password@host:6379/0, with rediss:// for TLS"
        raise ValueError(f"That is not a URL of a Redis or Valkey server; write {example}.") from None
    return kind, options


def _check(info: bytes) -> None:
    """Refuse a server that cannot keep the store's promises, and warn of one that might not."""
    facts = dict(line.partition(":")[::2] for line in info.decode(errors="replace").splitlines() if ":" in line)
    version = facts["redis_version"]  # Valkey names the version of Redis that it is compatible with
    if tuple(int(part) for part in version.split(".")[:2]) < _OLDEST_VERSION:
        raise ValueError(f"The server is Redis {version}; sessions need Redis 7.0 or newer, or Valkey.")
    if facts["cluster_enabled"] == "1":
        raise ValueError(
            "The server is part of a cluster, where a session and what belongs to it would lie on different machines; "
            "sessions need one server of their own, with replicas if you like."
        )
    policy = facts.get("maxmemory_policy", "noeviction")
    if facts.get("maxmemory", "0") != "0" and policy != "noeviction":
        _log.warning(
            "the session store may throw away sessions, and tokens before they are revoked, when its memory is full: "
            "its maxmemory-policy is %s; set it to noeviction",
            policy,
        )


def _is_broken(connection: AbstractConnection) -> bool:
    try:
        return connection.can_read()  # nobody has asked anything, so there is nothing to read but its end
    except (ConnectionError, TimeoutError):
        return True


_DEFAULT_HINT = "See that its server runs and can be reached; what it said is in the cause of this error."
_HINTS: dict[type[RedisError], str] = {
    AuthenticationError: "See that the user and the password in its URL are what its server expects.",
    NoPermissionError: "See that its server lets this user run scripts and use all keys that begin with trivet:.",
    BusyLoadingError: "Wait: its server has just started and is still reading its data.",
    ReadOnlyError: "See that its URL leads to the primary: this server is a replica, or has become one.",
    MasterDownError: "See that its URL leads to the primary: this server is a replica, and has lost its primary.",
    OutOfMemoryError: "Give its server more memory, or raise its maxmemory.",
}
_CODES = {
    "MISCONF": "See to the disk of its server: it cannot save its data, and takes no more until it can.",
    "NOREPLICAS": "See to its replicas: there are fewer than its server is set to write with.",
    "BUSY": "See what script of somebody else's its server is busy with.",
}


class _Answering:
    """Turns a server that does not do what it is told into `StoreUnavailable`; our own mistakes stay what they are."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _trace: TracebackType | None) -> None:
        if isinstance(error, RedisError) and (hint := _hint(error)):
            raise StoreUnavailable("The session store does not answer.", hint=hint, kind="redis") from error


def _hint(error: RedisError) -> str | None:
    """Say what to do about *error*, or None when it is not about the server."""
    if hint := _HINTS.get(type(error)):
        return hint
    if isinstance(error, (ConnectionError, TimeoutError)):
        return _DEFAULT_HINT
    return _CODES.get(str(error).partition(" ")[0])  # the driver has no exception of its own for these


_answering = _Answering()


def _close_all(idle: deque[AbstractConnection]) -> None:
    while True:
        try:
            idle.pop().disconnect()
        except IndexError:
            return


def _before_fork(idle: deque[AbstractConnection]) -> None:
    """
    See to it that no idle connection is open while this process forks, as gunicorn does with ``--preload``.

    Two processes on one connection would read each other's answers. A connection that another thread is using at that
    moment stays open: fork before starting threads, as gunicorn does.
    """
    if hasattr(os, "register_at_fork"):
        weakly = weakref.ref(idle)
        os.register_at_fork(before=lambda: _close_all(weakly() or deque()))
