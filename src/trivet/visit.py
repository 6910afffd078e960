"""
A visit: one request by one browser, from the cookie it carries to the person behind it and their tokens.

Nothing is looked up before it is asked for, so a page that does not care who is looking costs nothing.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from globus_sdk.authorizers import GlobusAuthorizer

from trivet.conditions import Conditions
from trivet.errors import LoginNeeded, step_up_needed
from trivet.events import Events
from trivet.forecast import Forecast, forecast
from trivet.gate import Gate
from trivet.liveness import Liveness
from trivet.logout import Logout
from trivet.refresh import MARGIN_SECONDS, Refresher
from trivet.requirement import Requirement
from trivet.scopes import missing
from trivet.sdk import AnyClient, SessionAuthorizer, bound_client
from trivet.session import Session, Sessions
from trivet.tokens import AccessToken, Grant
from trivet.transport import Transports
from trivet.user import OpenSession, User

SOON_SECONDS = 15 * 60  # enough to finish what one is at
MAX_COOKIES = 3  # of one name that are looked at

_NOT_ASKED = object()


class Visit:
    """
    One request's view of the session. Belongs to that request alone.

    Args:
        cookie_values: what the browser sent under our cookie's name; hostile.
    """

    def __init__(
        self,
        cookie_values: Sequence[str],
        *,
        sessions: Sessions,
        logout: Logout,
        refresher: Refresher,
        transports: Transports,
        gate: Gate,
        liveness: Liveness,
        events: Events,
        clock: Callable[[], float],
    ) -> None:
        self._cookie_values = cookie_values
        self._sessions = sessions
        self._logout = logout
        self._refresher = refresher
        self._transports = transports
        self._gate = gate
        self._liveness = liveness
        self._events = events
        self._clock = clock
        self._session: Session | object | None = _NOT_ASKED

    @property
    def carries_cookie(self) -> bool:
        """Whether the browser sent a session cookie, live or not: somebody has been signed in there."""
        return bool(self._cookie_values)

    @property
    def former_sub(self) -> str | None:
        """Whose session it was that the cookie led to, when its time has run out not long ago."""
        found = (self._sessions.former_sub(value) for value in self._cookie_values[:MAX_COOKIES])
        return next((sub for sub in found if sub), None)

    @property
    def asked(self) -> bool:
        """Whether anybody wanted to know who is looking; such a page is not for caches."""
        return self._session is not _NOT_ASKED

    @property
    def session(self) -> Session | None:
        """
        The live session that the cookie leads to. One that has outlived its time is ended here.

        Raises:
            StoreUnavailable: the store does not answer.
        """
        if self._session is _NOT_ASKED:
            self._session = self._find()
        assert self._session is None or isinstance(self._session, Session)
        return self._session

    @property
    def user(self) -> User | None:
        """The signed-in user, or None."""
        return self.session.user if self.session else None

    def signed_in(self, *, scopes: Sequence[str] = ()) -> Session:
        """
        Return the session.

        Args:
            scopes: what its user has to have granted.

        Raises:
            LoginNeeded: there is none.
            ConsentNeeded: it lacks some of *scopes*.
        """
        if self.session is None:
            wanted = Requirement(required_scopes=tuple(scopes))
            raise LoginNeeded("You are not signed in.", hint="Sign in to go on.", requirement=wanted)
        if scopes and (lacking := missing(scopes, self._sessions.granted_scopes(self.session.id))):
            raise step_up_needed(Requirement(required_scopes=lacking))
        return self.session

    def require(self, conditions: Conditions) -> Session:
        """Return the session if it meets *conditions*; see `Gate.check`."""
        return self._gate.check(self.session, conditions)

    def grants(self) -> list[Grant]:
        """Return what the session may use at Globus, by resource server; nothing when nobody is signed in."""
        tokens = self._sessions.all_tokens(self.session.id) if self.session else {}
        return [tokens[resource_server].grant for resource_server in sorted(tokens)]

    def forecast(self) -> Forecast | None:
        """Return when the session will next need the person; None when nobody is signed in."""
        return self._foretell(self.session) if self.session else None

    def sessions(self) -> list[OpenSession]:
        """Return the sessions of the person, the oldest first; nothing when nobody is signed in."""
        theirs = self._sessions.of(self.session.sub) if self.session else []
        return [
            OpenSession(each.id, each.id == self.signed_in().id, each.seen_from, each.created_at, each.last_seen_at)
            for each in theirs
            if not self._sessions.is_over(each)
        ]

    def end_session(self, session_id: str) -> bool:
        """End one of the person's own sessions; False when there is none of that id."""
        own = self.signed_in()
        session = self._sessions.by_id(session_id)
        if session is None or session.sub != own.sub:
            return False
        self._logout.end(session, reason="ended_by_user")
        self._forget(session_id)
        return True

    def end_other_sessions(self) -> int:
        """End all sessions of the person but this one, and return how many those were."""
        own = self.signed_in()
        return self._logout.end_all(own.sub, reason="ended_by_user", besides=own.id)

    def sign_out_everywhere(self) -> int:
        """End all sessions of the person, this one included, and return how many those were."""
        own = self.signed_in()
        ended = self._logout.end_all(own.sub, reason="ended_everywhere")
        self._forget(own.id)
        return ended

    def sign_out(self) -> None:
        """
        End what the cookie leads to. Nobody is asked first whether it still stands: that might take Globus a while.

        Raises:
            StoreUnavailable: it could not be ended.
        """
        for session in self._led_to():
            self._logout.end(session, reason="logout")
        self._session = None

    def _forget(self, session_id: str) -> None:
        if self.signed_in().id == session_id:
            self._session = None

    def access_token(
        self, resource_server: str, *, scopes: Sequence[str] = (), for_at_least: int = MARGIN_SECONDS
    ) -> AccessToken:
        """Return an access token of the signed-in user; see `Refresher.fresh_tokens`."""
        tokens = self._refresher.fresh_tokens(
            self.signed_in(), resource_server, needed=scopes, for_at_least=for_at_least
        )
        return tokens.access_token

    def authorizer(self, resource_server: str, *, scopes: Sequence[str] = ()) -> GlobusAuthorizer:
        """Return an authorizer of the signed-in user for any SDK client."""
        return SessionAuthorizer(
            self._refresher, self.signed_in(), resource_server, needed=tuple(scopes), clock=self._clock
        )

    def client(self, client_class: type[AnyClient], *, scopes: Sequence[str] | None, **options: Any) -> AnyClient:
        """Return an SDK client that acts for the signed-in user; see `trivet.sdk.bound_client`."""
        return bound_client(
            client_class,
            lambda resource_server, needed: self.authorizer(resource_server, scopes=needed),
            self._transports,
            scopes=scopes,
            **options,
        )

    def _find(self) -> Session | None:
        for session in self._led_to():
            if self._sessions.is_over(session):
                self._logout.end(session, reason="timeout")
                self._sessions.note_former(session)
            elif self._liveness.confirms(session):
                if self._sessions.touch(session):
                    self._foretell(session)
                return session
        return None

    def _led_to(self) -> Iterator[Session]:
        # On loopback http another program can plant a cookie of our name with a longer path; it comes first, and would
        # hide the real one. Over https the cookie's prefix makes that impossible.
        found = (self._sessions.find(value) for value in self._cookie_values[:MAX_COOKIES])
        return (session for session in found if session)

    def _foretell(self, session: Session) -> Forecast:
        """Look ahead; listeners hear of it, once, when the session will need the person soon."""
        held = self._sessions.all_tokens(session.id).values()
        found = forecast(
            held,
            session_ends_at=self._sessions.ends_at_latest(session),
            recent_until=self._gate.recent_until(session),
        )
        if found.at - self._clock() <= SOON_SECONDS and self._sessions.spend(
            f"soon {session.id} {found.at}", seconds=2 * SOON_SECONDS
        ):
            self._events.emit("sign_in_needed_soon", sub=session.sub, at=found.at, reason=found.reason)
        return found
