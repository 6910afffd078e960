"""
Refresh: an access token that is good for long enough, whenever one is asked for.

The order is always the same: read; when what was read is too old, take the lease, read again, refresh at Globus, and
write under the version that was read. The lease makes it one call for all workers. A write that comes too late changes
nothing, so a logout that races a refresh wins, and the newest tokens stay the newest. The lease is for a session and a
resource server, whatever scopes were asked about: a refresh token has one answer for all of them.

All of that goes on in the background. Once half of a token's life is over the next request has it refreshed and uses
the old one, so whoever comes by now and then never waits. Only when the old token is of no use does a request wait for
the new one, in the waiting room.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from trivet import scopes
from trivet.background import Background
from trivet.errors import (
    SLOW_ANSWER,
    ClientRefused,
    ConfigError,
    GlobusUnavailable,
    LoginNeeded,
    StoreUnavailable,
    step_up_needed,
)
from trivet.events import Events
from trivet.globus_auth import GlobusAuth
from trivet.lease import Leases
from trivet.outbox import Outbox
from trivet.protocol import token_sets
from trivet.requirement import Requirement
from trivet.session import Held, Session, Sessions
from trivet.tokens import AccessToken, TokenSet
from trivet.waiting_room import WaitingRoom

if TYPE_CHECKING:
    from concurrent.futures import Future

MARGIN_SECONDS = 60  # a token handed out has this long to reach the service and be checked there
LIFE_SECONDS = 5  # with less life than this a token is of no use; with more it is used rather than waited for
EARLY_PART = 1 / 2  # with less of its life left a token is refreshed: who comes daily never waits for a two-day token
EARLY_PAUSE_SECONDS = 60  # between attempts to do so: nobody is waiting, and Globus may be out of order
POLL_SECONDS = 0.1  # how often a worker looks whether another has finished
ROUNDS = 2  # a refresh that somebody else began may end in a token that is of no use here


class Refresher:
    """
    Hands out fresh tokens of a session.

    Args:
        sessions: where the tokens are.
        leases: see to it that one worker at a time refreshes a token.
        globus_auth: where fresh ones come from.
        outbox: takes back what came too late.
        events: told how it went; by a background thread.
        background: runs refreshes.
        waiting_room: where requests wait for them.
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
        background: Background[TokenSet],
        waiting_room: WaitingRoom,
        wait_seconds: float,
        clock: Callable[[], float],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._sessions = sessions
        self._leases = leases
        self._globus_auth = globus_auth
        self._outbox = outbox
        self._events = events
        self._background = background
        self._waiting_room = waiting_room
        self._wait_seconds = wait_seconds
        self._clock = clock
        self._sleep = sleep
        self._tried_early: dict[tuple[str, str], float] = {}  # when this process last did, for a minute

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

        At the default, a token that is to be refreshed but has some life left is returned rather than waited for.

        Args:
            session: whose tokens.
            resource_server: as in the token response, such as ``transfer.api.globus.org``.
            needed: scopes that have to be among those granted.
            for_at_least: seconds.
            refused: an access token that the service has turned down although it has not run out.

        Raises:
            LoginNeeded: the tokens have run out and Globus gives no more (RFC 6749, section 6: ``invalid_grant``).
            StepUpNeeded: *needed* holds scopes that were never granted.
            GlobusUnavailable: no usable answer; what is stored is untouched, so trying again is safe.
        """
        enough = LIFE_SECONDS if for_at_least <= MARGIN_SECONDS else for_at_least
        for _ in range(ROUNDS):
            held = self._granted(session, resource_server, needed)
            if held.tokens.access_token != refused and held.tokens.lasts(enough, now=self._clock()):
                self._refresh_early(session, held)
                return held.tokens
            if held.tokens.refresh_token is None:
                raise LoginNeeded("Your permission to use Globus here has run out.", hint="Sign in again to go on.")
            fresh = self._waiting_room.result(self._refresh_in_background(session, held))
            if fresh.access_token != refused and fresh.lasts(LIFE_SECONDS, now=self._clock()):
                return fresh
        raise GlobusUnavailable("Globus gives no token that lasts.", hint="Try again in a moment.")

    def _refresh_early(self, session: Session, held: Held) -> None:
        """See to it that nobody has to wait when *held* runs out; nobody waits for this either."""
        tokens, now = held.tokens, self._clock()
        if tokens.refresh_token is None or tokens.lasts(int(tokens.lifetime * EARLY_PART), now=now):
            return
        key = (session.id, tokens.resource_server)
        if now - self._tried_early.get(key, 0) >= EARLY_PAUSE_SECONDS:
            tried = self._tried_early.copy().items()  # other threads write to it
            self._tried_early = {each: at for each, at in tried if now - at < EARLY_PAUSE_SECONDS} | {key: now}
            self._refresh_in_background(session, held)

    def _refresh_in_background(self, session: Session, held: Held) -> "Future[TokenSet]":
        key = f"{session.id} {held.tokens.resource_server}"
        return self._background.run(key, lambda: self._refresh_once(session, held))

    def _granted(self, session: Session, resource_server: str, needed: Sequence[str]) -> Held:
        held = self._sessions.held(session.id, resource_server)
        if held is None and self._sessions.by_id(session.id) is None:  # since the request or the job looked
            raise LoginNeeded("You have been signed out.", hint="Sign in again to go on.")
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

    def _refresh_once(self, session: Session, held: Held) -> TokenSet:
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
            if self._clock() >= deadline:
                raise GlobusUnavailable(SLOW_ANSWER, hint="Try again in a moment.")
            self._sleep(POLL_SECONDS)

    def _refresh(self, session: Session, held: Held) -> TokenSet:
        assert held.tokens.refresh_token is not None
        resource_server = held.tokens.resource_server
        try:
            document = self._globus_auth.refresh(held.tokens.refresh_token)
            granted = token_sets(document, now=self._clock())
        except LoginNeeded:
            return self._after_refusal(session, held)
        except (GlobusUnavailable, ClientRefused) as error:
            self._events.emit("refresh_failed", sub=session.sub, resource_server=resource_server, reason=error.code)
            raise
        fresh = granted.pop(resource_server, None)
        if granted:  # nobody asked for those
            self._outbox.take_back(granted.values(), sub=session.sub)
        if fresh is None:
            raise GlobusUnavailable("Globus refreshed a token of another resource server.")
        return self._stored(session, fresh, held)

    def _stored(self, session: Session, fresh: TokenSet, before: Held) -> TokenSet:
        merged = fresh.keeping(before.tokens)
        try:
            is_stored = self._sessions.replace(session.id, merged, version=before.version + 1)
        except StoreUnavailable:
            self._outbox.take_back([fresh], sub=session.sub)  # nobody will have it
            raise
        if is_stored:
            self._events.emit("tokens_refreshed", sub=session.sub, resource_server=merged.resource_server)
            return merged
        # Somebody was quicker: another worker, whose tokens are as good, or a logout, after which there are none. What
        # was there before the refresh is in their care.
        self._outbox.take_back([fresh], sub=session.sub)
        return self._current(self._sessions.held(session.id, fresh.resource_server))

    def _after_refusal(self, session: Session, held: Held) -> TokenSet:
        """The grant is gone, unless another worker has replaced it in the meantime."""
        resource_server = held.tokens.resource_server
        ended = replace(held.tokens, refresh_token=None)
        if not self._sessions.replace(session.id, ended, version=held.version + 1):
            return self._current(self._sessions.held(session.id, resource_server))
        self._events.emit("refresh_failed", sub=session.sub, resource_server=resource_server, reason="invalid_grant")
        raise LoginNeeded("Globus has ended this sign-in.", hint="Sign in again to go on.")

    def _current(self, held: Held | None) -> TokenSet:
        if held is None or not held.tokens.lasts(0, now=self._clock()):
            raise LoginNeeded("You have been signed out.", hint="Sign in again to go on.")
        return held.tokens
