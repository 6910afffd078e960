"""
Logout: forget first, then revoke.

What the person asked for is done before anybody else is asked: the session ends in our own store, whatever Globus does
afterwards. Then each token is revoked, refresh tokens first.
"""

from trivet.events import Events
from trivet.revoke import Revoker
from trivet.session import Session, Sessions


class Logout:
    """Ends sessions, and revokes what they held."""

    def __init__(self, sessions: Sessions, revoker: Revoker, events: Events) -> None:
        self._sessions = sessions
        self._revoker = revoker
        self._events = events

    def end(self, session: Session, *, reason: str) -> None:
        """
        End *session* here, then revoke its tokens at Globus. Ending it twice is fine.

        Raises:
            StoreUnavailable: it could not be ended; nothing was changed.
        """
        secrets = self._sessions.end(session.id)
        self._events.emit("user_logged_out", sub=session.sub, reason=reason)
        self._revoker.revoke(secrets, sub=session.sub)
