"""Processes of one's own that use a store, all at once, and may be killed."""

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager

from store import worker

# Each worker is a fork of one process that has imported what they all need, and has opened nothing.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(
    ["sqlalchemy.dialects.sqlite", "psycopg", "trivet.store.contract", "trivet.store.redis"]
)


class Worker:
    """A process of its own, doing one of the tasks of `store/worker.py`."""

    def __init__(self, task: str, url: str, argument: str = "") -> None:
        self._line, its_end = PROCESSES.Pipe()
        self.process = PROCESSES.Process(target=worker.main, args=(its_end, task, url, argument))
        self.process.start()
        its_end.close()

    def go(self) -> None:
        self._line.send("go")

    def hear(self) -> object:
        """Return what it says next; raises `EOFError` when it has ended instead."""
        return self._line.recv()

    def kill(self) -> None:
        self.process.kill()
        self.process.join()
        self._line.close()


@contextmanager
def workers(count: int, task: str, url: str, argument: str = "") -> Iterator[list[Worker]]:
    """Start *count* workers and let them all go at once."""
    started = [Worker(task, url, argument) for _ in range(count)]
    try:
        assert [worker.hear() for worker in started] == ["ready"] * count
        for each in started:
            each.go()
        yield started
    finally:
        for each in started:
            each.kill()
