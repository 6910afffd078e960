"""
A model of whole lives of sessions: two workers, one store, and everything that can come in between.

Hypothesis makes up the story: sign-ins, step-ups, refreshes and logouts, in any order and inside one another (an answer
of Globus that is late lets anything else happen first), while workers are killed at any call of the store and Globus is
out of order. Three promises hold throughout: of one login there is never more than one valid session, after a logout
there is no session and no token, and what Globus has issued is revoked in the end.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from conftest import Clock
from provider import AUTH, TRANSFER, Provider
from trivet.background import Background
from trivet.config import Config
from trivet.errors import TrivetError
from trivet.events import Events
from trivet.lease import Leases
from trivet.login import Login, Returned
from trivet.logout import Logout
from trivet.outbox import Outbox
from trivet.pending import PendingLogin
from trivet.refresh import Refresher
from trivet.sealed_tokens import SealedTokens
from trivet.sealing import Sealer
from trivet.session import Session, Sessions
from trivet.store import Opening, SessionRecord, TokenRecord
from trivet.store.memory import MemoryStore
from trivet.tokens import AccessToken, Secret
from trivet.waiting_room import WaitingRoom

if TYPE_CHECKING:
    from trivet.globus_auth import GlobusAuth

SECRET = "a secret that is long enough for anybody"
SEALED_TOKENS = SealedTokens(Sealer([SECRET.encode()], "token"))
CONFIG = Config.from_mapping(
    {"GLOBUS_CLIENT_ID": Provider.client_id, "GLOBUS_CLIENT_SECRET": "x"}, secret_keys=[SECRET], default_store="memory:"
)


class Killed(BaseException):
    """The worker is no more. Nothing in it is cleaned up, as little as after ``kill -9``."""


class Genealogy(MemoryStore):
    """A store that remembers of which login each session is."""

    def __init__(self) -> None:
        super().__init__()
        self.login_of: dict[str, str] = {}
        self.ended_by_hand: set[str] = set()

    def open_session(self, session: SessionRecord, tokens: Sequence[TokenRecord], **how: Any) -> Opening:
        opening = super().open_session(session, tokens, **how)
        if opening is Opening.OPENED:
            self.login_of[session.id] = self.login_of.get(how["replacing"] or "", session.id)
        return opening

    def end_session(self, session_id: str, *, now: int) -> bool:
        ended = super().end_session(session_id, now=now)
        if ended:
            self.ended_by_hand.add(self.login_of[session_id])
        return ended


class WorkersStore:
    """One worker's way to the store. At any call something can come between, or the worker can be killed."""

    def __init__(self, behind: Genealogy) -> None:
        self._behind = behind
        self.meanwhile: dict[int, Callable[[], None]] = {}  # by the number of the call that it comes before
        self.calls = 0
        self.calls_left: int | None = None
        self.dies_after_the_call = False
        self.dead = False

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._behind, name)

        def call(*arguments: Any, **options: Any) -> Any:
            if self.dead:
                raise Killed
            self.meanwhile.pop(self.calls, lambda: None)()
            self.calls += 1
            self.dead = self.calls_left == 0
            if self.calls_left is not None:
                self.calls_left -= 1
            if self.dead and not self.dies_after_the_call:
                raise Killed
            result = method(*arguments, **options)
            if self.dead:
                raise Killed
            return result

        return call


class Worker:
    """The parts of one process."""

    def __init__(self, store: Genealogy, provider: Provider, clock: Clock) -> None:
        self.store = WorkersStore(store)
        own: Any = self.store
        globus_auth, events = cast("GlobusAuth", provider), Events()
        self.sessions = Sessions(own, SEALED_TOKENS, idle_seconds=10**9, absolute_seconds=10**9, clock=clock)
        self.outbox = Outbox(own, SEALED_TOKENS, globus_auth, events, clock=clock)
        self.logout = Logout(self.sessions, self.outbox, events)
        self.login = Login(CONFIG, globus_auth, self.sessions, self.outbox, events, clock=clock)
        self.refresher = Refresher(
            self.sessions,
            Leases(own, seconds=8, clock=clock),
            globus_auth,
            self.outbox,
            events,
            background=Background(),
            waiting_room=WaitingRoom(seats=4, patience_seconds=30),
            wait_seconds=10,
            clock=clock,
            sleep=clock.advance,
        )


class Browser:
    """What one browser holds: a cookie, and attempts that have not come back from Globus yet."""

    def __init__(self, sub: str) -> None:
        self.sub = sub
        self.cookie: Secret | None = None
        self.attempts: list[PendingLogin] = []


workers = st.integers(0, 1)
browsers = st.sampled_from([0, 0, 0, 1, 2])  # the more happens at one, the more gets in each other's way
deaths = st.none() | st.none() | st.none() | st.tuples(st.integers(0, 12), st.booleans())
# What comes between, and when: before that call of the store, or before the answer of Globus.
meanwhiles = st.none() | st.tuples(
    st.sampled_from(["sign out", "call a service", "sign in"]), st.none() | st.integers(0, 8)
)


class Lives(RuleBasedStateMachine):
    @initialize(sharing=st.booleans(), rotating=st.booleans())
    def begin_of_time(self, sharing: bool, rotating: bool) -> None:
        self.clock = Clock()
        self.store = Genealogy()
        self.provider = Provider(self.clock)
        self.provider.sharing, self.provider.rotating = sharing, rotating
        self.workers = [Worker(self.store, self.provider, self.clock) for _ in range(2)]
        self.browsers = [Browser("ada"), Browser("ada"), Browser("grace")]
        self.unknowable: set[str] = set()
        self.taken_along: set[str] = set()
        for browser in range(len(self.browsers)):
            self.sign_in(worker=0, browser=browser, death=None, meanwhile=None)

    # What people do

    @rule(worker=workers, browser=browsers)
    def go_for_more(self, worker: int, browser: int) -> None:
        """Be sent to Globus for a further consent, in one more tab."""
        with self.alive(worker, None) as at:
            session = self.session(at, browser)
            if session:
                self.browsers[browser].attempts.append(at.login.begin(return_to="/", session=session)[1])

    @rule(worker=workers, browser=browsers, death=deaths, meanwhile=meanwhiles, other_person=st.booleans())
    def come_back(self, worker: int, browser: int, death: Any, meanwhile: Any, other_person: bool) -> None:
        """Come back from Globus with that."""
        here = self.browsers[browser]
        if here.attempts:
            sub = "grace" if other_person else here.sub
            self.finish(worker, browser, here.attempts.pop(), sub, death=death, meanwhile=meanwhile)

    @rule(worker=workers, browser=browsers, death=deaths, meanwhile=meanwhiles)
    def sign_in(self, worker: int, browser: int, death: Any, meanwhile: Any) -> None:
        """Sign in, or in again."""
        with self.alive(worker, None) as at:
            _, attempt = at.login.begin(return_to="/")
        self.finish(worker, browser, attempt, self.browsers[browser].sub, death=death, meanwhile=meanwhile)

    @rule(worker=workers, browser=browsers, death=deaths, meanwhile=meanwhiles, refused=st.booleans())
    def call_a_service(
        self, worker: int, browser: int, death: Any = None, meanwhile: Any = None, refused: bool = True
    ) -> None:
        """Look at a page that needs a token; perhaps the service does not take the one there is."""
        with self.alive(worker, death) as at:
            session = self.session(at, browser)
            if session is None:
                return
            self.let_come_between(meanwhile, worker, browser)
            token = AccessToken(self.held(session.id)) if refused else None
            fresh = at.refresher.fresh_tokens(session, TRANSFER, refused=token)
            if fresh.access_token.reveal() in self.taken_along:  # the service does not take it
                fresh = at.refresher.fresh_tokens(session, TRANSFER, refused=AccessToken(fresh.access_token.reveal()))
            if meanwhile is None:  # else they may have signed out when it was as good as in our hands
                assert not self.provider.issued[fresh.access_token.reveal()].revoked

    @rule(worker=workers, browser=browsers, death=deaths)
    def sign_out(self, worker: int, browser: int, death: Any = None) -> None:
        """Press the button."""
        with self.alive(worker, death) as at:
            session = self.session(at, browser)
            if session:
                at.logout.end(session, reason="logout")
                self.browsers[browser].cookie = None

    # What happens to us

    @rule(worker=workers, death=deaths)
    def sweep(self, worker: int, death: Any) -> None:
        """Try again what could not be revoked."""
        with self.alive(worker, death) as at:
            at.outbox.settle_due(limit=1000)

    @rule(seconds=st.sampled_from([1, 10, 31, 4_000, 90_000, 172_800]))
    def wait(self, seconds: int) -> None:
        """Let time pass."""
        self.clock.advance(seconds)

    @rule(seconds=st.sampled_from([1, 10, 4_000]))
    def globus_goes_and_comes(self, seconds: int) -> None:
        """Be out of order for a while, in which people sign out and pages want tokens."""
        self.provider.out_of_order = True
        self.call_a_service(worker=0, browser=0)
        self.sign_out(worker=1, browser=1)
        self.clock.advance(seconds)
        self.sweep(worker=0, death=None)
        self.provider.out_of_order = False

    # What holds

    @invariant()
    def one_login_is_one_session(self) -> None:
        """Of the sessions that have taken each other's place, one is valid at most."""
        if self.started:
            logins = [self.store.login_of[session.id] for session in self.live()]
            assert len(logins) == len(set(logins))

    @invariant()
    def what_was_ended_stays_ended(self) -> None:
        """After a logout there is neither a session nor a token of that login, whatever was under way."""
        if self.started:
            for session_id, login in self.store.login_of.items():
                if login in self.store.ended_by_hand:
                    assert self.store.find_session(session_id) is None
                    assert self.store.tokens_of(session_id) == []

    @invariant()
    def nobody_revokes_what_is_in_use(self) -> None:
        """What a live session holds is good at Globus, until it runs out by itself."""
        if self.started:
            for session in self.live():
                for record in self.store.tokens_of(session.id):
                    tokens = SEALED_TOKENS.open(record)
                    if tokens.refresh_token and not self.provider.rotating:
                        assert not self.provider.issued[tokens.refresh_token.reveal()].revoked

    def teardown(self) -> None:
        """In the end everybody signs out, Globus is well, and every token that a worker lived to see is dead."""
        if not self.started:
            return
        self.provider.out_of_order, self.provider.meanwhile = False, None
        with self.alive(0, None) as at:
            for session in self.live():
                at.logout.end(Session(session), reason="logout")
            for _ in range(3):
                self.clock.advance(3600)  # past every retry, and not so long that tokens would die by themselves
                at.outbox.settle_due(limit=1000)
        assert self.store.scan_revocations(limit=1)[0] == []
        assert {string for string in self.provider.issued if self.provider.is_good(string)} <= self.unknowable

    # How it is done

    @property
    def started(self) -> bool:
        return hasattr(self, "store")

    @contextmanager
    def alive(self, worker: int, death: tuple[int, bool] | None) -> Iterator[Worker]:
        """Let a worker do something, and perhaps die of it; a new one takes its place."""
        at, issued = self.workers[worker], set(self.provider.issued)
        if death:
            at.store.calls_left, at.store.dies_after_the_call = death
        try:
            yield at
        except TrivetError:
            pass  # a page that explains
        except Killed:
            pass
        at.refresher._background.close()
        at.store.meanwhile.clear()
        self.provider.meanwhile = None
        if at.store.dead:
            # What Globus had answered and nobody has written down, no one will ever know.
            self.unknowable |= set(self.provider.issued) - issued - self.written_down()
        if death:
            self.workers[worker] = Worker(self.store, self.provider, self.clock)

    def finish(self, worker: int, browser: int, attempt: PendingLogin, sub: str, *, death: Any, meanwhile: Any) -> None:
        servers = (AUTH, TRANSFER) if attempt.sub is None else (AUTH,)  # for more, Globus need not give everything anew
        code = self.provider.sign_in(sub, attempt.nonce, servers)
        with self.alive(worker, death) as at:
            before = self.session(at, browser)
            self.let_come_between(meanwhile, worker, browser)
            opened = at.login.finish(attempt, Returned(code=code, error=None, iss=None), replacing=before)
            self.browsers[browser].cookie = opened.cookie_value

    def let_come_between(self, meanwhile: tuple[str, int | None] | None, busy: int, browser: int) -> None:
        """Let something else happen to the same browser, at the worker that is not busy."""
        if meanwhile is None:
            return
        what, when = meanwhile
        worker = 1 - busy
        deeds: dict[str, Callable[[], None]] = {
            "sign out": lambda: self.sign_out_first(worker, browser),
            "call a service": lambda: self.call_a_service(worker, browser),
            "sign in": lambda: self.sign_in(worker, browser, death=None, meanwhile=None),
        }
        if when is None:
            self.provider.meanwhile = deeds[what]
        else:
            at = self.workers[busy].store
            at.meanwhile[at.calls + when] = deeds[what]

    def sign_out_first(self, worker: int, browser: int) -> None:
        """Sign out while an answer is on its way; a shared string that is in it too is dead on arrival."""
        good = {string for string in self.provider.issued if self.provider.is_good(string)}
        self.sign_out(worker, browser)
        self.taken_along |= {string for string in good if self.provider.issued[string].revoked}

    def session(self, at: Worker, browser: int) -> Session | None:
        cookie = self.browsers[browser].cookie
        return at.sessions.find(cookie.reveal()) if cookie else None

    def live(self) -> list[SessionRecord]:
        return self.store.scan_sessions(limit=1000)[0]

    def held(self, session_id: str) -> str:
        record = self.store.find_token(session_id, TRANSFER)
        assert record
        return SEALED_TOKENS.open(record).access_token.reveal()

    def written_down(self) -> set[str]:
        records: list[Any] = [record for session in self.live() for record in self.store.tokens_of(session.id)]
        records += self.store.scan_revocations(limit=1000)[0]
        return {secret.reveal() for record in records for secret in SEALED_TOKENS.open(record).secrets()}


# A worker that is killed dies in its other threads too, and Python says so of each.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")

TestLives = Lives.TestCase
TestLives.settings = settings(
    max_examples=40, stateful_step_count=30, database=None, suppress_health_check=list(HealthCheck)
)


@pytest.mark.soak
class TestManyLives(Lives.TestCase):
    """The same, fifty times as often."""

    settings = settings(TestLives.settings, max_examples=2000)
