"""
In time: an answer is there, to its last byte, within the time that a request may take.

A socket's own timeout is for each read of it, so a service, or something in between, that sends a byte now and then
could hold a thread for ever, and with it a lease that all workers wait for.
"""

import socket
import time
from http.client import HTTPResponse
from io import BufferedReader, RawIOBase
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager, ProxyManager
from urllib3.connection import HTTPConnection, HTTPSConnection


class _Reader(RawIOBase):
    """Reads from a socket for as long as its timeout was at the beginning, all reads together."""

    def __init__(self, raw: RawIOBase, sock: socket.socket) -> None:
        self._raw = raw
        self._sock = sock
        timeout = sock.gettimeout()
        self._deadline = None if timeout is None else time.monotonic() + timeout

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int | None:
        if self._deadline is not None:
            left = self._deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError("the answer has not ended in time")
            self._sock.settimeout(left)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Answer(HTTPResponse):
    """An answer that has to be read within the timeout of its socket, from the status line on."""

    def __init__(self, sock: socket.socket, *arguments: Any, **options: Any) -> None:
        super().__init__(sock, *arguments, **options)
        self.fp = BufferedReader(_Reader(self.fp.detach(), sock))


class _Connection(HTTPConnection):
    response_class = _Answer


class _SecureConnection(HTTPSConnection):
    response_class = _Answer


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


class InTime(HTTPAdapter):
    """For a session of ``requests``: its read timeout is for an answer as a whole."""

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        """Make the connections of this adapter ones that watch the time."""
        super().init_poolmanager(*arguments, **options)
        _watch(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **options: Any) -> ProxyManager:
        """Return those that go through *proxy*, which watch it too."""
        manager: ProxyManager = super().proxy_manager_for(proxy, **options)
        _watch(manager)
        return manager


def _watch(manager: PoolManager) -> None:
    manager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}
