"""Answers that take longer than they may."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from globus_sdk import GlobusHTTPResponse, NetworkError, TransferClient

from trivet.transport import Transports, no_retries

BEAT_SECONDS = 0.05
BEATS = 200  # far more than anybody waits for here
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@contextmanager
def dripping(head: bytes, drop: bytes, tail: bytes, *, beats: int = BEATS) -> Iterator[str]:
    """A service that sends *head* at once, then *drop* again and again, and *tail* in the end."""
    over = threading.Event()

    def serve() -> None:
        with suppress(OSError), listening.accept()[0] as connection:
            connection.recv(65_536)
            connection.sendall(head)
            for _ in range(beats):
                if over.wait(BEAT_SECONDS):
                    break
                connection.sendall(drop)
            connection.sendall(tail)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            over.set()
            thread.join()


def ask(url: str, *, timeout_seconds: float) -> GlobusHTTPResponse:
    transports = Transports(timeout_seconds=timeout_seconds)
    try:
        client = TransferClient(base_url=url, transport=transports.current(), retry_config=no_retries())
        return client.get("/")
    finally:
        transports.close()


@pytest.mark.parametrize(
    ("head", "drop", "tail"),
    [
        (HEAD + b"Content-Length: %d\r\n\r\n" % (BEATS + 2), b" ", b"{}"),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n", b"2\r\n{}\r\n0\r\n\r\n"),
        (HEAD + b"Content-Length: 2\r\nX-More: ", b"y", b"\r\n\r\n{}"),
        (b"", b"", HEAD + b"Content-Length: 2\r\n\r\n{}"),
    ],
    ids=["body", "chunks", "header", "nothing at all"],
)
def test_a_service_that_drips_is_not_waited_for(head: bytes, drop: bytes, tail: bytes) -> None:
    """Whoever sends a little now and then, in whichever part of an answer, is given up like whoever sends nothing."""
    with dripping(head, drop, tail) as url, pytest.raises(NetworkError):
        ask(url, timeout_seconds=4 * BEAT_SECONDS)


def test_an_answer_in_pieces_is_read() -> None:
    """What comes bit by bit, and in time, is an answer like any other."""
    with dripping(HEAD + b"Content-Length: 5\r\n\r\n", b" ", b"{}", beats=3) as url:
        assert ask(url, timeout_seconds=60).data == {}


def test_connections_are_used_again() -> None:
    """An answer that was read to its end leaves its connection for the next request."""
    served: list[int] = []

    def serve() -> None:
        with listening.accept()[0] as connection:
            while connection.recv(65_536):
                served.append(1)
                connection.sendall(HEAD + b"Content-Length: 2\r\n\r\n{}")

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve)
        thread.start()
        transports = Transports(timeout_seconds=10)
        client = TransferClient(
            base_url=f"http://127.0.0.1:{listening.getsockname()[1]}",
            transport=transports.current(),
            retry_config=no_retries(),
        )
        for _ in range(3):
            assert client.get("/").data == {}
        transports.close()
        thread.join()
    assert len(served) == 3
