"""
Login: begin, finish.

    GET /a/page ──(nobody is signed in)──▶ begin ──▶ Globus Auth: account, consent
                                                              │
    GET /a/page ◀── a new session ◀── finish ◀── GET /login/callback?code=…&state=…

`Login.begin` makes the record of an attempt and the address to send the browser to. `Login.finish` takes what came
back for that record and ends in an open session, or in an error that leaves nothing behind.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from trivet import id_token, scopes
from trivet.config import Config
from trivet.errors import AttemptUnknown, CodeRefused, GlobusUnavailable, IdTokenRefused, SignInDenied, TrivetError
from trivet.events import Events
from trivet.globus_auth import GlobusAuth
from trivet.outbox import Outbox
from trivet.pending import PendingLogin
from trivet.protocol import authorize_url, base64url, token_sets
from trivet.requirement import NOTHING, Requirement
from trivet.session import Opened, Session, Sessions
from trivet.tokens import AccessToken, TokenSet
from trivet.user import User

Open = Callable[..., Opened | None]  # `Sessions.open`, told where the browser is

RANDOM_BYTES = 32  # for state, nonce and code_verifier; 43 characters, which is what RFC 7636, section 4.1 recommends


@dataclass(frozen=True, slots=True)
class Returned:
    """What the browser brought back from Globus in the address (RFC 6749, section 4.1.2; RFC 9207 for ``iss``)."""

    code: str | None
    error: str | None
    iss: str | None


class Login:
    """
    Begins and finishes attempts to sign in.

    Args:
        config: the application's settings.
        globus_auth: Globus Auth.
        sessions: where people end up signed in.
        outbox: takes back what a failed attempt was given.
        events: told how it went.
        clock: seconds since the epoch.
        random: source of random bytes.
    """

    def __init__(
        self,
        config: Config,
        globus_auth: GlobusAuth,
        sessions: Sessions,
        outbox: Outbox,
        events: Events,
        *,
        clock: Callable[[], float],
        random: Callable[[int], bytes] = os.urandom,
    ) -> None:
        self._config = config
        self._globus_auth = globus_auth
        self._sessions = sessions
        self._outbox = outbox
        self._events = events
        self._clock = clock
        self._random = random

    def begin(
        self, *, return_to: str, requirement: Requirement = NOTHING, session: Session | None = None
    ) -> tuple[str, PendingLogin]:
        """
        Return the address to send the browser to, and the record to keep until it comes back.

        Args:
            return_to: where to go afterwards; already found safe.
            requirement: what there is no point in going without, beyond the configured scopes.
            session: of the person who is being sent for more; the same person has to come back.
        """
        held = sorted(self._sessions.granted_scopes(session.id)) if session else []
        pending = PendingLogin(
            state=self._token(),
            nonce=self._token(),
            code_verifier=self._token(),
            return_to=return_to,
            needed=tuple(sorted(scopes.roots(requirement.required_scopes))),
            demand=requirement.key if requirement else "",
            sub=session.sub if session else None,
            begun_at=int(self._clock()),
        )
        address = authorize_url(
            self._globus_auth.url,
            client_id=self._config.client_id,
            redirect_uri=self._config.redirect_uri,
            # Always the union: asking for less than before would give tokens that are good for less than before.
            scopes=scopes.with_usable(scopes.union(self._config.scopes, held), requirement.required_scopes),
            requirement=requirement,
            state=pending.state,
            nonce=pending.nonce,
            code_verifier=pending.code_verifier,
            refresh_tokens=self._config.refresh_tokens,
        )
        return address, pending

    def finish(
        self, pending: PendingLogin, returned: Returned, *, replacing: Session | None, seen_from: str = ""
    ) -> Opened:
        """
        Turn what came back into an open session, in place of the browser's session *replacing*.

        Args:
            pending: the attempt.
            returned: what came back.
            replacing: the browser's session until now.
            seen_from: where the browser is, for the person to recognise.

        Raises:
            SignInError: one of its kinds; nobody is signed in, and what Globus gave is revoked.
            ClientRefused, GlobusUnavailable, StoreUnavailable: likewise.
        """
        try:
            code = self._code(pending, returned)
            return self._signed_in(pending, code, partial(self._sessions.open, seen_from=seen_from), replacing)
        except TrivetError as error:
            self._events.emit("login_failed", reason=error.code, sub=pending.sub)
            raise

    def _code(self, pending: PendingLogin, returned: Returned) -> str:
        """Return the authorization code, once per attempt."""
        # Spent before it is used: of two callbacks that arrive together, one goes on.
        if not self._sessions.spend(f"login {pending.key}", seconds=2 * self._config.login_seconds):
            raise AttemptUnknown("This sign-in has been completed already.", hint="Go on to where you were.")
        if returned.error is not None:
            raise _denied(returned.error, pending)
        if returned.iss is not None and returned.iss != self._globus_auth.issuer:
            raise AttemptUnknown("The answer to this sign-in came from somewhere else.", hint="Sign in once more.")
        if not returned.code:
            raise CodeRefused("Globus sent you back without a code.", hint="Sign in once more.")
        return returned.code

    def _signed_in(self, pending: PendingLogin, code: str, open_session: Open, replacing: Session | None) -> Opened:
        document = self._globus_auth.exchange(
            code=code, redirect_uri=self._config.redirect_uri, code_verifier=pending.code_verifier
        )
        granted = token_sets(document, now=self._clock())
        sub = None
        try:
            user = self._proven_user(document, pending)
            sub = user.sub
            _check_who_came_back(user, pending)
            opened = _opened(open_session, user, granted, pending, replacing)
        except Exception:
            # Nobody will use these; whatever went wrong, they must not stay behind.
            self._outbox.take_back(granted.values(), sub=sub)
            raise
        self._events.emit("user_logged_in", sub=user.sub)
        if replacing:
            self._outbox.settle_at_once(replacing.id)
        return opened

    def _proven_user(self, document: dict[str, object], pending: PendingLogin) -> User:
        token = document.get("id_token")
        if not isinstance(token, str):
            raise IdTokenRefused("Globus sent no ID token.", hint="Sign in once more.", check="presence")
        claims = id_token.verify(
            token,
            signing_key=self._globus_auth.signing_key,
            issuer=self._globus_auth.issuer,
            client_id=self._config.client_id,
            nonce=pending.nonce,
            access_token=AccessToken(str(document["access_token"])),
            now=self._clock(),
        )
        return User.from_claims(claims)

    def _token(self) -> str:
        return base64url(self._random(RANDOM_BYTES))


def _opened(
    open_session: Open,
    user: User,
    granted: Mapping[str, TokenSet],
    pending: PendingLogin,
    replacing: Session | None,
) -> Opened:
    if pending.sub is None:
        # A sign-in of its own: if the session before it has ended meanwhile, there is just nothing to replace.
        opened = open_session(user, granted, replacing=replacing) or open_session(user, granted)
    else:
        opened = open_session(user, granted, replacing=replacing) if replacing else None
    if opened is None:
        raise AttemptUnknown("You have signed out in the meantime.", hint="Sign in again to go on.")
    return opened


def _check_who_came_back(user: User, pending: PendingLogin) -> None:
    if pending.sub not in (None, user.sub):
        raise SignInDenied(
            f"You came back as {user.username or user.display_name}, not as the person who is signed in here.",
            hint="Sign in with the account you were using, or sign out first to change accounts.",
        )


def _denied(error: str, pending: PendingLogin) -> TrivetError:
    """Tell, in plain words, the errors that Globus Auth sends back (RFC 6749, section 4.1.2.1)."""
    if error == "access_denied" and pending.demand and not pending.needed:
        return SignInDenied(
            "You have not signed in at Globus in the way that this page asks for.",
            hint="Nothing was changed: you can go on elsewhere, or be asked once more.",
        )
    if error == "access_denied" and pending.sub:
        return SignInDenied(
            "You did not give this site the permission that the page needs.",
            hint="Nothing was changed: you can go on elsewhere, or be asked once more.",
        )
    if error == "access_denied":
        return SignInDenied(
            "You did not give this site permission to use Globus for you.",
            hint="Nothing was changed. Sign in again if you would like to go on.",
        )
    if error in {"server_error", "temporarily_unavailable"}:
        return GlobusUnavailable("Globus could not sign you in just now.", hint="Try again in a moment.")
    return SignInDenied(
        "Globus did not sign you in.",
        hint="Sign in once more; if it happens again, tell the people who run this site.",
        # What comes in an address is hostile: keep the shape of an error code, and not more of it.
        error=error if error.isascii() and error.replace("_", "").isalnum() and len(error) <= 64 else "unreadable",
    )
