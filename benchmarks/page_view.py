"""One page, looked at many times, with as little work for the client as possible."""

import socket

from benchmarks.browser import NAVIGATION, TIMEOUT_SECONDS

_ALL = 65_536


class PageView:
    """
    Asks for one page, with what a browser sends.

    Args:
        port: where on 127.0.0.1.
        path: of the page.
        cookie_header: value of the ``Cookie`` header.
    """

    def __init__(self, port: int, path: str, *, cookie_header: str) -> None:
        headers = {"Host": f"localhost:{port}", **NAVIGATION, "Cookie": cookie_header, "Connection": "close"}
        lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
        self._address = ("127.0.0.1", port)
        self._request = "\r\n".join(lines).encode()

    def look(self) -> None:
        """
        Ask once, on a connection of its own.

        Raises:
            RuntimeError: the answer is not the page.
        """
        with socket.create_connection(self._address, timeout=TIMEOUT_SECONDS) as connection:
            connection.sendall(self._request)
            answer = b""
            while part := connection.recv(_ALL):
                answer += part
        if not answer.startswith(b"HTTP/1.1 200 "):
            raise RuntimeError(f"No page, but:\n{answer.decode(errors='replace')}")
