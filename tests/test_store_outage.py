"""A store that stops answering, at any moment."""

from typing import Any

import pytest

from navigator import Navigator
from site_under_test import Site
from trivet.errors import StoreUnavailable
from trivet.sandbox import Sandbox
from trivet.store import Store
from trivet.store.memory import MemoryStore


class Flaky:
    """A store that answers some calls, then one or all of the next ones not; what it holds stays."""

    def __init__(self) -> None:
        self.behind = MemoryStore()
        self.good_calls = -1
        self.down_for_good = False

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.behind, name)

        def call(*arguments: Any, **options: Any) -> Any:
            if self.good_calls == 0:
                self.good_calls = 0 if self.down_for_good else -1
                raise StoreUnavailable("The session store does not answer.", hint="Try again in a moment.")
            self.good_calls -= 1
            return method(*arguments, **options)

        return call


@pytest.fixture
def store() -> Store:
    return Flaky()  # type: ignore[return-value]


@pytest.mark.parametrize("good_calls", range(10))
def test_signing_in_leaves_nothing_half_done(
    site: Site, browser: Navigator, sandbox: Sandbox, store: Any, good_calls: int
) -> None:
    """Whichever call of the store fails during a sign-in, there is a page or a session, and no token is left over."""
    store.good_calls = good_calls
    seen = browser.sign_in(f"{site.url}/private")
    assert seen.status in {200, 503}
    store.good_calls = -1
    signed_in = browser.open(f"{site.url}/").text != "nobody"
    assert signed_in == (site.session_cookie in browser.cookies)
    assert any(token.active for token in sandbox.tokens) == signed_in
    assert browser.sign_in(f"{site.url}/private").status == 200


@pytest.mark.parametrize("good_calls", range(14))
def test_coming_back_with_more_leaves_nothing_half_done(
    site: Site, browser: Navigator, sandbox: Sandbox, store: Any, good_calls: int
) -> None:
    """Whichever call of the store fails when a step-up comes back, its person stays signed in, in one session."""
    browser.sign_in(f"{site.url}/private")
    browser.stop_before = f"{site.url}/login/callback"
    late = browser.sign_in(f"{site.url}/mine").hops[-1]
    browser.stop_before = None
    store.good_calls = good_calls
    assert browser.open(late).status in {200, 403, 503}
    store.good_calls = -1
    assert browser.open(f"{site.url}/").text == "ada@uni.example"
    assert len(store.sessions_of(sandbox.people["ada"].sub)) == 1
    assert browser.sign_in(f"{site.url}/mine").status == 200


@pytest.mark.parametrize("path", ["/private", "/mine", "/token", "/", "/missing-collection"])
@pytest.mark.parametrize("good_calls", range(4))
def test_pages_say_so_and_recover(site: Site, browser: Navigator, store: Any, path: str, good_calls: int) -> None:
    """With the store down, a page that needs it is a 503 with a way on, for scripts too; public pages go on."""
    browser.sign_in(f"{site.url}/mine")
    store.down_for_good, store.good_calls = True, good_calls
    for seen in (browser.open(f"{site.url}{path}").status, browser.fetch(f"{site.url}{path}").status_code):
        assert seen in {200, 404, 503}
    assert browser.open(f"{site.url}/public").text == "for everybody"
    store.down_for_good, store.good_calls = False, -1
    assert browser.open(f"{site.url}/private").status == 200


def test_a_logout_that_cannot_be_kept_says_so(site: Site, browser: Navigator, store: Any) -> None:
    """With the store down nobody can be signed out for good; a page says so, and trying again works."""
    browser.sign_in(f"{site.url}/private")
    store.down_for_good, store.good_calls = True, 0
    seen = browser.open(f"{site.url}/logout", method="POST", referrer=f"{site.url}/")
    assert seen.status == 503
    assert seen.response.headers["Retry-After"]
    store.down_for_good, store.good_calls = False, -1
    assert "/v2/web/logout" in browser.open(f"{site.url}/logout", method="POST", referrer=f"{site.url}/").url
    assert browser.open(f"{site.url}/").text == "nobody"
