"""
Acting for a signed-in user outside a request: in a job that goes on after the page has been answered.

It lasts exactly as long as the session: with the sign-out, wherever that happens, the next step of the job is refused.
It is no visit either, so a job does not keep a session alive that nobody looks at.
"""

from collections.abc import Callable, Sequence
from typing import Any

from globus_sdk.authorizers import GlobusAuthorizer

from trivet.errors import LoginNeeded
from trivet.refresh import MARGIN_SECONDS, Refresher
from trivet.sdk import AnyClient, SessionAuthorizer, bound_client
from trivet.session import Session, Sessions
from trivet.tokens import AccessToken
from trivet.transport import Transports
from trivet.user import User


class Acting:
    """
    Acts for the person of one session. Clients made by it belong to the thread that made them.

    Every step raises `LoginNeeded` once the session has ended.
    """

    def __init__(
        self,
        session_id: str,
        *,
        sessions: Sessions,
        refresher: Refresher,
        transports: Transports,
        clock: Callable[[], float],
    ) -> None:
        self._session_id = session_id
        self._sessions = sessions
        self._refresher = refresher
        self._transports = transports
        self._clock = clock

    @property
    def user(self) -> User:
        """The signed-in user."""
        return self._signed_in().user

    def access_token(
        self, resource_server: str, *, scopes: Sequence[str] = (), for_at_least: int = MARGIN_SECONDS
    ) -> AccessToken:
        """
        Return an access token of the user that is good for at least *for_at_least* more seconds.

        Raises:
            LoginNeeded, ConsentNeeded, GlobusUnavailable: as in a request; here nobody can be sent to mend it.
        """
        return self._refresher.fresh_tokens(
            self._signed_in(), resource_server, needed=scopes, for_at_least=for_at_least
        ).access_token

    def authorizer(self, resource_server: str, *, scopes: Sequence[str] = ()) -> GlobusAuthorizer:
        """Return an authorizer of the user, for an SDK client made by hand."""
        return _WatchfulAuthorizer(
            self._signed_in, self._refresher, resource_server, needed=tuple(scopes), clock=self._clock
        )

    def client(
        self, client_class: type[AnyClient], *, scopes: Sequence[str] | None = None, **options: Any
    ) -> AnyClient:
        """Return a Globus SDK client that acts for the user; see `trivet.sdk.bound_client`."""
        return bound_client(
            client_class,
            lambda resource_server, needed: self.authorizer(resource_server, scopes=needed),
            self._transports,
            scopes=scopes,
            **options,
        )

    def _signed_in(self) -> Session:
        session = self._sessions.by_id(self._session_id)
        if session is None:
            raise LoginNeeded("The user has signed out.", hint="What was done for them ends here.")
        return session


class _WatchfulAuthorizer(SessionAuthorizer):
    """Looks before each request whether the user is still signed in: a job may go on for hours."""

    def __init__(
        self,
        signed_in: Callable[[], Session],
        refresher: Refresher,
        resource_server: str,
        *,
        needed: Sequence[str],
        clock: Callable[[], float],
    ) -> None:
        super().__init__(refresher, signed_in(), resource_server, needed=needed, clock=clock)
        self._signed_in = signed_in

    def get_authorization_header(self) -> str:
        self._signed_in()
        return super().get_authorization_header()
