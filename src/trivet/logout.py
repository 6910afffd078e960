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
        if self._end(session, reason):
            self._outbox.settle_at_once(session.id)

    def end_all(self, sub: str, *, reason: str, besides: str | None = None) -> int:
        """
        End every session of that person, or every one *besides* that of this id, as `end` does.

        Returns:
            How many this call has ended.

        Raises:
            StoreUnavailable: not all could be ended; those that were stay ended.
        """
        ended: list[str] = []
        # Until there is none: a sign-in may put a new session in the place of one that we are about to end.
        while theirs := self._sessions.of(sub):
            ids = [session.id for session in theirs]
            if besides and (besides not in ids or ids == [besides]):
                break  # it has been replaced itself, and we could not tell its successor from the others
            ended += [each.id for each in theirs if each.id != besides and self._end(each, reason)]
        self._outbox.settle_at_once(*ended)
        return len(ended)

    def _end(self, session: Session, reason: str) -> bool:
        if not self._sessions.end(session.id):
            return False
        self._events.emit("user_logged_out", sub=session.sub, reason=reason)
        return True
