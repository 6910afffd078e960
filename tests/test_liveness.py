"""Sessions that Globus has ended behind our back."""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

import pytest

from conftest import Clock
from navigator import Navigator
from site_under_test import TRANSFER, Site
from trivet.background import Background
from trivet.errors import LoginNeeded, StoreUnavailable
from trivet.events import Events
from trivet.kept import Kept
from trivet.lease import Leases
from trivet.liveness import AGAIN_SECONDS, AUTH, Liveness
from trivet.logout import Logout
from trivet.outbox import Outbox
from trivet.refresh import Refresher
from trivet.sandbox import Sandbox
from trivet.sealed_tokens import SealedTokens
from trivet.sealing import Sealer
from trivet.session import Sessions
from trivet.store import Store, TokenRecord
from trivet.store.memory import MemoryStore
from trivet.tokens import AccessToken, RefreshToken, Secret, TokenSet
from trivet.user import User
from trivet.waiting_room import WaitingRoom

if TYPE_CHECKING:
    from trivet.globus_auth import GlobusAuth

MakeSite = Callable[..., Site]
ALL = f"urn:globus:auth:scope:{TRANSFER}:all"


class ForgetfulStore(MemoryStore):
    """A store that does not answer when it is asked for tokens, the next few times."""

    failures = 0

    def tokens_of(self, session_id: str) -> list[TokenRecord]:
        if self.failures:
            self.failures -= 1
            raise StoreUnavailable("The session store does not answer.")
        return super().tokens_of(session_id)


@pytest.fixture
def store() -> Store:
    return ForgetfulStore()


@pytest.fixture
def site(make_site: MakeSite, browser: Navigator) -> Site:
    """One that has sessions confirmed every five minutes, where Ada is signed in."""
    site = make_site(GLOBUS_LIVENESS_SECONDS=300, GLOBUS_SCOPES=[ALL])
    browser.sign_in(f"{site.url}/mine")
    return site


def asked(sandbox: Sandbox) -> int:
    return sum(request.path == "/v2/oauth2/token/introspect" for request in sandbox.requests)


def test_a_rescinded_sign_in_ends_within_the_interval(
    site: Site, browser: Navigator, sandbox: Sandbox, clock: Clock
) -> None:
    """Who takes back their consent at Globus is signed out here within the stated time, and not asked about again."""
    browser.open(f"{site.url}/")
    sandbox.rescind("ada", "portal")
    assert "ada" in browser.open(f"{site.url}/").text
    clock.advance(301)
    assert browser.open(f"{site.url}/").text == "nobody"
    assert browser.open(f"{site.url}/").text == "nobody"


def test_globus_is_asked_once_an_interval(site: Site, browser: Navigator, sandbox: Sandbox, clock: Clock) -> None:
    """However many pages are looked at, each token is asked about once in the stated time."""
    for _ in range(3):
        browser.open(f"{site.url}/")
    before = asked(sandbox)
    assert before == 2
    clock.advance(301)
    for _ in range(3):
        browser.open(f"{site.url}/")
    assert asked(sandbox) == 2 * before


def test_a_revoked_service_narrows_the_session(site: Site, browser: Navigator, sandbox: Sandbox, clock: Clock) -> None:
    """Who has lost one service stays signed in, and is asked to sign in again where that service is needed."""
    for token in sandbox.tokens:
        if token.resource_server == TRANSFER:
            token.revoked_because = "a test"
    clock.advance(301)
    assert "ada" in browser.open(f"{site.url}/").text
    assert browser.open(f"{site.url}/mine").hops
    assert browser.sign_in(f"{site.url}/mine").status == 200


def test_a_token_that_can_be_had_again_is(site: Site, browser: Navigator, sandbox: Sandbox, clock: Clock) -> None:
    """An access token that was revoked by itself is replaced; nobody notices."""
    for token in sandbox.tokens:
        if token.kind == "access":
            token.revoked_because = "a test"
    clock.advance(301)
    assert browser.open(f"{site.url}/mine").status == 200
    assert "ada" in browser.open(f"{site.url}/").text


def test_no_answer_is_no_reason_to_end_a_session(
    site: Site, browser: Navigator, sandbox: Sandbox, clock: Clock
) -> None:
    """While Globus does not answer everybody stays signed in, and is not kept waiting on each page."""
    clock.advance(301)
    sandbox.fail("/v2/oauth2/token/introspect", times=None, headers={"Retry-After": "0"})
    for _ in range(3):
        assert "ada" in browser.open(f"{site.url}/").text
    failures = asked(sandbox)
    assert "ada" in browser.open(f"{site.url}/").text
    assert asked(sandbox) == failures


class LateGlobus:
    """Globus Auth that answers when it is let go, and then knows none of the tokens."""

    def __init__(self) -> None:
        self.let_go = threading.Event()

    def introspect(self, _token: AccessToken) -> dict[str, bool]:
        assert self.let_go.wait(10)
        return {"active": False}

    def refresh(self, _token: RefreshToken) -> dict[str, object]:
        raise LoginNeeded("Globus has ended this sign-in.")

    def revoke(self, _token: Secret) -> None:
        pass

    def close(self) -> None:
        pass


def test_a_late_answer_holds_no_page_up_and_counts_all_the_same(store: Store, clock: Clock) -> None:
    """While Globus takes its time pages go on, whether or not there is a seat to wait in; what it says holds then."""
    sealed_tokens, late, events = SealedTokens(Sealer([b"x" * 32], "token")), LateGlobus(), Events()
    globus_auth = cast("GlobusAuth", late)
    sessions = Sessions(store, sealed_tokens, idle_seconds=900, absolute_seconds=900, clock=clock)
    outbox = Outbox(store, sealed_tokens, globus_auth, events, clock=clock)
    asking = Background[bool]()
    liveness = Liveness(
        sessions,
        globus_auth,
        Refresher(
            sessions,
            Leases(store, seconds=8, clock=clock),
            globus_auth,
            outbox,
            events,
            background=Background(),
            waiting_room=WaitingRoom(seats=1, patience_seconds=10),
            wait_seconds=10,
            clock=clock,
        ),
        Logout(sessions, outbox, events),
        Kept(store, Sealer([b"x" * 32], "kept"), clock=clock),
        background=asking,
        waiting_room=WaitingRoom(seats=1, patience_seconds=0.01),
        interval_seconds=300,
        clock=clock,
    )
    tokens = TokenSet(AUTH, AccessToken("a"), RefreshToken("r"), frozenset(), int(clock()), int(clock()) + 900)
    opened = sessions.open(User(sub="ada"), {AUTH: tokens})
    assert opened
    for _ in range(2):
        assert liveness.confirms(opened.session)
    late.let_go.set()
    asking.close()
    assert sessions.by_id(opened.session.id) is None


def test_nobody_waits_for_a_confirmation_to_sign_out(
    site: Site, browser: Navigator, sandbox: Sandbox, clock: Clock
) -> None:
    """Who signs out is not first asked about at Globus, which may be slow, however long ago that was done."""
    clock.advance(301)
    before = asked(sandbox)
    browser.open(f"{site.url}/logout", method="POST", referrer=f"{site.url}/")
    assert asked(sandbox) == before
    assert browser.open(f"{site.url}/").text == "nobody"


def test_a_confirmation_that_was_cut_short_is_made_up_for_soon(
    site: Site, browser: Navigator, sandbox: Sandbox, clock: Clock, store: ForgetfulStore
) -> None:
    """Whoever asks Globus and does not get to hear the answer has not been told that all is well."""
    clock.advance(301)
    sandbox.rescind("ada", "portal")
    store.failures = 1
    assert browser.open(f"{site.url}/").status == 503
    clock.advance(AGAIN_SECONDS)
    assert browser.open(f"{site.url}/").text == "nobody"


def test_it_is_off_unless_asked_for(make_site: MakeSite, browser: Navigator, sandbox: Sandbox) -> None:
    """Without the setting no page asks Globus whether a session still stands."""
    site = make_site()
    browser.sign_in(f"{site.url}/private")
    browser.open(f"{site.url}/")
    assert asked(sandbox) == 0
