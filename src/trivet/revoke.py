"""
Revoking: what nobody is to use any more is handed back to Globus.

A person is waiting, so there is a budget of time; what does not fit into it is said in the log.
"""

import logging
from collections.abc import Callable, Iterable

from trivet.errors import ClientRefused, GlobusUnavailable
from trivet.events import Events
from trivet.globus_auth import GlobusAuth
from trivet.tokens import Secret

BUDGET_SECONDS = 2  # how long a person waits for revocations before they are sent on

_log = logging.getLogger(__name__)


class Revoker:
    """Revokes tokens at Globus Auth. Never raises: what it is called for has happened already."""

    def __init__(self, globus_auth: GlobusAuth, events: Events, *, clock: Callable[[], float]) -> None:
        self._globus_auth = globus_auth
        self._events = events
        self._clock = clock

    def revoke(self, secrets: Iterable[Secret], *, sub: str | None) -> None:
        """Revoke each of *secrets*, in order, until done or out of time. *sub* is whose they were, if anybody's."""
        left = list(dict.fromkeys(secrets))
        deadline = self._clock() + BUDGET_SECONDS
        count = len(left)
        try:
            while left and (remaining := deadline - self._clock()) > 0:
                self._globus_auth.revoke(left[0], timeout_seconds=remaining)
                del left[0]
        except (GlobusUnavailable, ClientRefused) as error:
            _log.warning("revoking stopped: %s", error)
        if left:
            _log.warning("%d tokens of %s could not be revoked", len(left), sub)
        if count > len(left):
            self._events.emit("tokens_revoked", sub=sub, count=count - len(left))
