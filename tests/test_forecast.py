"""When a session will next need the person."""

from collections.abc import Callable

import pytest

from conftest import START, Clock
from navigator import Navigator
from site_under_test import Site
from trivet.flask import signals
from trivet.forecast import REFRESH_IDLE_SECONDS, Forecast, forecast
from trivet.tokens import AccessToken, RefreshToken, TokenSet


def tokens(server: str, *, renewable: bool, obtained_at: int = 0, expires_at: int = 100) -> TokenSet:
    refresh_token = RefreshToken("r") if renewable else None
    return TokenSet(server, AccessToken("a"), refresh_token, frozenset(), obtained_at, expires_at)


@pytest.mark.parametrize(
    ("recent_until", "expected"), [(999, Forecast(999, "recency")), (1001, Forecast(1000, "session"))]
)
def test_pages_that_want_a_recent_sign_in_count(recent_until: int, expected: Forecast) -> None:
    """What was recent enough for a page of this site, and will not be, is told if it comes before the rest."""
    assert forecast([], session_ends_at=1000, recent_until=recent_until) == expected


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        ([], Forecast(1000, "session")),
        ([tokens("a", renewable=True)], Forecast(1000, "session")),
        ([tokens("a", renewable=True), tokens("b", renewable=False)], Forecast(100, "permission", "b")),
        ([tokens("a", renewable=False, expires_at=2000)], Forecast(1000, "session")),
        ([tokens("a", renewable=True, obtained_at=-REFRESH_IDLE_SECONDS + 7)], Forecast(7, "disuse", "a")),
    ],
)
def test_what_comes_first_is_told(held: list[TokenSet], expected: Forecast) -> None:
    """Of the end of the session, tokens that nothing renews, and refresh tokens out of use, the first is told."""
    assert forecast(held, session_ends_at=1000) == expected


def test_a_page_can_tell_it(site: Site, browser: Navigator, clock: Clock) -> None:
    """A signed-in page knows when its person will have to come back to Globus; nobody has no forecast."""
    browser.sign_in(f"{site.url}/private")
    cookie = f"{site.session_cookie}={browser.cookies[site.session_cookie]}"
    with site.app.test_request_context(headers={"Cookie": cookie}):
        assert site.globus.forecast == Forecast(START + 7 * 24 * 3600, "session")
    with site.app.test_request_context():
        assert site.globus.forecast is None


def test_listeners_hear_of_it_once(make_site: Callable[..., Site], browser: Navigator, clock: Clock) -> None:
    """When the time comes near, the application's listeners are told, however many pages ask."""
    site = make_site(GLOBUS_SESSION_IDLE_SECONDS=1000, GLOBUS_SESSION_ABSOLUTE_SECONDS=1000)
    heard = []

    def hear(_app: object, **facts: object) -> None:
        heard.append(facts)

    browser.sign_in(f"{site.url}/private")
    cookie = f"{site.session_cookie}={browser.cookies[site.session_cookie]}"
    with signals.signal("sign_in_needed_soon").connected_to(hear):
        for remaining, times in ((901, 0), (900, 1), (600, 1)):
            clock.now = START + 1000 - remaining
            with site.app.test_request_context(headers={"Cookie": cookie}):
                assert site.globus.forecast == Forecast(START + 1000, "session")
            assert len(heard) == times
    assert heard == [{"sub": browser.globus.people["ada"].sub, "at": START + 1000, "reason": "session"}]


def test_listeners_hear_of_it_from_pages_that_do_not_ask(
    make_site: Callable[..., Site], browser: Navigator, clock: Clock
) -> None:
    """Any page that a person opens near the end tells the listeners, whether or not it wants to know by itself."""
    site = make_site(GLOBUS_SESSION_IDLE_SECONDS=1000, GLOBUS_SESSION_ABSOLUTE_SECONDS=1000)
    heard = []

    def hear(_app: object, **facts: object) -> None:
        heard.append(facts)

    browser.sign_in(f"{site.url}/private")
    with signals.signal("sign_in_needed_soon").connected_to(hear):
        for remaining, times in ((960, 0), (899, 1), (600, 1)):
            clock.now = START + 1000 - remaining
            assert browser.open(f"{site.url}/private").url == f"{site.url}/private"
            assert len(heard) == times
    assert heard == [{"sub": browser.globus.people["ada"].sub, "at": START + 1000, "reason": "session"}]


def test_a_page_with_max_age_is_in_the_forecast(site: Site, browser: Navigator, clock: Clock) -> None:
    """Once somebody has opened pages with a max_age, it is known when the first of them will want another sign-in."""

    def page() -> str:
        return "come in"

    for max_age in (5000, 2000):
        site.app.add_url_rule(f"/{max_age}", f"page {max_age}", site.globus.require(max_age=max_age)(page))
    browser.sign_in(f"{site.url}/5000")
    cookie = f"{site.session_cookie}={browser.cookies[site.session_cookie]}"

    def foretold() -> Forecast | None:
        with site.app.test_request_context(headers={"Cookie": cookie}):
            return site.globus.forecast

    assert foretold() == Forecast(START + 5000, "recency")
    clock.advance(100)
    assert browser.open(f"{site.url}/2000").text == "come in"
    assert foretold() == Forecast(START + 2000, "recency")
    clock.advance(1900)
    assert foretold() == Forecast(START + 5000, "recency")
    clock.advance(3000)
    assert foretold() == Forecast(START + 7 * 24 * 3600, "session")


def test_another_sign_in_makes_another_forecast(site: Site, browser: Navigator, clock: Clock) -> None:
    """Who signs in once more for such a page has the whole time again."""

    def page() -> str:
        return "come in"

    site.app.add_url_rule("/2000", "page 2000", site.globus.require(max_age=2000)(page))
    browser.sign_in(f"{site.url}/2000")
    clock.advance(2001)
    assert browser.agree(browser.open(f"{site.url}/2000")).text == "come in"
    cookie = f"{site.session_cookie}={browser.cookies[site.session_cookie]}"
    with site.app.test_request_context(headers={"Cookie": cookie}):
        assert site.globus.forecast == Forecast(START + 4001, "recency")
