"""The page of one's own sessions."""

from collections.abc import Callable

from navigator import Navigator
from trivet.demo import Demo

SignIn = Callable[[str], Navigator]


def others(browser: Navigator, demo: Demo) -> set[str]:
    """The sessions that the page offers to end, by id; the portal remembers those of other tests too."""
    page = browser.open(f"{demo.url}/sessions/")
    assert page.text.count("this one") == 1
    return {dict(form.fields)["session"] for form in page.forms if form.action.endswith("/end")}


def test_the_page_has_ones_own_sessions_only(sign_in: SignIn, demo: Demo) -> None:
    """Ada sees the session she opens elsewhere, and nothing of Grace's."""
    here = sign_in("ada")
    before = others(here, demo)
    grace = sign_in("grace")
    assert others(here, demo) == before
    theirs = others(grace, demo)
    sign_in("ada")
    assert len(others(here, demo) - before) == 1
    assert others(grace, demo) == theirs


def test_a_session_that_has_gone_is_said_to_have(sign_in: SignIn, demo: Demo) -> None:
    """The button of a session that ended in the meantime ends in a sentence."""
    here = sign_in("ada")
    before = others(here, demo)
    there = sign_in("ada")
    page = here.open(f"{demo.url}/sessions/")
    (end,) = [
        form for form in page.forms if form.action.endswith("/end") and dict(form.fields)["session"] not in before
    ]
    there.open(f"{demo.url}/logout", method="POST", referrer=f"{demo.url}/")
    seen = here.open(demo.url + end.action, method="POST", referrer=page.url, data=end.fields)
    assert "That session had ended already." in seen.text


def test_forged_forms_end_nothing(sign_in: SignIn, demo: Demo) -> None:
    """A form of another site, or without the token of the page, ends no session."""
    here, there = sign_in("ada"), sign_in("ada")
    for action in ("end", "end-others", "sign-out-everywhere"):
        seen = here.open(
            f"{demo.url}/sessions/{action}", method="POST", referrer="https://evil.com/", data={"session": "x"}
        )
        assert seen.status == 400
    for browser in (here, there):
        assert browser.open(f"{demo.url}/dashboard").url == f"{demo.url}/dashboard"


def test_looking_changes_nothing(sign_in: SignIn, demo: Demo) -> None:
    """The addresses that end sessions cannot be followed as links."""
    here = sign_in("ada")
    for action in ("end", "end-others", "sign-out-everywhere"):
        assert here.open(f"{demo.url}/sessions/{action}").status == 405
