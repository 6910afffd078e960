"""
Refresh: an access token that is good for long enough, whenever one is asked for.

The order is always the same: read; when what was read is too old, take the lease, read again, refresh at Globus, and
write under the version that was read. The lease makes it one call for all workers: who does not get it uses the old
token while that has life left, and else waits for the new one. A write that comes too late changes nothing, so a logout
that races a refresh wins, and the newest tokens stay the newest.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from trivet import scopes
from trivet.errors import ConfigError, GlobusUnavailable, LoginNeeded, step_up_needed
from trivet.events import Events
from trivet.globus_auth import GlobusAuth
from trivet.lease import Leases
from trivet.outbox import Outbox
from trivet.protocol import token_sets
from trivet.requirement import Requirement
from trivet.session import Held, Session, Sessions
from trivet.tokens import AccessToken, TokenSet

LIFE_SECONDS = 5  # an old token is used rather than waited for while it is good for this long
POLL_SECONDS = 0.1  # how often those who wait look whether the new token is there
MARGIN_SECONDS = 60  # a token handed out has this long to reach the service and be checked there


class Refresher:
    """
    Hands out fresh tokens of a session.

    Args:
        sessions: where the tokens are.
        leases: see to it that one worker at a time refreshes a token.
        globus_auth: where fresh ones come from.
        outbox: takes back what came too late.
        events: told how it went.
        wait_seconds: how long to wait for another worker's refresh.
        clock: seconds since the epoch.
        sleep: waits for that many seconds.
    """

    def __init__(
        self,
        sessions: Sessions,
        leases: Leases,
        globus_auth: GlobusAuth,
        outbox: Outbox,
        events: Events,
        *,
        wait_seconds: float,
        clock: Callable[[], float],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._sessions = sessions
        self._leases = leases
        self._globus_auth = globus_auth
        self._outbox = outbox
        self._events = events
        self._wait_seconds = wait_seconds
        self._clock = clock
        self._sleep = sleep

    def fresh_tokens(
        self,
        session: Session,
        resource_server: str,
        *,
        needed: Sequence[str] = (),
        for_at_least: int = MARGIN_SECONDS,
        refused: AccessToken | None = None,
    ) -> TokenSet:
        """
        Return tokens for *resource_server* whose access token is good for at least *for_at_least* more seconds.

        Args:
            session: whose tokens.
            resource_server: as in the token response, such as ``transfer.api.globus.org``.
            needed: scopes that have to be among those granted.
            for_at_least: seconds.
            refused: an access token that the service has turned down although it has not run out.

        Raises:
            LoginNeeded: the tokens have run out and Globus gives no more (RFC 6749, section 6: ``invalid_grant``).
            ConsentNeeded: *needed* holds scopes that were never granted.
            GlobusUnavailable: no usable answer; what is stored is untouched, so trying again is safe.
        """
        held = self._granted(session, resource_server, needed)
        if held.tokens.access_token != refused and held.tokens.lasts(for_at_least, now=self._clock()):
            return held.tokens
        if held.tokens.refresh_token is None:
            raise LoginNeeded("Your permission to use Globus here has run out.", hint="Sign in again to go on.")
        usable = held.tokens.access_token != refused and held.tokens.lasts(LIFE_SECONDS, now=self._clock())
        return self._refresh_once(session, held, usable=usable)

    def _granted(self, session: Session, resource_server: str, needed: Sequence[str]) -> Held:
        held = self._sessions.held(session.id, resource_server)
        lacking = scopes.missing(needed, held.tokens.scopes if held else ())
        if lacking and (elsewhere := self._held_elsewhere(session, lacking)):
            raise ConfigError([f"The scopes {elsewhere} belong to another service than {resource_server!r}."])
        if lacking:
            raise step_up_needed(Requirement(required_scopes=lacking))
        if held is None:
            raise ConfigError(
                [f"Nobody asked for a token for {resource_server!r}: add its scopes to GLOBUS_SCOPES, or pass scopes=."]
            )
        return held

    def _held_elsewhere(self, session: Session, lacking: Sequence[str]) -> list[str]:
        """Return those of *lacking* that were granted for another service: asking again would not bring them here."""
        return sorted(set(lacking) - set(scopes.missing(lacking, self._sessions.granted_scopes(session.id))))

    def _refresh_once(self, session: Session, held: Held, *, usable: bool) -> TokenSet:
        """Refresh what is *held*, unless another worker is at it or has done so already."""
        resource_server = held.tokens.resource_server
        deadline = self._clock() + self._wait_seconds
        while True:
            with self._leases.taken(f"refresh {session.id} {resource_server}") as ours:
                current = self._sessions.held(session.id, resource_server)
                if current is None or current.version != held.version:
                    return self._current(current)
                if ours:
                    return self._refresh(session, held)
            if usable:
                return held.tokens
            if self._clock() >= deadline:
                raise GlobusUnavailable("This page waits for Globus, which is slow just now.", hint="Try again soon.")
            self._sleep(POLL_SECONDS)

    def _refresh(self, session: Session, held: Held) -> TokenSet:
        assert held.tokens.refresh_token is not None
        resource_server = held.tokens.resource_server
        try:
            document = self._globus_auth.refresh(held.tokens.refresh_token)
            fresh = token_sets(document, now=self._clock()).get(resource_server)
        except LoginNeeded:
            return self._after_refusal(session, held)
        except GlobusUnavailable:
            self._events.emit("refresh_failed", sub=session.sub, resource_server=resource_server, reason="unavailable")
            raise
        if fresh is None:
            raise GlobusUnavailable("Globus refreshed a token of another resource server.")
        return self._stored(session, fresh.keeping(held.tokens), held)

    def _stored(self, session: Session, fresh: TokenSet, before: Held) -> TokenSet:
        if self._sessions.replace(session.id, fresh, version=before.version + 1):
            self._events.emit("tokens_refreshed", sub=session.sub, resource_server=fresh.resource_server)
            return fresh
        # Somebody was quicker: another worker, whose tokens are as good, or a logout, after which there are none.
        self._outbox.take_back([fresh], sub=session.sub)
        return self._current(self._sessions.held(session.id, fresh.resource_server))

    def _after_refusal(self, session: Session, held: Held) -> TokenSet:
        """The grant is gone, unless another worker has replaced it in the meantime."""
        resource_server = held.tokens.resource_server
        ended = replace(held.tokens, refresh_token=None, expires_at=0)
        if not self._sessions.replace(session.id, ended, version=held.version + 1):
            return self._current(self._sessions.held(session.id, resource_server))
        self._events.emit("refresh_failed", sub=session.sub, resource_server=resource_server, reason="invalid_grant")
        raise LoginNeeded("Globus has ended this sign-in.", hint="Sign in again to go on.")

    def _current(self, held: Held | None) -> TokenSet:
        if held is None or not held.tokens.lasts(0, now=self._clock()):
            raise LoginNeeded("You have been signed out.", hint="Sign in again to go on.")
        return held.tokens
