"""
The sweeper: ends what has run out, and revokes what is still to be revoked, when nobody comes by to do it.

One process sweeps at a time, whoever takes the lease; it makes no difference which. In a server, `Sweeper.start` has a
thread do it now and then; ``trivet sweep`` does it once, for cron.
"""

import logging
import os
import random
import threading
import time
from dataclasses import dataclass

from trivet.errors import StoreUnavailable
from trivet.events import Events
from trivet.lease import Leases
from trivet.outbox import Outbox
from trivet.session import Sessions

BATCH = 100  # sessions ended in one step of the store: few, so that pages do not wait for it
RESTS = 4  # times as long as such a step took, before the next one: most of the time the store is there for pages
CLOSE_SECONDS = 5  # how long closing waits for a sweep under way

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep came to: sessions ended, revocations looked at, and whether anything was left because of Globus."""

    ended: int
    looked_at: int
    answered: bool


class Sweeper:
    """
    Sweeps, once or every now and then.

    Args:
        sessions: where those that have run out are ended.
        outbox: where their tokens and others wait.
        leases: see to it that one process at a time sweeps.
        events: told whose session has run out.
        interval_seconds: how long the thread waits between sweeps, more or less; 0 for no thread.
    """

    def __init__(
        self, sessions: Sessions, outbox: Outbox, leases: Leases, events: Events, *, interval_seconds: int
    ) -> None:
        self._sessions = sessions
        self._outbox = outbox
        self._leases = leases
        self._events = events
        self._interval_seconds = interval_seconds
        self._pid = 0 if interval_seconds else None
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None

    def sweep(self) -> Swept | None:
        """
        End every session that is over, and settle everything in the outbox that is due.

        Returns:
            What came of it; None when another process is sweeping.

        Raises:
            StoreUnavailable: the store does not answer.
        """
        with self._leases.taken("sweep") as ours:
            if not ours:
                return None
            ended = self._end_expired()
            looked_at, answered = self._settle_due()
            return Swept(ended, looked_at, answered)

    def start(self) -> None:
        """
        See to it that this process sweeps every now and then.

        It is called with each request, because a server may fork after it has made the application, and threads do not
        come along; so once there is a thread it must cost next to nothing.
        """
        if self._pid is None or self._pid == os.getpid():
            return
        with self._lock:
            if self._pid != os.getpid() and not self._closed.is_set():
                self._thread = threading.Thread(target=self._now_and_then, name="trivet-sweeper", daemon=True)
                self._thread.start()
                self._pid = os.getpid()

    def close(self) -> None:
        """Stop sweeping, after the step under way."""
        self._closed.set()
        if self._thread and self._pid == os.getpid():
            self._thread.join(CLOSE_SECONDS)

    def _now_and_then(self) -> None:
        # Workers that started together are not to sweep together for ever.
        while not self._closed.wait(self._interval_seconds * random.uniform(0.5, 1.5)):  # noqa: S311
            try:
                self.sweep()
            except StoreUnavailable as error:
                _log.warning("no sweep: %s", error)
            except Exception:  # noqa: BLE001 - a mistake of ours must not be the end of sweeping
                _log.exception("a sweep failed")

    def _end_expired(self) -> int:
        count = 0
        while True:
            began = time.monotonic()
            ended = self._sessions.end_expired(limit=BATCH)
            for session in ended:
                self._events.emit("user_logged_out", sub=session.sub, reason="timeout")
            count += len(ended)
            if len(ended) < BATCH or self._closed.wait(RESTS * (time.monotonic() - began)):
                return count

    def _settle_due(self) -> tuple[int, bool]:
        looked_at = 0
        settled = self._outbox.settle_due(limit=1)  # a first one shows whether Globus answers at all
        while settled.answered and settled.looked_at and not self._closed.is_set():
            looked_at += settled.looked_at
            settled = self._outbox.settle_due()
        return looked_at + settled.looked_at, settled.answered
