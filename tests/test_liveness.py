"""Sessions that Globus has ended behind our back."""

from collections.abc import Callable

import pytest

from conftest import Clock
from navigator import Navigator
from site_under_test import TRANSFER, Site
from trivet.errors import StoreUnavailable
from trivet.liveness import AGAIN_SECONDS
from trivet.sandbox import Sandbox
from trivet.store import Store, TokenRecord
from trivet.store.memory import MemoryStore

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
