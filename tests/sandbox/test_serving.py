"""The server under the sandbox and the demo: what it leaves behind."""

from __future__ import annotations

import socket

from trivet.sandbox.serving import ServerThread, listening_sockets

LARGE = 50_000_000  # bytes: more than the sockets between us hold


def test_an_answer_that_nobody_reads(tmp_path):
    """The file of an answer under way is closed when the server stops, however little of it has been read."""
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.truncate(LARGE)
    opened = []

    def app(environ, start_response):
        opened.append(path.open("rb"))
        start_response("200 OK", [("Content-Length", str(LARGE))])
        return environ["wsgi.file_wrapper"](opened[0])

    sockets = listening_sockets("127.0.0.1", 0)
    server = ServerThread(app, sockets)
    with socket.create_connection(sockets[0].getsockname()) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")
        assert client.recv(15) == b"HTTP/1.1 200 OK"
        server.stop()
    assert opened[0].closed
