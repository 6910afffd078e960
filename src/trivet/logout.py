"""
Logout: forget first, then revoke.

What the person asked for is done before anybody else is asked: the session ends in our own store, whatever Globus does
afterwards. In the same step its tokens go into the outbox, and from there to Globus, to be revoked.
"""

from trivet.events import Events
from trivet.outbox import Outbox
from trivet.session import Session, Sessions


class Logout:
    """Ends sessions, and has what they held revoked."""

    def __init__(self, sessions: Sessions, outbox: Outbox, events: Events) -> None:
        self._sessions = sessions
        self._outbox = outbox
        self._events = events

    def end(self, session: Session, *, reason: str) -> None:
        """
        End *session* here, then revoke its tokens at Globus, now or later. Ending it twice is fine.

        Raises:
            StoreUnavailable: it could not be ended; nothing was changed.
        """
        if self._sessions.end(session.id):
            self._events.emit("user_logged_out", sub=session.sub, reason=reason)
            self._outbox.settle_at_once(session.id)
