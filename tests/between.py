"""A server between a store and its Valkey, which loses answers or gives some of its own."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from socket import create_connection
from socketserver import BaseRequestHandler, ThreadingTCPServer
from ssl import SSLContext, SSLError
from threading import Thread
from typing import Any, cast

_ALL = 65_536


class Between(ThreadingTCPServer):
    """
    Passes on what it is asked, and what is answered.

    Of the next *losing* requests the answers are lost, and the connections with them. Where *saying* is something,
    every request gets it for an answer and is not passed on. With a *context* the store's side of it speaks TLS.
    """

    daemon_threads = True

    def __init__(self, port: int, context: SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self._context = context
        self.behind = ("127.0.0.1", port)
        self.losing = 0
        self.saying = b""

    @property
    def url(self) -> str:
        return f"{'rediss' if self._context else 'redis'}://127.0.0.1:{self.server_address[1]}/0"

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Greet within the thread of this connection."""
        if self._context is None:
            super().finish_request(request, client_address)
            return
        with suppress(SSLError), self._context.wrap_socket(request, server_side=True) as wrapped:
            super().finish_request(wrapped, client_address)  # whoever does not trust us has hung up before


class _Handler(BaseRequestHandler):
    def handle(self) -> None:
        server = cast("Between", self.server)
        with create_connection(server.behind) as behind:
            while request := self.request.recv(_ALL):
                if server.saying:
                    self.request.sendall(server.saying)
                    continue
                behind.sendall(request)
                answer = behind.recv(_ALL)
                if server.losing:
                    server.losing -= 1
                    return
                self.request.sendall(answer)


@contextmanager
def between(port: int, context: SSLContext | None = None) -> Iterator[Between]:
    with Between(port, context) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
