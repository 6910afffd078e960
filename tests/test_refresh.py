"""Fresh tokens."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, cast

import pytest

from conftest import Clock
from navigator import Navigator
from site_under_test import TRANSFER, Site, fingerprint
from trivet.errors import GlobusUnavailable, LoginNeeded
from trivet.events import Events
from trivet.lease import Leases
from trivet.outbox import Outbox
from trivet.refresh import Refresher
from trivet.sandbox import Sandbox
from trivet.sealed_tokens import SealedTokens
from trivet.sealing import Sealer
from trivet.session import Session, Sessions
from trivet.store import Store
from trivet.tokens import AccessToken, RefreshToken, Secret, TokenSet
from trivet.user import User

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


@pytest.mark.parametrize(("left", "refreshed"), [(61, False), (60, False), (59, True)])
def test_a_token_is_refreshed_at_its_margin(
    site: Site, browser: Navigator, sandbox: Sandbox, clock: Clock, left: int, refreshed: bool
) -> None:
    """With 60 seconds left a token is used, with less it is refreshed first, and the page gets the new one."""
    browser.sign_in(f"{site.url}/private")
    before = shown_token(browser, site)
    calls = token_calls(sandbox)
    clock.advance(HOURS_48 - left)
    after = shown_token(browser, site)
    assert (after != before) is refreshed
    assert token_calls(sandbox) - calls == refreshed
    assert any(fingerprint(token.value) == after and token.active for token in sandbox.tokens)


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
    """After a dead grant, the address in the JSON answer and the button of the form page really sign in again."""
    for attempt in ("script", "form"):
        browser.sign_in(f"{site.url}/private")
        clock.advance(HOURS_48)
        sandbox.fail("/v2/oauth2/token", times=1, status=400, body={"error": "invalid_grant"})
        if attempt == "script":
            address = browser.fetch(f"{site.url}/token", referrer=f"{site.url}/public").json()["login_url"]
        else:
            address = browser.open(f"{site.url}/token", method="POST", referrer=f"{site.url}/public").link("Sign in")
        assert browser.sign_in(address).url == f"{site.url}/public"
        assert shown_token(browser, site)


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

    def __init__(self, meanwhile: Callable[[], object], clock: Clock) -> None:
        self._meanwhile = meanwhile
        self._clock = clock
        self.rotated: str | None = None
        self.revoked: list[str] = []

    def refresh(self, refresh_token: Secret) -> dict[str, Any]:
        self._meanwhile()
        return {
            "access_token": "late", "scope": "s", "expires_in": 60, "token_type": "Bearer", "resource_server": TRANSFER,
            "refresh_token": self.rotated,
        }  # fmt: skip

    def revoke(self, token: Secret, *, timeout_seconds: float) -> None:
        self.revoked.append(token.reveal())


def refreshing(sessions: Sessions, store: Store, late: LateGlobus, clock: Clock) -> Refresher:
    globus_auth = cast("GlobusAuth", late)
    return Refresher(
        sessions,
        Leases(store, seconds=25, clock=clock),
        globus_auth,
        Outbox(store, SEALED_TOKENS, globus_auth, Events(), clock=clock),
        Events(),
        wait_seconds=10,
        clock=clock,
        sleep=clock.advance,
    )


def held(name: str, expires_at: float) -> TokenSet:
    return TokenSet(TRANSFER, AccessToken(name), RefreshToken("r"), frozenset({"s"}), 0, int(expires_at))


def signed_in(sessions: Sessions, tokens: TokenSet) -> Session:
    opened = sessions.open(User(sub="ada"), {TRANSFER: tokens})
    assert opened
    return opened.session


def test_a_logout_that_races_a_refresh_wins(sessions: Sessions, store: Store, clock: Clock) -> None:
    """A session that ends while its refresh is under way stays ended, and what came late is revoked."""
    session = signed_in(sessions, held("old", clock()))
    globus_auth = LateGlobus(lambda: sessions.end(session.id), clock)
    refresher = refreshing(sessions, store, globus_auth, clock)
    with pytest.raises(LoginNeeded):
        refresher.fresh_tokens(session, TRANSFER)
    assert set(globus_auth.revoked) == {"r", "late"}
    assert sessions.all_tokens(session.id) == {}


def test_the_quicker_of_two_refreshes_stays(sessions: Sessions, store: Store, clock: Clock) -> None:
    """When another worker has refreshed in the meantime, its tokens are used, and those that came late are revoked."""
    session = signed_in(sessions, held("old", clock()))
    quicker = held("quicker", clock() + 172800)
    globus_auth = LateGlobus(lambda: sessions.replace(session.id, quicker, version=2), clock)
    refresher = refreshing(sessions, store, globus_auth, clock)
    assert refresher.fresh_tokens(session, TRANSFER) == quicker
    assert globus_auth.revoked == ["late"]


def test_a_late_rotated_refresh_token_is_revoked_too(sessions: Sessions, store: Store, clock: Clock) -> None:
    """A refresh token that came with the late answer is taken back with it; the one from before is left alone."""
    session = signed_in(sessions, held("old", clock()))
    globus_auth = LateGlobus(lambda: sessions.end(session.id), clock)
    globus_auth.rotated = "rotated"
    with pytest.raises(LoginNeeded):
        refreshing(sessions, store, globus_auth, clock).fresh_tokens(session, TRANSFER)
    assert set(globus_auth.revoked) == {"late", "rotated"}


def test_many_at_once_refresh_once(make_site: MakeSite, browser: Navigator, sandbox: Sandbox, clock: Clock) -> None:
    """However many requests at two workers find the token expired, Globus is asked once, and all get the new one."""
    settings = {
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


def test_an_old_token_with_life_left_is_not_waited_for(sessions: Sessions, store: Store, clock: Clock) -> None:
    """While another worker refreshes early, everybody else goes on with the old token."""
    session = signed_in(sessions, held("old", clock() + 30))
    store.take_lease(f"refresh {session.id} {TRANSFER}", "another worker", now=int(clock()), until=int(clock()) + 25)
    began = clock()
    tokens = refreshing(sessions, store, LateGlobus(lambda: None, clock), clock).fresh_tokens(session, TRANSFER)
    assert tokens.access_token == AccessToken("old")
    assert clock() == began


def test_a_dead_holder_is_waited_out(sessions: Sessions, store: Store, clock: Clock) -> None:
    """When the worker that was refreshing has died, a page says that Globus is slow, until the lease has run out."""
    session = signed_in(sessions, held("old", clock()))
    store.take_lease(f"refresh {session.id} {TRANSFER}", "dead worker", now=int(clock()), until=int(clock()) + 25)
    refresher = refreshing(sessions, store, LateGlobus(lambda: None, clock), clock)
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

    refresher = refreshing(sessions, store, LateGlobus(lambda: None, clock), clock)
    refresher._sleep = another_worker_finishes
    assert refresher.fresh_tokens(session, TRANSFER) == quicker
