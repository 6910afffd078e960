"""The notice before somebody has to go to Globus again."""

import time

import pytest

from navigator import Navigator
from trivet import Forecast
from trivet.demo import Demo
from trivet.portal.soon import in_words

PAGES = ("/", "/dashboard", "/collections/", "/transfers/", "/sessions/")


def test_a_session_that_ends_soon_is_announced() -> None:
    """In the last quarter of an hour of a session each page says that it ends, and when."""
    with Demo(GLOBUS_SESSION_IDLE_SECONDS=600, GLOBUS_SESSION_ABSOLUTE_SECONDS=600) as demo:
        browser = Navigator(demo.sandbox)
        assert "you will have to sign in again" not in browser.open(demo.url).text
        browser.sign_in(f"{demo.url}/dashboard")
        for page in PAGES:
            assert "In 10 minutes you will have to sign in again." in browser.open(demo.url + page).text


def test_there_is_no_notice_while_there_is_time(ada: Navigator, demo: Demo) -> None:
    """Days before the end, nobody is bothered with it."""
    for page in PAGES:
        assert 'aria-label="Soon"' not in ada.open(demo.url + page).response.text


@pytest.mark.parametrize(
    ("seconds", "reason", "begin"),
    [
        (302, "session", "In 5 minutes you will have to sign in again."),
        (302, "recency", "In 5 minutes pages that want a recent sign-in will ask you for another."),
        (302, "permission", "In 5 minutes your permission for Globus Transfer ends."),
        (302, "disuse", "In 5 minutes your permission for Globus Transfer ends."),
        (0, "permission", "Your permission for Globus Transfer has ended."),
    ],
)
def test_a_forecast_in_words(seconds: int, reason: str, begin: str) -> None:
    """Each reason has a sentence, also for what has just ended."""
    forecast = Forecast(int(time.time()) + seconds, reason, "transfer.api.globus.org")
    assert in_words(forecast).startswith(begin)
