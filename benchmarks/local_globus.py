"""
A local Globus as a program of its own: our sandbox, or fauxbus, an independent one, beside which ours is measured.

What is measured is what somebody at the other end of a connection sees. Both get the same requests.
"""

import json
import os
import socket
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlencode

START_SECONDS = 30
CLIENT_ID = "11111111-1111-4111-8111-111111111111"
CLIENT_SECRET = "a secret that only the seed and this benchmark know"
SCOPE = "urn:globus:auth:scope:transfer.api.globus.org:all"
DISCOVERY = "/.well-known/openid-configuration"

OUR_SEED = f"""
[clients.portal]
id = "{CLIENT_ID}"
name = "Portal"
secret = "{CLIENT_SECRET}"
redirect_uris = ["http://localhost:5000/callback"]
"""
FAUXBUS_SEED = {
    "clients": {
        CLIENT_ID: {"secret": CLIENT_SECRET, "name": "Portal", "redirect_uris": ["http://localhost:5000/callback"]}
    }
}


@dataclass(frozen=True, slots=True)
class Program:
    """
    How to run one. *command* is without its seed and port; *reset* is where a POST takes it back to its seed.

    Ours is taken back by a call in the test's own process instead, or by a button on its control page.
    """

    name: str
    command: tuple[str, ...]
    seed: str
    reset: str | None


_BIN = Path(sys.executable).parent
SANDBOX = Program("trivet sandbox", (str(_BIN / "trivet"), "sandbox"), OUR_SEED, None)
FAUXBUS = Program("fauxbus", (str(_BIN / "fauxbus"), "serve"), json.dumps(FAUXBUS_SEED), "/_fauxbus/reset")


class LocalGlobus:
    """
    *program*, running between ``with`` and its end; its first answer has come when ``with`` begins.

    ``cold_start_seconds`` is from before there was a process until then. Python may keep its bytecode in *directory*,
    as an installed package has it: the first of all starts there is slower than those that follow.
    """

    def __init__(self, program: Program, directory: Path) -> None:
        self._program = program
        self._directory = directory
        self.cold_start_seconds = 0.0

    def __enter__(self) -> Self:
        seed = self._directory / f"{self._program.name}.seed"
        seed.write_text(self._program.seed)
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port: int = probe.getsockname()[1]
        environ = {**os.environ, "PYTHONPYCACHEPREFIX": str(self._directory)}
        environ.pop("PYTHONDONTWRITEBYTECODE", None)
        command = [*self._program.command, "--seed", str(seed), "--port", str(self.port)]
        command += ["--issuer", f"http://localhost:{self.port}"]
        began = time.perf_counter()
        self._process = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with self.connected() as connection:
            connection.ask(get(DISCOVERY))
        self.cold_start_seconds = time.perf_counter() - began
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        try:
            self._process.wait(START_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def connected(self) -> "Connection":
        """Connect, as soon as somebody listens."""
        end = time.monotonic() + START_SECONDS
        while True:
            try:
                return Connection(socket.create_connection(("127.0.0.1", self.port), timeout=START_SECONDS))
            except ConnectionRefusedError:
                if time.monotonic() > end or self._process.poll() is not None:
                    raise
                time.sleep(0.001)

    def megabytes(self) -> float:
        """Return the memory that the process has in use (resident set)."""
        pages = int(Path(f"/proc/{self._process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


class Connection:
    """One kept-alive connection."""

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()

    def ask(self, request: bytes) -> bytes:
        """
        Send *request*, and return the body of the answer.

        Raises:
            RuntimeError: the answer is no success.
        """
        self._socket.sendall(request)
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += self._part()
        head, _, body = answer.partition(b"\r\n\r\n")
        if not head.split(b" ", 2)[1].startswith(b"2"):
            raise RuntimeError(f"Not what was asked for, but:\n{answer.decode(errors='replace')}")
        lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        length = int(lengths[0].partition(b":")[2]) if lengths else 0
        while len(body) < length:
            body += self._part()
        return body

    def _part(self) -> bytes:
        part = self._socket.recv(65_536)
        if not part:
            raise RuntimeError("The connection was closed in the middle of an answer.")
        return part

    def latencies(self, request: bytes, times: int) -> list[float]:
        """Ask *times* times, one after another; return the seconds that each answer took."""
        taken = []
        for _ in range(times):
            began = time.perf_counter()
            self.ask(request)
            taken.append(time.perf_counter() - began)
        return taken


def get(path: str) -> bytes:
    return _request("GET", path, ())


def token_request() -> bytes:
    """Return the request for a token by client credentials, the one grant that both know and that needs no person."""
    credentials = b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
    form = urlencode({"grant_type": "client_credentials", "scope": SCOPE})
    headers = (f"Authorization: Basic {credentials}", "Content-Type: application/x-www-form-urlencoded")
    return _request("POST", "/v2/oauth2/token", headers, form)


def post(path: str, *headers: str, body: str = "") -> bytes:
    return _request("POST", path, headers, body)


def _request(method: str, path: str, headers: Sequence[str], body: str = "") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", *headers]
    if method == "POST":
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", body]).encode()
