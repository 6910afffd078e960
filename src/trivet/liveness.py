"""
Liveness: whether Globus still stands behind a session.

Globus tells nobody when somebody takes back their consent or an administrator revokes tokens: there is no back-channel
logout. So a session can be confirmed now and then, by asking about its tokens (RFC 7662). One whose sign-in Globus no
longer knows is ended; one that has lost a service goes on without it.

The asking goes on in the background, and a page waits for it a moment only: it may need nothing of Globus itself, which
may be slow. What becomes known after that holds from the next page on.
"""

from collections.abc import Callable
from dataclasses import replace

from trivet.background import Background
from trivet.errors import ClientRefused, GlobusUnavailable, LoginNeeded
from trivet.globus_auth import GlobusAuth
from trivet.kept import Kept
from trivet.logout import Logout
from trivet.refresh import Refresher
from trivet.session import Session, Sessions
from trivet.tokens import TokenSet
from trivet.waiting_room import WaitingRoom

AUTH = "auth.globus.org"
AGAIN_SECONDS = 30  # after Globus has given no answer
PATIENCE_SECONDS = 2.0  # how long a page waits for one


class Liveness:
    """
    Confirms sessions.

    Args:
        sessions: hold the tokens.
        globus_auth: is asked about them.
        refresher: gets another token where one alone was revoked.
        logout: ends what is over.
        kept: remembers what has been confirmed, for all workers.
        background: asks.
        waiting_room: where pages wait for the answer.
        interval_seconds: for how long that counts; 0 to confirm nothing.
        clock: seconds since the epoch.
    """

    def __init__(
        self,
        sessions: Sessions,
        globus_auth: GlobusAuth,
        refresher: Refresher,
        logout: Logout,
        kept: Kept,
        *,
        background: Background[bool],
        waiting_room: WaitingRoom,
        interval_seconds: int,
        clock: Callable[[], float],
    ) -> None:
        self._sessions = sessions
        self._globus_auth = globus_auth
        self._refresher = refresher
        self._logout = logout
        self._kept = kept
        self._background = background
        self._waiting_room = waiting_room
        self._interval_seconds = interval_seconds
        self._clock = clock

    def confirms(self, session: Session) -> bool:
        """Tell whether *session* stands. One that does not has been ended here. No answer is no reason to end one."""
        if not self._interval_seconds or self._kept.get(_key(session)):
            return True
        # Noted before it is known, so that the other requests of a page do not all ask; not for long, since whoever
        # asks may never hear.
        self._note(session, min(AGAIN_SECONDS, self._interval_seconds))
        try:
            return self._waiting_room.result(self._background.run(session.id, lambda: self._stands(session)))
        except (GlobusUnavailable, ClientRefused):
            return True

    def _stands(self, session: Session) -> bool:
        """Ask Globus whether *session* stands; end it when it does not."""
        held = self._sessions.all_tokens(session.id)
        lost = [resource_server for resource_server in held if self._is_lost(session, held[resource_server])]
        if AUTH in lost:
            self._logout.end(session, reason="ended_at_globus")
            self._sessions.note_former(session)
            return False
        self._note(session, self._interval_seconds)
        return True

    def _note(self, session: Session, seconds: int) -> None:
        self._kept.put(_key(session), True, seconds=seconds)

    def _is_lost(self, session: Session, tokens: TokenSet) -> bool:
        """Tell whether Globus has taken *tokens* away for good; if so, nobody will use them from now on."""
        if not tokens.lasts(0, now=self._clock()):
            return False  # what has run out by itself is for the next refresh to judge
        if self._globus_auth.introspect(tokens.access_token).get("active") is True:
            return False
        try:
            self._refresher.fresh_tokens(session, tokens.resource_server, refused=tokens.access_token)
        except LoginNeeded:
            self._give_up(session, tokens)
            return True
        return False

    def _give_up(self, session: Session, tokens: TokenSet) -> None:
        held = self._sessions.held(session.id, tokens.resource_server)
        if held and held.tokens.access_token == tokens.access_token and held.tokens.expires_at:
            ended = replace(held.tokens, refresh_token=None, expires_at=0)
            self._sessions.replace(session.id, ended, version=held.version + 1)


def _key(session: Session) -> str:
    return f"confirmed {session.id}"
