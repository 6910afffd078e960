"""
Core: one application's parts, put together once from its settings.

An adapter makes one `Core` per application, asks it for a `Visit` per request, and lets `Core.routes` answer. Its
duties:

- build the core once, from the framework's configuration;
- mount ``/login``, the callback, ``/login/continue`` and ``/logout``, and let `Placement` see each request first;
- turn a framework request into a `Request`, and an `Answer` into a framework response, with its cookies;
- keep one `Visit` per request, and show the signed-in user to the application;
- guard a view by `Visit.signed_in` and `Visit.require`;
- hand every `TrivetError` that leaves a view to `Routes.refusal`, with what was `Posted`;
- mark answers that depend on who is looking as private;
- have the core sweep: `Sweeper.start` at each request, cheap once it runs;
- close the core when the application ends.

An adapter decides nothing about security.
"""

import os
import time
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from trivet.access_log import hide_codes
from trivet.acting import Acting
from trivet.answered import Answered
from trivet.background import Background
from trivet.carry_on import CarryOn
from trivet.config import Config
from trivet.departure import Departures
from trivet.events import Events, Listener
from trivet.gate import Gate
from trivet.globus_auth import GlobusAuth
from trivet.kept import Kept
from trivet.lease import Leases
from trivet.liveness import PATIENCE_SECONDS, Liveness
from trivet.login import Login
from trivet.logout import Logout
from trivet.outbox import Outbox
from trivet.pending import PendingCookies
from trivet.placement import Placement
from trivet.refresh import Refresher
from trivet.resealing import Resealing
from trivet.routes import Routes
from trivet.sealed_tokens import SealedTokens
from trivet.sealing import Sealer
from trivet.session import Sessions
from trivet.slow_globus import Entrance
from trivet.stepup import StepUp
from trivet.store import Store, open_store
from trivet.sweeper import Sweeper
from trivet.tokens import TokenSet
from trivet.transport import Transports
from trivet.visit import Visit
from trivet.waiting_room import WaitingRoom

LEASE_SECONDS = 8  # how long a worker that died while refreshing or sweeping is waited for


class Core:
    """
    The parts of one application.

    Args:
        config: its settings.
        store: where sessions live; the one that *config* names when None. Closed with the core either way.
        listener: told about every event.
        clock: seconds since the epoch.
        random: source of random bytes.

    Raises:
        ConfigError, StoreUnavailable: it cannot start.
    """

    def __init__(
        self,
        config: Config,
        *,
        store: Store | None = None,
        listener: Listener | None = None,
        clock: Callable[[], float] = time.time,
        random: Callable[[int], bytes] = os.urandom,
    ) -> None:
        hide_codes()
        self.config = config
        self.session_cookie = _cookie_name(config)
        self._clock = clock
        self._store = store or open_store(config.store)
        self._transports = Transports(timeout_seconds=config.http_timeout_seconds)
        events = self._events = Events(listener)
        globus_auth = GlobusAuth(
            client_id=config.client_id,
            client_secret=config.client_secret,
            transports=self._transports,
            entrance=Entrance(seats=config.waiting_requests, clock=clock),
        )
        sealed_tokens = SealedTokens(Sealer(config.secret_keys, "token", random=random))
        self.sessions = Sessions(
            self._store,
            sealed_tokens,
            idle_seconds=config.session_idle_seconds,
            absolute_seconds=config.session_absolute_seconds,
            clock=clock,
            random=random,
        )
        outbox = Outbox(self._store, sealed_tokens, globus_auth, events, clock=clock, random=random)
        self._background = Background[TokenSet]()
        self._confirming = Background[bool]()
        # A request that waits for a worker that has died gets its turn within its patience.
        patience_seconds = max(config.http_timeout_seconds, LEASE_SECONDS + 2)
        leases = Leases(self._store, seconds=LEASE_SECONDS, clock=clock, random=random)
        self.outbox = outbox
        self.sweeper = Sweeper(self.sessions, outbox, leases, events, interval_seconds=config.sweep_seconds)
        self.resealing = Resealing(self._store, sealed_tokens, events)
        self.logout = Logout(self.sessions, outbox, events)
        self._refresher = Refresher(
            self.sessions,
            leases,
            globus_auth,
            outbox,
            events,
            background=self._background,
            waiting_room=WaitingRoom(seats=config.waiting_requests, patience_seconds=patience_seconds),
            wait_seconds=patience_seconds,
            clock=clock,
        )
        login = Login(config, globus_auth, self.sessions, outbox, events, clock=clock, random=random)
        pending_cookies = PendingCookies(
            Sealer(config.secret_keys, "pending login", random=random),
            prefix=f"{self.session_cookie}-login-",
            login_seconds=config.login_seconds,
            clock=clock,
        )
        departures = Departures(
            config,
            login=login,
            pending_cookies=pending_cookies,
            ask_sealer=Sealer(config.secret_keys, "ask", random=random),
            auth_url=globus_auth.url,
        )
        kept = Kept(self._store, Sealer(config.secret_keys, "kept", random=random), clock=clock)
        answered = Answered(kept, clock=clock)
        carry_on = CarryOn(config, kept, random=random)
        self._liveness = Liveness(
            self.sessions,
            globus_auth,
            self._refresher,
            self.logout,
            kept,
            background=self._confirming,
            waiting_room=WaitingRoom(seats=config.waiting_requests, patience_seconds=PATIENCE_SECONDS),
            interval_seconds=config.liveness_seconds,
            clock=clock,
        )
        self._gate = Gate(
            self.sessions,
            globus_auth,
            self._refresher,
            self._transports,
            kept,
            remember_seconds=config.conditions_seconds,
            clock=clock,
        )
        self.placement = Placement(config)
        self.routes = Routes(
            config,
            auth_url=globus_auth.url,
            login=login,
            departures=departures,
            step_up=StepUp(
                config,
                departures=departures,
                sessions=self.sessions,
                answered=answered,
                carry_on=carry_on,
                events=events,
            ),
            carry_on=carry_on,
            answered=answered,
            sessions=self.sessions,
            pending_cookies=pending_cookies,
            session_cookie=self.session_cookie,
        )

    def visit(self, cookie_values: Sequence[str]) -> Visit:
        """
        Return the visit of a request. Costs nothing until it is asked something.

        Args:
            cookie_values: what came under the name `session_cookie`, as often as it came.
        """
        return Visit(
            cookie_values,
            sessions=self.sessions,
            logout=self.logout,
            refresher=self._refresher,
            transports=self._transports,
            gate=self._gate,
            liveness=self._liveness,
            events=self._events,
            clock=self._clock,
        )

    def for_session(self, session_id: str) -> Acting:
        """Return what acts for the person of that session outside a request."""
        return Acting(
            session_id,
            sessions=self.sessions,
            refresher=self._refresher,
            transports=self._transports,
            clock=self._clock,
        )

    def close(self) -> None:
        """
        Finish what is under way, then let go of the store and of the calling thread's connections to Globus.

        Other threads' connections end with them.
        """
        self.sweeper.close()
        self._confirming.close()
        self._background.close()
        self._transports.close()
        self._store.close()


def _cookie_name(config: Config) -> str:
    """
    Return the session cookie's name.

    ``__Host-`` makes browsers insist on https, on the path ``/`` and on this very host (RFC 6265bis, section 4.1.3.2).
    On loopback http there is no such thing; the port is in the name because cookies of all ports share one jar.
    """
    return "__Host-trivet" if config.secure else f"trivet-{urlsplit(config.base_url).port or 80}"
