"""Sweeping up after browsers that never come back, and after a Globus that was away."""

import threading
from collections.abc import Callable

import pytest

from conftest import Clock
from navigator import Navigator
from site_under_test import Site
from trivet.errors import StoreUnavailable
from trivet.flask import signals
from trivet.sandbox import Sandbox
from trivet.store import SessionRecord, Store
from trivet.store.memory import MemoryStore
from trivet.sweeper import BATCH, Sweeper, Swept

MakeSite = Callable[..., Site]
NewBrowser = Callable[[], Navigator]


def sweeper_of(site: Site) -> Sweeper:
    sweeper: Sweeper = site.app.extensions["trivet"].sweeper
    return sweeper


def revocation_calls(sandbox: Sandbox) -> int:
    return sum(request.path == "/v2/oauth2/token/revoke" for request in sandbox.requests)


def sweeping() -> set[threading.Thread]:
    """The threads that sweep, those of other tests' sites too."""
    return {thread for thread in threading.enumerate() if thread.name == "trivet-sweeper"}


def test_a_browser_that_never_comes_back_is_signed_out(
    make_site: MakeSite, new_browser: NewBrowser, sandbox: Sandbox, clock: Clock
) -> None:
    """A session that has run out is ended by the next sweep, its tokens are revoked, and sessions in use stay."""
    site = make_site(GLOBUS_SESSION_IDLE_SECONDS=600)
    gone, here = new_browser(), new_browser()
    for browser, person in ((gone, "ada"), (here, "grace")):
        browser.sign_in(f"{site.url}/mine", person)
    clock.advance(599)
    here.open(f"{site.url}/")
    assert sweeper_of(site).sweep() == Swept(ended=0, looked_at=0, answered=True)
    clock.advance(1)
    swept = sweeper_of(site).sweep()
    assert swept
    assert (swept.ended, swept.answered) == (1, True)
    assert {token.sub for token in sandbox.tokens if token.active} == {sandbox.people["grace"].sub}
    assert here.open(f"{site.url}/mine").status == 200
    assert sweeper_of(site).sweep() == Swept(ended=0, looked_at=0, answered=True)


def test_whose_session_has_run_out_is_told(make_site: MakeSite, browser: Navigator, clock: Clock) -> None:
    """The sweep says who was signed out, and that it was for a timeout."""
    heard = []
    site = make_site()
    browser.sign_in(f"{site.url}/private")
    clock.advance(7 * 24 * 3600)
    with signals.signal("user_logged_out").connected_to(lambda app, **facts: heard.append(facts), site.app):
        sweeper_of(site).sweep()
    assert heard == [{"sub": browser.globus.people["ada"].sub, "reason": "timeout"}]


def test_thousands_are_swept_in_one_go(site: Site, store: Store, clock: Clock) -> None:
    """However many sessions have run out, one sweep ends them all, a few at a time."""
    now = int(clock.now)
    for number in range(3 * BATCH + 1):
        store.open_session(SessionRecord(f"{number:043}", "ada", "{}", "", now, now, now), [])
    assert sweeper_of(site).sweep() == Swept(ended=3 * BATCH + 1, looked_at=0, answered=True)
    assert store.scan_sessions(limit=1) == ([], "")


def test_while_globus_is_away_a_sweep_asks_it_once(
    site: Site, new_browser: NewBrowser, sandbox: Sandbox, clock: Clock
) -> None:
    """A sweep during an outage makes one attempt and stops; the first sweep after it revokes everything."""
    for person in ("ada", "grace"):
        new_browser().sign_in(f"{site.url}/mine", person)
    clock.advance(12 * 3600)
    sandbox.fail("/v2/oauth2/token/revoke", times=None, drop=True)
    sandbox.fail("/v2/oauth2/token/introspect", times=None, drop=True)
    before = revocation_calls(sandbox)
    assert sweeper_of(site).sweep() == Swept(ended=2, looked_at=1, answered=False)
    assert revocation_calls(sandbox) - before == 1
    sandbox.clear_faults()
    clock.advance(10)
    sweeper_of(site).sweep()
    assert not any(token.active for token in sandbox.tokens)


class WatchedStore(MemoryStore):
    """A store in which one call goes on until it is let go, or fails."""

    def __init__(self) -> None:
        super().__init__()
        self.entered = threading.Semaphore(0)
        self.let_go = threading.Event()
        self.let_go.set()
        self.failures = 0

    def end_expired(self, *, now: int, limit: int) -> list[SessionRecord]:
        self.entered.release()
        if self.failures:
            self.failures -= 1
            raise StoreUnavailable("The session store does not answer.")
        self.let_go.wait(10)
        return super().end_expired(now=now, limit=limit)


@pytest.fixture
def store() -> Store:
    return WatchedStore()


def test_one_process_sweeps_at_a_time(make_site: MakeSite, store: WatchedStore) -> None:
    """Who comes to sweep while another does leaves it at that."""
    store.let_go.clear()
    one, other = sweeper_of(make_site()), sweeper_of(make_site())
    sweeping = threading.Thread(target=one.sweep)
    sweeping.start()
    assert store.entered.acquire(timeout=10)
    assert other.sweep() is None
    store.let_go.set()
    sweeping.join()
    assert other.sweep() is not None


def test_a_server_sweeps_by_itself(make_site: MakeSite, store: WatchedStore, browser: Navigator) -> None:
    """With the first request a thread begins to sweep, goes on when the store was away, and ends with the site."""
    before, store.failures = sweeping(), 1
    site = make_site(GLOBUS_SWEEP_SECONDS=1)
    assert not store.entered.acquire(blocking=False)
    browser.open(f"{site.url}/public")
    for _ in range(2):
        assert store.entered.acquire(timeout=10)
    store.let_go.set()
    site.stop()
    assert sweeping() <= before


def test_no_thread_where_none_is_wanted(make_site: MakeSite, browser: Navigator) -> None:
    """With GLOBUS_SWEEP_SECONDS=0 no thread is started, whoever comes by."""
    before, site = sweeping(), make_site(GLOBUS_SWEEP_SECONDS=0)
    browser.open(f"{site.url}/public")
    assert sweeping() <= before


def test_a_session_that_ends_itself_is_not_swept_again(
    make_site: MakeSite, browser: Navigator, store: Store, clock: Clock
) -> None:
    """A browser that comes back at the same moment as the sweep is signed out once, and told so once."""
    heard = []
    site = make_site(GLOBUS_SESSION_IDLE_SECONDS=600)
    browser.sign_in(f"{site.url}/private")
    clock.advance(600)
    with signals.signal("user_logged_out").connected_to(lambda app, **facts: heard.append(facts), site.app):
        assert browser.open(f"{site.url}/").text == "nobody"
        sweeper_of(site).sweep()
    assert len(heard) == 1
