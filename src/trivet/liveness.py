"""
Liveness: whether Globus still stands behind a session.

Globus tells nobody when somebody takes back their consent or an administrator revokes tokens: there is no back-channel
logout. So a session can be confirmed now and then, by asking about its tokens (RFC 7662). One whose sign-in Globus no
longer knows is ended; one that has lost a service goes on without it.
"""

from collections.abc import Callable
from dataclasses import replace

from trivet.errors import ClientRefused, GlobusUnavailable, LoginNeeded
from trivet.globus_auth import GlobusAuth
from trivet.kept import Kept
from trivet.logout import Logout
from trivet.refresh import Refresher
from trivet.session import Session, Sessions
from trivet.tokens import TokenSet

AUTH = "auth.globus.org"
AGAIN_SECONDS = 30  # after Globus has given no answer


class Liveness:
    """
    Confirms sessions.

    Args:
        sessions: hold the tokens.
        globus_auth: is asked about them.
        refresher: gets another token where one alone was revoked.
        logout: ends what is over.
        kept: remembers what has been confirmed, for all workers.
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
        interval_seconds: int,
        clock: Callable[[], float],
    ) -> None:
        self._sessions = sessions
        self._globus_auth = globus_auth
        self._refresher = refresher
        self._logout = logout
        self._kept = kept
        self._interval_seconds = interval_seconds
        self._clock = clock

    def confirms(self, session: Session) -> bool:
        """Tell whether *session* stands. One that does not has been ended here. No answer is no reason to end one."""
        key = f"confirmed {session.id}"
        if not self._interval_seconds or self._kept.get(key):
            return True
        # Noted before it is known, so that the other requests of a page do not all ask; not for long, since whoever
        # asks may never hear.
        again_seconds = min(AGAIN_SECONDS, self._interval_seconds)
        self._kept.put(key, True, seconds=again_seconds)
        try:
            held = self._sessions.all_tokens(session.id)
            lost = [resource_server for resource_server in held if self._is_lost(session, held[resource_server])]
        except (GlobusUnavailable, ClientRefused):
            self._kept.put(key, True, seconds=again_seconds)
            return True
        if AUTH in lost:
            self._logout.end(session, reason="ended_at_globus")
            self._sessions.note_former(session)
            return False
        self._kept.put(key, True, seconds=self._interval_seconds)
        return True

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
