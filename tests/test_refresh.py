"""Fresh tokens."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, cast

import pytest

from conftest import Clock
from navigator import Navigator
from site_under_test import TRANSFER, Site
from trivet.background import Background
from trivet.errors import GlobusUnavailable, LoginNeeded, StoreUnavailable
from trivet.events import Events
from trivet.lease import Leases
from trivet.outbox import Outbox
from trivet.refresh import Refresher
from trivet.sandbox import Sandbox
from trivet.sealed_tokens import SealedTokens
from trivet.sealing import Sealer
from trivet.session import Session, Sessions
from trivet.store import RevocationRecord, Store, TokenRecord
from trivet.store.memory import MemoryStore
from trivet.tokens import AccessToken, RefreshToken, Secret, TokenSet
from trivet.user import User
from trivet.waiting_room import WaitingRoom

if TYPE_CHECKING:
    from trivet.globus_auth import GlobusAuth

MakeSite = Callable[..., Site]
HOURS_48 = 172_800
SEALED_TOKENS = SealedTokens(Sealer([b"x" * 32], "token"))


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    return make_site(
        GLOBUS_SCOPES=[f"urn:globus:auth:scope:{TRANSFER}:all"],
        GLOBUS_SESSION_IDLE_SECONDS=10 * HOURS_48,
        GLOBUS_SESSION_ABSOLUTE_SECONDS=200 * HOURS_48,
    )


def token_calls(sandbox: Sandbox) -> int:
    return sum(request.path == "/v2/oauth2/token" for request in sandbox.requests)


def shown_token(browser: Navigator, site: Site) -> str:
    seen = browser.open(f"{site.url}/token")
    assert seen.status == 200, seen.text
    token: str = seen.response.json()["token"]
    return token


def test_a_refreshed_token_is_kept(site: Site, browser: Navigator, sandbox: Sandbox, clock: Clock) -> None:
    """A token refreshed once serves the pages after; next week it is refreshed again by the same refresh token."""
    browser.sign_in(f"{site.url}/private")
    clock.advance(HOURS_48)
    first = shown_token(browser, site)
    calls = token_calls(sandbox)
    assert shown_token(browser, site) == first
    assert token_calls(sandbox) == calls
    clock.advance(HOURS_48)
    assert shown_token(browser, site) != first


def test_a_page_that_needs_no_token_asks_for_none(
    site: Site, browser: Navigator, sandbox: Sandbox, clock: Clock
) -> None:
    """An expired token costs nothing to pages that do not use it."""
    browser.sign_in(f"{site.url}/private")
    clock.advance(HOURS_48)
    calls = len(sandbox.requests)
    assert browser.open(f"{site.url}/private").status == 200
    assert len(sandbox.requests) == calls


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 503},
        {"status": 500},
        {"drop": True},
        {"status": 200, "body": {}},
        {"status": 200, "body": "no json"},
        {"status": 400, "body": {"error": "temporarily_odd"}},
        {"status": 401, "body": {"error": "invalid_client"}},
    ],
)
def test_an_outage_keeps_what_is_stored(
    site: Site, browser: Navigator, sandbox: Sandbox, clock: Clock, fault: dict[str, Any]
) -> None:
    """When a refresh gets no usable answer the page says so, and works again as soon as Globus does, with no login."""
    browser.sign_in(f"{site.url}/private")
    clock.advance(HOURS_48)
    sandbox.fail("/v2/oauth2/token", times=1, **fault)
    seen = browser.open(f"{site.url}/token")
    assert seen.status in {502, 503}
    assert browser.open(f"{site.url}/private").status == 200
    assert shown_token(browser, site)


def test_a_dead_grant_asks_for_a_login_that_returns(
    site: Site, browser: Navigator, sandbox: Sandbox, clock: Clock
) -> None:
    """After half a year without use Globus ends the grant; the page asks to sign in and comes back to itself."""
    browser.sign_in(f"{site.url}/private")
    for _ in range(20):  # the session stays in use, its tokens do not
        clock.advance(9 * HOURS_48)
        assert browser.open(f"{site.url}/private").status == 200
    seen = browser.sign_in(f"{site.url}/token?x=1")
    assert (seen.status, seen.url) == (200, f"{site.url}/token?x=1")


def test_a_dead_grant_is_asked_about_once(site: Site, browser: Navigator, sandbox: Sandbox, clock: Clock) -> None:
    """Once Globus has said ``invalid_grant``, no further page asks it again with the same refresh token."""
    browser.sign_in(f"{site.url}/private")
    clock.advance(HOURS_48)
    sandbox.fail("/v2/oauth2/token", times=1, status=400, body={"error": "invalid_grant"})
    for _ in range(3):
        assert browser.fetch(f"{site.url}/token").status_code == 401
    assert token_calls(sandbox) == 2  # one login, one refused refresh


def test_a_dead_grant_is_mended_by_its_link(site: Site, browser: Navigator, sandbox: Sandbox, clock: Clock) -> None:
    """After a dead grant, the address in the JSON answer really signs in again, and a form is carried on with."""
    browser.sign_in(f"{site.url}/private")
    clock.advance(HOURS_48)
    sandbox.fail("/v2/oauth2/token", times=1, status=400, body={"error": "invalid_grant"})
    address = browser.fetch(f"{site.url}/token", referrer=f"{site.url}/public").json()["login_url"]
    assert browser.sign_in(address).url == f"{site.url}/public"
    assert shown_token(browser, site)
    clock.advance(HOURS_48)
    sandbox.fail("/v2/oauth2/token", times=1, status=400, body={"error": "invalid_grant"})
    sent = browser.open(f"{site.url}/token", method="POST", referrer=f"{site.url}/public", data={"a": "b"})
    page = browser.agree(sent)
    assert browser.press(page).status == 200


def test_a_token_that_never_lasts_is_no_loop(make_site: MakeSite, browser: Navigator) -> None:
    """A page that wants a token for longer than Globus gives one is explained after one sign-in, not asked for ever."""
    site = make_site(GLOBUS_REFRESH_TOKENS=False, GLOBUS_SCOPES=[f"urn:globus:auth:scope:{TRANSFER}:all"])

    @site.app.get("/long")
    @site.globus.login_required
    def long() -> str:
        return str(site.globus.access_token(TRANSFER, for_at_least=2 * HOURS_48))

    seen = browser.sign_in(f"{site.url}/long")
    assert seen.status == 502
    assert "did not help" in seen.text
    assert "/v2/web/logout" in browser.press(seen).url  # and there is a way out


def test_without_refresh_tokens_the_end_is_a_login(make_site: MakeSite, browser: Navigator, clock: Clock) -> None:
    """With refresh tokens turned off, a page whose token has run out asks to sign in and comes back."""
    site = make_site(
        GLOBUS_REFRESH_TOKENS=False,
        GLOBUS_SCOPES=[f"urn:globus:auth:scope:{TRANSFER}:all"],
        GLOBUS_SESSION_IDLE_SECONDS=2 * HOURS_48,
    )
    browser.sign_in(f"{site.url}/private")
    clock.advance(HOURS_48)
    assert browser.sign_in(f"{site.url}/token").url == f"{site.url}/token"


@pytest.fixture
def sessions(store: Store, clock: Clock) -> Sessions:
    return Sessions(store, SEALED_TOKENS, idle_seconds=9, absolute_seconds=9, clock=clock)


class LateGlobus:
    """Globus Auth whose answer to a refresh comes after something else has happened."""

    def __init__(self, meanwhile: Callable[[], object]) -> None:
        self._meanwhile = meanwhile
        self.refreshes = 0
        self.rotated: str | None = None
        self.more: list[dict[str, Any]] = []
        self.revoked: list[str] = []

    def refresh(self, refresh_token: Secret) -> dict[str, Any]:
        self.refreshes += 1
        self._meanwhile()
        return {
            "access_token": "late", "scope": "s", "expires_in": 172800, "token_type": "Bearer",
            "resource_server": TRANSFER, "refresh_token": self.rotated, "other_tokens": self.more,
        }  # fmt: skip

    def revoke(self, token: Secret) -> None:
        self.revoked.append(token.reveal())

    def close(self) -> None:
        pass


def refreshing(sessions: Sessions, store: Store, late: LateGlobus, clock: Clock) -> Refresher:
    """Return a refresher at which nobody waits in vain, as `Core` makes them."""
    globus_auth = cast("GlobusAuth", late)
    return Refresher(
        sessions,
        Leases(store, seconds=25, clock=clock),
        globus_auth,
        Outbox(store, SEALED_TOKENS, globus_auth, Events(), clock=clock),
        Events(),
        background=Background(),
        waiting_room=WaitingRoom(seats=2, patience_seconds=10),
        wait_seconds=10,
        clock=clock,
        sleep=clock.advance,
    )


def finish(refresher: Refresher) -> None:
    """Wait for what the refresher does in the background."""
    refresher._background.close()


def held(name: str, expires_at: float, *, lifetime: int = 0) -> TokenSet:
    """Return tokens; unless it is said how long they lived, they are young."""
    obtained_at = int(expires_at) - lifetime
    return TokenSet(TRANSFER, AccessToken(name), RefreshToken("r"), frozenset({"s"}), obtained_at, int(expires_at))


def signed_in(sessions: Sessions, tokens: TokenSet) -> Session:
    opened = sessions.open(User(sub="ada"), {TRANSFER: tokens})
    assert opened
    return opened.session


def test_a_logout_that_races_a_refresh_wins(sessions: Sessions, store: Store, clock: Clock) -> None:
    """A session that ends while its refresh is under way stays ended, and what came late is revoked."""
    session = signed_in(sessions, held("old", clock()))
    globus_auth = LateGlobus(lambda: sessions.end(session.id))
    refresher = refreshing(sessions, store, globus_auth, clock)
    with pytest.raises(LoginNeeded):
        refresher.fresh_tokens(session, TRANSFER)
    assert globus_auth.revoked == ["late"]
    assert [waiting.session_id for waiting in store.scan_revocations(limit=10)[0]] == [session.id]
    assert sessions.all_tokens(session.id) == {}


def test_the_quicker_of_two_refreshes_stays(sessions: Sessions, store: Store, clock: Clock) -> None:
    """When another worker has refreshed in the meantime, its tokens are used, and those that came late are revoked."""
    session = signed_in(sessions, held("old", clock()))
    quicker = held("quicker", clock() + 172800)
    globus_auth = LateGlobus(lambda: sessions.replace(session.id, quicker, version=2))
    refresher = refreshing(sessions, store, globus_auth, clock)
    assert refresher.fresh_tokens(session, TRANSFER) == quicker
    assert globus_auth.revoked == ["late"]


def test_a_late_rotated_refresh_token_is_revoked_too(sessions: Sessions, store: Store, clock: Clock) -> None:
    """A refresh token that came with the late answer is taken back with it; the one from before is left alone."""
    session = signed_in(sessions, held("old", clock()))
    globus_auth = LateGlobus(lambda: sessions.end(session.id))
    globus_auth.rotated = "rotated"
    with pytest.raises(LoginNeeded):
        refreshing(sessions, store, globus_auth, clock).fresh_tokens(session, TRANSFER)
    assert set(globus_auth.revoked) == {"late", "rotated"}


class WithoutOutbox(MemoryStore):
    """A store that does not answer when something is to be put into the outbox."""

    def add_revocation(self, revocation: RevocationRecord) -> None:
        raise StoreUnavailable("The session store does not answer.")


def test_what_the_quicker_one_uses_is_left_alone_without_a_store(clock: Clock) -> None:
    """When what came late cannot be put into the outbox it is revoked at once; the refresh token in use is not."""
    store = WithoutOutbox()
    sessions = Sessions(store, SEALED_TOKENS, idle_seconds=9, absolute_seconds=9, clock=clock)
    session = signed_in(sessions, held("old", clock()))
    quicker = held("quicker", clock() + 172800)
    globus_auth = LateGlobus(lambda: sessions.replace(session.id, quicker, version=2))
    assert refreshing(sessions, store, globus_auth, clock).fresh_tokens(session, TRANSFER) == quicker
    assert globus_auth.revoked == ["late"]


class WithoutWriting(MemoryStore):
    """A store that goes away while a fresh token is to be stored."""

    def replace_token(self, token: TokenRecord) -> bool:
        raise StoreUnavailable("The session store does not answer.")


def test_a_fresh_token_that_cannot_be_stored_is_revoked(clock: Clock) -> None:
    """When the store goes away during a refresh, the token that nobody will have does not stay good; the rest does."""
    store = WithoutWriting()
    sessions = Sessions(store, SEALED_TOKENS, idle_seconds=9, absolute_seconds=9, clock=clock)
    session = signed_in(sessions, held("old", clock()))
    globus_auth = LateGlobus(lambda: None)
    with pytest.raises(StoreUnavailable):
        refreshing(sessions, store, globus_auth, clock).fresh_tokens(session, TRANSFER)
    assert globus_auth.revoked == ["late"]
    assert sessions.all_tokens(session.id) == {TRANSFER: held("old", clock())}


def test_what_comes_with_a_refresh_unasked_is_revoked(sessions: Sessions, store: Store, clock: Clock) -> None:
    """A token for another service, beside the fresh one or instead of it, is not kept, and does not stay good."""
    session = signed_in(sessions, held("old", clock()))
    globus_auth = LateGlobus(lambda: None)
    globus_auth.more = [
        {"access_token": "unasked", "scope": "s", "expires_in": 9, "token_type": "Bearer", "resource_server": "x"}
    ]
    tokens = refreshing(sessions, store, globus_auth, clock).fresh_tokens(session, TRANSFER)
    assert tokens.access_token == AccessToken("late")
    assert globus_auth.revoked == ["unasked"]


def test_many_at_once_refresh_once(make_site: MakeSite, browser: Navigator, sandbox: Sandbox, clock: Clock) -> None:
    """However many requests at two workers find the token expired, Globus is asked once, and all get the new one."""
    settings = {
        "GLOBUS_WAITING_REQUESTS": 8,
        "GLOBUS_SCOPES": [f"urn:globus:auth:scope:{TRANSFER}:all"],
        "GLOBUS_SESSION_IDLE_SECONDS": 10 * HOURS_48,
        "GLOBUS_SESSION_ABSOLUTE_SECONDS": 10 * HOURS_48,
    }
    one, two = make_site(**settings), make_site(**settings)
    browser.sign_in(f"{one.url}/private")
    value = browser.cookies[one.session_cookie]
    clock.advance(HOURS_48)
    sandbox.fail("/v2/oauth2/token", status=None, latency=0.3, times=None)
    calls = token_calls(sandbox)

    def page(number: int) -> str:
        site, alone = (one, two)[number % 2], Navigator(sandbox)
        response = alone.step(f"{site.url}/token", headers={"Cookie": f"{site.session_cookie}={value}"})
        alone.http.close()
        return str(response.json()["token"])

    with ThreadPoolExecutor(16) as pool:
        shown = set(pool.map(page, range(16)))
    assert len(shown) == 1
    assert token_calls(sandbox) - calls == 1


@pytest.mark.parametrize(("left", "refreshes"), [(HOURS_48 // 2, 0), (HOURS_48 // 2 - 1, 1), (60, 1), (5, 1)])
def test_a_token_past_half_its_life_is_refreshed_while_it_is_used(
    sessions: Sessions, store: Store, clock: Clock, left: int, refreshes: int
) -> None:
    """With less than half of its life left a token is refreshed in the background; whoever asked goes on with it."""
    tokens = held("old", clock() + left, lifetime=HOURS_48)
    session = signed_in(sessions, tokens)
    globus_auth = LateGlobus(lambda: None)
    refresher = refreshing(sessions, store, globus_auth, clock)
    assert refresher.fresh_tokens(session, TRANSFER) == tokens
    finish(refresher)
    assert globus_auth.refreshes == refreshes
    next_one = refresher.fresh_tokens(session, TRANSFER)
    assert next_one.access_token == AccessToken("late" if refreshes else "old")


@pytest.mark.parametrize(("left", "for_at_least"), [(4, 60), (-1, 60), (599, 600)])
def test_a_token_that_will_not_do_is_waited_for(
    sessions: Sessions, store: Store, clock: Clock, left: int, for_at_least: int
) -> None:
    """With less than five seconds to live, or less than was explicitly asked for, only the new token will do."""
    session = signed_in(sessions, held("old", clock() + left))
    refresher = refreshing(sessions, store, LateGlobus(lambda: None), clock)
    tokens = refresher.fresh_tokens(session, TRANSFER, for_at_least=for_at_least)
    assert tokens.access_token == AccessToken("late")


def test_an_early_refresh_that_fails_is_not_repeated_at_once(sessions: Sessions, store: Store, clock: Clock) -> None:
    """While Globus is out of order, pages whose token is good ask it once a minute, and notice nothing."""
    session = signed_in(sessions, held("old", clock() + 1000, lifetime=HOURS_48))

    def fail() -> None:
        raise GlobusUnavailable("It gives no answer.")

    globus_auth = LateGlobus(fail)
    refresher = refreshing(sessions, store, globus_auth, clock)
    for seconds in (0, 30, 29, 1):
        clock.advance(seconds)
        assert refresher.fresh_tokens(session, TRANSFER).access_token == AccessToken("old")
        finish(refresher)
    assert globus_auth.refreshes == 2


def test_an_early_refusal_takes_nothing_away(sessions: Sessions, store: Store, clock: Clock) -> None:
    """When Globus has ended the grant, the old token is used to its end, and only then is a login needed."""
    session = signed_in(sessions, held("old", clock() + 1000, lifetime=HOURS_48))

    def refuse() -> None:
        raise LoginNeeded("The grant has ended.")

    globus_auth = LateGlobus(refuse)
    refresher = refreshing(sessions, store, globus_auth, clock)
    for seconds in (0, 100, 895):
        clock.advance(seconds)
        assert refresher.fresh_tokens(session, TRANSFER).access_token == AccessToken("old")
        finish(refresher)
    clock.advance(1)
    with pytest.raises(LoginNeeded):
        refresher.fresh_tokens(session, TRANSFER)
    assert globus_auth.refreshes == 1


def test_a_dead_holder_is_waited_out(sessions: Sessions, store: Store, clock: Clock) -> None:
    """When the worker that was refreshing has died, a page says that Globus is slow, until the lease has run out."""
    session = signed_in(sessions, held("old", clock()))
    store.take_lease(f"refresh {session.id} {TRANSFER}", "dead worker", now=int(clock()), until=int(clock()) + 25)
    refresher = refreshing(sessions, store, LateGlobus(lambda: None), clock)
    began = clock()
    with pytest.raises(GlobusUnavailable):
        refresher.fresh_tokens(session, TRANSFER)
    assert clock() - began <= 10.5
    clock.now = began + 25
    assert refresher.fresh_tokens(session, TRANSFER).access_token == AccessToken("late")


def test_who_waits_gets_the_winners_token(sessions: Sessions, store: Store, clock: Clock) -> None:
    """A request that waits for another worker's refresh ends up with the token that came of it."""
    session = signed_in(sessions, held("old", clock()))
    key = f"refresh {session.id} {TRANSFER}"
    store.take_lease(key, "another worker", now=int(clock()), until=int(clock()) + 25)
    quicker = held("quicker", clock() + 172800)

    def another_worker_finishes(seconds: float) -> None:
        clock.advance(seconds)
        sessions.replace(session.id, quicker, version=2)

    refresher = refreshing(sessions, store, LateGlobus(lambda: None), clock)
    refresher._sleep = another_worker_finishes
    assert refresher.fresh_tokens(session, TRANSFER) == quicker


def test_a_session_that_has_just_ended_gives_no_token(sessions: Sessions, store: Store, clock: Clock) -> None:
    """Who signs out between two lines of a page or a job is asked to sign in; nothing is wrong with the site."""
    session = signed_in(sessions, held("current", clock() + HOURS_48))
    sessions.end(session.id)
    for needed in ((), ("s",), ("another",)):
        with pytest.raises(LoginNeeded) as caught:
            refreshing(sessions, store, LateGlobus(lambda: None), clock).fresh_tokens(session, TRANSFER, needed=needed)
        assert type(caught.value) is LoginNeeded
