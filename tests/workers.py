"""Processes of one's own that use a store, all at once, and may be killed."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROGRAM = Path(__file__).parent / "store" / "worker.py"


class Worker:
    """A process of its own, running `store/worker.py`."""

    def __init__(self, task: str, url: str, argument: str = "") -> None:
        command = [sys.executable, PROGRAM, task, url, argument]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def go(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("go\n")
        self.process.stdin.flush()

    def hear(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()


@contextmanager
def workers(count: int, task: str, url: str, argument: str = "") -> Iterator[list[Worker]]:
    """Start *count* workers and let them all go at once."""
    started = [Worker(task, url, argument) for _ in range(count)]
    try:
        assert [worker.hear() for worker in started] == ["ready"] * count
        for worker in started:
            worker.go()
        yield started
    finally:
        for worker in started:
            worker.process.kill()
            worker.process.communicate()
