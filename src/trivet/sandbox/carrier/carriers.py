"""The threads: started when there is something to carry, ended when the sandbox stops."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections import deque
from typing import TYPE_CHECKING

from trivet.sandbox.carrier.deleting import Deletion
from trivet.sandbox.carrier.pace import Pace
from trivet.sandbox.carrier.transferring import Transfer
from trivet.sandbox.world.orders import TransferOrder
from trivet.sandbox.world.tasks import TaskOverError

if TYPE_CHECKING:
    from trivet.sandbox.files.pristine import Pristine
    from trivet.sandbox.script.carrying import Carrying
    from trivet.sandbox.world.tasks import Task

logger = logging.getLogger(__name__)

MAX_CARRIERS = 16
"""Tasks that go on at the same time; more wait their turn. Generous, since a test may hold some of them."""

STOP_SECONDS = 10.0


class Carriers:
    """Takes tasks and does them.

    Args:
        script: what a test has asked of those who carry.
        tries: how often a file is tried before its fault ends the task.
        own_files: those that are nobody else's, as they were at the beginning.
    """

    def __init__(self, script: Carrying, *, tries: int, own_files: Pristine | None = None) -> None:
        self._script = script
        self._tries = tries
        self._own_files = own_files
        self._waiting: deque[Task] = deque()
        self._busy: list[Task] = []
        self._threads: list[threading.Thread] = []
        self._stopped = False
        self._changed = threading.Condition()

    def take(self, task: Task) -> None:
        """Begin with *task* as soon as somebody is free."""
        with self._changed:
            self._waiting.append(task)
            if len(self._busy) + len(self._waiting) > len(self._threads) and len(self._threads) < MAX_CARRIERS:
                name = f"trivet-sandbox-carrier-{len(self._threads)}"
                self._threads.append(threading.Thread(target=self._work, name=name, daemon=True))
                self._threads[-1].start()
            self._changed.notify()

    def wait_until_idle(self, timeout: float) -> None:
        """Return when there is nothing left to do.

        Raises:
            TimeoutError: there still is after *timeout* seconds.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: not self._busy and not self._waiting, timeout):
                raise TimeoutError(f"{len(self._busy) + len(self._waiting)} tasks still go on after {timeout} seconds.")

    def drop_everything(self) -> None:
        """Cancel all tasks, and return when nobody touches a file for them any more."""
        with self._changed:
            tasks = [*self._busy, *self._waiting]
            self._waiting.clear()
        for task in tasks:
            task.cancel()
        with self._changed:
            self._changed.wait_for(lambda: not self._busy, STOP_SECONDS)

    def start_over(self) -> None:
        """Cancel all tasks, and put back the files that are nobody else's."""
        self.drop_everything()
        if self._own_files is not None:
            self._own_files.restore()

    def stop(self) -> None:
        """Cancel all tasks and end the threads. May be called twice."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        self.drop_everything()
        for thread in self._threads:
            thread.join(STOP_SECONDS)

    def _work(self) -> None:
        while (task := self._next()) is not None:
            try:
                self._carry(task)
            finally:
                with self._changed:
                    self._busy.remove(task)
                    self._changed.notify_all()

    def _next(self) -> Task | None:
        with self._changed:
            self._changed.wait_for(lambda: self._stopped or self._waiting)
            if self._stopped:
                return None
            self._busy.append(self._waiting.popleft())
            return self._busy[-1]

    def _carry(self, task: Task) -> None:
        pace = Pace(task, self._script, tries=self._tries)
        try:
            if isinstance(task.order, TransferOrder):
                Transfer(task, task.order, pace).run()
            else:
                Deletion(task, task.order, pace).run()
        except TaskOverError:
            return  # canceled, expired or failed: it is all in the task already
        except Exception:
            logger.exception("A carrier did not know how to go on with task %s", task.id)
            with contextlib.suppress(TaskOverError):
                task.hit("INTERNAL_ERROR", "Internal error", "See the log of the sandbox")
                task.fail("INTERNAL_ERROR", "Internal error")
