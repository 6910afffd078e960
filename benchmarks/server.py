"""gunicorn with one application, as processes of its own on a free loopback port, and what they cost."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

START_SECONDS = 30
STOP_SECONDS = 15
ROOT = Path(__file__).resolve().parent.parent


class Server:
    """
    Serves one application between ``with`` and its end.

    The socket is bound here and handed on, so the port is known, and taken, before any configuration needs it.

    Args:
        application: as gunicorn takes it, such as ``benchmarks.bare:app``.
        options: further command-line options of gunicorn.
        path: a directory to import the application from; the project's own when left out.
    """

    def __init__(self, application: str, *options: str, path: Path = ROOT) -> None:
        self._application = application
        self._options = options
        self._path = path
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=2048)
        self.port: int = self._socket.getsockname()[1]
        self.url = f"http://localhost:{self.port}"
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - open until `stop`
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, environ: Mapping[str, str]) -> None:
        """Start with *environ* added to our own environment, and return when the first request has been answered."""
        listening = str(self._socket.fileno())
        command = [sys.executable, "-m", "gunicorn", self._application, "--bind", f"fd://{listening}"]
        command += ["--pythonpath", str(self._path), "--no-control-socket", "--log-level", "warning", *self._options]
        self._process = subprocess.Popen(
            command,
            env={**os.environ, **environ},
            pass_fds=[self._socket.fileno()],
            stdout=self._log,
            stderr=subprocess.STDOUT,
            cwd=ROOT,
        )
        self._socket.close()  # now theirs alone: should they die, a client is refused instead of left waiting
        self._await_answer()

    def stop(self) -> None:
        """Ask the processes to end, and see that they do."""
        self._socket.close()
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None
        self._log.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def log(self) -> str:
        """What gunicorn and the application have written: warnings, and worse."""
        return os.pread(self._log.fileno(), 1_000_000, 0).decode(errors="replace")

    @property
    def workers(self) -> list[int]:
        """The worker processes, by id."""
        assert self._process is not None
        pid = self._process.pid
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def cpu_seconds(self) -> float:
        """Return the CPU time, user and system, that the workers have used so far."""
        return sum(time.clock_gettime(_cpu_clock(pid)) for pid in self.workers)

    def _await_answer(self) -> None:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=START_SECONDS) as connection:
                connection.sendall(f"HEAD / HTTP/1.1\r\nHost: localhost:{self.port}\r\n\r\n".encode())
                answered = connection.recv(1) != b""
        except OSError:
            answered = False
        if not answered:
            raise RuntimeError(f"{self._application} did not start:\n{self.log}")


def _cpu_clock(pid: int) -> int:
    """Return the clock that `clock_getcpuclockid(3)` names: that process's CPU time, to the nanosecond, on Linux."""
    return ~pid << 3 | 2
