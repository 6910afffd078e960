"""Where somebody is signed in, and the end of it at one place, at all others, or everywhere."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from conftest import Clock
from navigator import Navigator
from site_under_test import Site
from trivet.flask import signals
from trivet.sandbox import Sandbox
from trivet.store import SessionRecord, Store
from trivet.store.memory import MemoryStore

MakeSite = Callable[..., Site]
NewBrowser = Callable[[], Navigator]


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    site = make_site()
    globus = site.globus
    site.app.add_url_rule("/sessions", "sessions", lambda: [vars_of(each) for each in globus.sessions])
    site.app.add_url_rule("/end/<session_id>", "end", lambda session_id: {"ended": globus.end_session(session_id)})
    site.app.add_url_rule("/end-others", "others", lambda: {"ended": globus.end_other_sessions()})
    site.app.add_url_rule("/end-all", "all", lambda: {"ended": globus.sign_out_everywhere(), "left": str(globus.user)})
    return site


def vars_of(session: Any) -> dict[str, Any]:
    return {name: getattr(session, name) for name in ("id", "current", "seen_from", "created_at", "last_seen_at")}


def get(browser: Navigator, site: Site, path: str) -> Any:
    seen = browser.open(f"{site.url}{path}")
    assert seen.status == 200, seen.text
    return seen.response.json()


def signed_in(new_browser: NewBrowser, site: Site, person: str = "ada", user_agent: str = "") -> Navigator:
    browser = new_browser()
    browser.http.headers["User-Agent"] = user_agent
    browser.sign_in(f"{site.url}/private", person)
    return browser


@contextmanager
def heard(site: Site) -> Iterator[list[object]]:
    reasons: list[object] = []
    with signals.signal("user_logged_out").connected_to(lambda app, **facts: reasons.append(facts["reason"]), site.app):
        yield reasons


def test_people_see_where_they_are_signed_in(site: Site, new_browser: NewBrowser, clock: Clock) -> None:
    """The list has each of one's own sessions, the oldest first, with when and where, and says which one is looking."""
    began = int(clock.now)
    first = signed_in(new_browser, site, user_agent="X (iPhone) Safari/604.1")
    signed_in(new_browser, site, "grace")
    clock.advance(100)
    second = signed_in(new_browser, site, user_agent="X (Windows) Firefox/140.0")
    clock.advance(200)
    phone, desk = get(second, site, "/sessions")
    assert (phone["current"], desk["current"]) == (False, True)
    assert phone["seen_from"] in {"Safari on iPhone, 127.0.0.1", "Safari on iPhone, ::1"}
    assert desk["seen_from"].startswith("Firefox on Windows, ")
    assert (phone["created_at"], phone["last_seen_at"]) == (began, began)
    assert (desk["created_at"], desk["last_seen_at"]) == (began + 100, began + 300)
    assert first.cookies[site.session_cookie] not in {phone["id"], desk["id"]}
    assert get(new_browser(), site, "/sessions") == []


def test_a_step_up_stays_one_session(site: Site, new_browser: NewBrowser) -> None:
    """Consenting to more leaves one session in the list, seen from where it was."""
    browser = signed_in(new_browser, site, user_agent="X (iPhone) Safari/604.1")
    browser.sign_in(f"{site.url}/mine")
    (session,) = get(browser, site, "/sessions")
    assert session["seen_from"].startswith("Safari on iPhone")


def test_one_session_is_ended(site: Site, new_browser: NewBrowser, sandbox: Sandbox) -> None:
    """Ending one signs out that browser, revokes its tokens, and leaves the others alone."""
    here, there = signed_in(new_browser, site), signed_in(new_browser, site)
    (other,) = [each["id"] for each in get(here, site, "/sessions") if not each["current"]]
    alive = sum(token.active for token in sandbox.tokens)
    with heard(site) as reasons:
        assert get(here, site, f"/end/{other}") == {"ended": True}
    assert reasons == ["ended_by_user"]
    assert there.open(f"{site.url}/").text == "nobody"
    assert here.open(f"{site.url}/").text != "nobody"
    assert sum(token.active for token in sandbox.tokens) == alive / 2
    assert get(here, site, f"/end/{other}") == {"ended": False}


def test_nobody_ends_the_sessions_of_others(site: Site, new_browser: NewBrowser) -> None:
    """The id of somebody else's session, or of none, ends nothing."""
    ada, grace = signed_in(new_browser, site), signed_in(new_browser, site, "grace")
    (session,) = get(ada, site, "/sessions")
    for session_id in (session["id"], "A" * 43, "x"):
        assert get(grace, site, f"/end/{session_id}") == {"ended": False}
    assert ada.open(f"{site.url}/").text != "nobody"


def test_all_others_are_ended(site: Site, new_browser: NewBrowser) -> None:
    """One stays signed in here and nowhere else; other people stay as they are."""
    here, *others = (signed_in(new_browser, site) for _ in range(3))
    grace = signed_in(new_browser, site, "grace")
    assert get(here, site, "/end-others") == {"ended": 2}
    assert [browser.open(f"{site.url}/").text for browser in others] == ["nobody", "nobody"]
    for browser in (here, grace):
        assert browser.open(f"{site.url}/").text != "nobody"
    assert get(here, site, "/end-others") == {"ended": 0}


def test_signing_out_everywhere_leaves_nothing(site: Site, new_browser: NewBrowser, sandbox: Sandbox) -> None:
    """After it every browser of that person is signed out, this one at once, and no token of theirs is good."""
    browsers = [signed_in(new_browser, site) for _ in range(3)]
    assert get(browsers[0], site, "/end-all") == {"ended": 3, "left": "None"}
    assert [browser.open(f"{site.url}/").text for browser in browsers] == ["nobody"] * 3
    assert not any(token.active for token in sandbox.tokens)


class BusyStore(MemoryStore):
    """A store in which the person consents to more, elsewhere, at the very moment at which sessions are looked for."""

    def __init__(self) -> None:
        super().__init__()
        self.successors: list[str] = []

    def sessions_of(self, sub: str) -> list[SessionRecord]:
        found = super().sessions_of(sub)
        if self.successors:
            successor = SessionRecord(self.successors.pop(), sub, found[-1].user, "", *([int(found[-1].ends_at)] * 3))
            self.open_session(successor, [], replacing=found[-1].id)
        return found


@pytest.fixture
def store() -> Store:
    return BusyStore()


def test_a_session_that_was_replaced_meanwhile_is_ended_too(
    site: Site, new_browser: NewBrowser, store: BusyStore
) -> None:
    """Signing out everywhere goes on until nothing is left, though sessions change their ids under its hands."""
    here = signed_in(new_browser, site)
    signed_in(new_browser, site)
    store.successors = ["B" * 43, "C" * 43]
    get(here, site, "/end-all")
    assert store.scan_sessions(limit=10) == ([], "")


@pytest.mark.parametrize("path", ["/end/x", "/end-others", "/end-all"])
def test_strangers_are_asked_to_sign_in(site: Site, browser: Navigator, sandbox: Sandbox, path: str) -> None:
    """Who is not signed in is sent to sign in; nothing else happens."""
    assert browser.step(f"{site.url}{path}").headers["Location"].startswith(sandbox.url)
