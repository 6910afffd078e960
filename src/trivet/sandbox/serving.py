"""Run the WSGI application on a thread of its own, and stop it again without leftovers.

Waitress keeps connections open (HTTP/1.1) and switches off Nagle's algorithm, so nothing waits 40 ms for a packet.
"""

from __future__ import annotations

import contextlib
import errno
import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import BaseWSGIServer, create_server

from trivet.sandbox.http.aside import ASIDE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

WORKER_THREADS = 8
MAX_BODY_BYTES = 64_000_000
"""What is read of a request at all; an application may have much less room."""
MAX_HEADER_BYTES = 32_768
STOP_SECONDS = 5.0
MAX_CONNECTIONS = 500
"""Clients keep theirs open. At the limit new ones wait in silence, so it has to be out of reach of a test suite."""

FREE_PORT_TRIES = 20


def listening_sockets(host: str, port: int) -> list[socket.socket]:
    """Return listening sockets for *host*; port 0 means a free one.

    ``localhost`` gets 127.0.0.1 and, where the machine has it, ::1 on the same port, since browsers may try either.

    Raises:
        OSError: the port is taken.
    """
    if host != "localhost":
        return [_bound(socket.AF_INET6 if ":" in host else socket.AF_INET, host, port)]
    for _ in range(FREE_PORT_TRIES):
        first = _bound(socket.AF_INET, "127.0.0.1", port)
        try:
            return [first, *_ipv6_twin(first.getsockname()[1])]
        except OSError:
            first.close()
            if port:
                raise
    raise OSError(errno.EADDRINUSE, "no port is free on both 127.0.0.1 and ::1")


def _ipv6_twin(port: int) -> list[socket.socket]:
    try:
        return [_bound(socket.AF_INET6, "::1", port)]
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise
        return []  # no IPv6 on this machine


def _bound(family: socket.AddressFamily, host: str, port: int) -> socket.socket:
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.bind((host, port))
    except OSError:
        sock.close()
        raise
    return sock


class _Parser(HTTPRequestParser):  # type: ignore[misc]
    def parse_header(self, header_plus: bytes) -> None:
        try:
            super().parse_header(header_plus)
        except ValueError:
            # A length of more digits than Python reads as a number. Waitress would hang up, and print the exception.
            raise ParsingError("Content-Length is invalid") from None


class _Channel(HTTPChannel):  # type: ignore[misc]
    parser_class = _Parser


class ServerThread:
    """A waitress server on its own thread, from construction until ``stop``. *name* is what it calls itself.

    Requests that step aside (``http/aside.py``) are not counted among those that its threads are busy with.
    """

    def __init__(self, app: WSGIApplication, sockets: list[socket.socket], *, name: str = "trivet-sandbox") -> None:
        self._app = app
        self._aside = 0
        self._stopping = False
        self._counting = threading.Lock()
        self._map: dict[int, Any] = {}
        self._server = create_server(
            self._answer,
            map=self._map,
            sockets=sockets,
            threads=WORKER_THREADS,
            max_request_header_size=MAX_HEADER_BYTES,
            max_request_body_size=MAX_BODY_BYTES,
            ident=name,
            channel_timeout=600,
            connection_limit=MAX_CONNECTIONS,
        )
        for each in self._map.values():
            if isinstance(each, BaseWSGIServer):
                each.channel_class = _Channel
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def _answer(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ[ASIDE] = self._one_aside
        return self._app(environ, start_response)

    @contextmanager
    def _one_aside(self) -> Iterator[None]:
        self._count_aside(1)
        try:
            yield
        finally:
            self._count_aside(-1)

    def _count_aside(self, more: int) -> None:
        with self._counting:
            self._aside += more
            if not self._stopping:
                self._server.task_dispatcher.set_thread_count(WORKER_THREADS + self._aside)

    def _run(self) -> None:
        wasyncore.loop(timeout=30, map=self._map, use_poll=True)

    def stop(self) -> None:
        """Close every connection and end all threads, within a few seconds. May be called twice."""
        if not self._thread.is_alive():
            return
        with self._counting:
            self._stopping = True
        # Workers first: they use the loop's triggers until they are done with their answers.
        self._server.task_dispatcher.shutdown(cancel_pending=True, timeout=STOP_SECONDS)
        # Closing must happen on the loop's own thread; a trigger is how waitress wakes it up to do something.
        listener = next(each for each in list(self._map.values()) if isinstance(each, BaseWSGIServer))
        # Its lock is held until it is pulled: a loop awake already would close it first, and the byte that wakes it
        # would go to a closed file, or to whatever has been opened under that number since.
        with listener.trigger.lock:
            listener.trigger.thunks.append(self._close_all)
            listener.trigger.pull_trigger()
        self._thread.join(STOP_SECONDS)

    def _close_all(self) -> None:
        for each in list(self._map.values()):
            with contextlib.suppress(OSError):
                # A connection's close() leaves open the file of an answer that nobody has read to its end.
                each.handle_close() if isinstance(each, HTTPChannel) else each.close()
        self._map.clear()
