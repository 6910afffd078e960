"""
Logout: forget first, then revoke.

What the person asked for is done before anybody else is asked: the session ends in our own store, whatever Globus does
afterwards. Then each token is revoked, refresh tokens first.
"""

import logging
from collections.abc import Callable, Iterable

from trivet.errors import ClientRefused, GlobusUnavailable
from trivet.events import Events
from trivet.globus_auth import GlobusAuth
from trivet.session import Session, Sessions
from trivet.tokens import Secret

REVOKE_SECONDS = 5  # how long a person waits for revocations before they are sent on

_log = logging.getLogger(__name__)


class Logout:
    """Ends sessions, and revokes what they held."""

    def __init__(
        self, sessions: Sessions, globus_auth: GlobusAuth, events: Events, *, clock: Callable[[], float]
    ) -> None:
        self._sessions = sessions
        self._globus_auth = globus_auth
        self._events = events
        self._clock = clock

    def end(self, session: Session, *, reason: str) -> None:
        """End *session* here, then revoke its tokens at Globus. Ending it twice is fine."""
        secrets = self._sessions.end(session.id)
        self._events.emit("user_logged_out", sub=session.sub, reason=reason)
        self.revoke(secrets, sub=session.sub)

    def revoke(self, secrets: Iterable[Secret], *, sub: str) -> None:
        """Revoke each of *secrets*, until done or out of time. Says in the log when some are left."""
        left = list(dict.fromkeys(secrets))
        deadline = self._clock() + REVOKE_SECONDS
        revoked = 0
        try:
            while left and self._clock() < deadline:
                self._globus_auth.revoke(left[0])
                del left[0]
                revoked += 1
        except (GlobusUnavailable, ClientRefused) as error:
            _log.warning("revoking stopped: %s", error)
        if left:
            _log.warning("%d tokens of %s could not be revoked", len(left), sub)
        if revoked:
            self._events.emit("tokens_revoked", sub=sub, count=revoked)
