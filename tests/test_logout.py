"""Signing out."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest

from conftest import Clock
from navigator import Navigator
from site_under_test import Site
from trivet.sandbox import Sandbox

MakeSite = Callable[..., Site]
NewBrowser = Callable[[], Navigator]


def sign_out(browser: Navigator, site: Site, method: str = "POST") -> str:
    """Sign out by a page of the site, and return where the browser is sent."""
    response = browser.step(f"{site.url}/logout", method=method, referrer=f"{site.url}/")
    assert response.status_code == 303
    return response.headers["Location"]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_signing_out_ends_everything(site: Site, browser: Navigator, new_browser: NewBrowser, method: str) -> None:
    """A link or a button of the site ends the session: cookie gone, old cookie dead, every token revoked at Globus."""
    browser.sign_in(f"{site.url}/mine")
    old = browser.cookies[site.session_cookie]
    assert any(token.active for token in browser.globus.tokens)
    sign_out(browser, site, method)
    assert site.session_cookie not in browser.cookies
    assert not any(token.active for token in browser.globus.tokens)
    thief = new_browser()
    thief.http.cookies.set(site.session_cookie, old)
    assert thief.open(f"{site.url}/").text == "nobody"


def test_every_session_that_the_browser_shows_is_ended(site: Site, browser: Navigator, new_browser: NewBrowser) -> None:
    """Where two cookies lead to two sessions, as on loopback for two paths, signing out leaves neither behind."""
    other = new_browser()
    browser.sign_in(f"{site.url}/private")
    other.sign_in(f"{site.url}/private", "grace")
    second = other.cookies[site.session_cookie]
    browser.http.cookies.set(site.session_cookie, second, domain="localhost.local", path="/logout")
    sign_out(browser, site)
    assert [each.open(f"{site.url}/").text for each in (browser, other)] == ["nobody", "nobody"]
    assert not any(token.active for token in browser.globus.tokens)


def test_signing_out_leads_to_the_globus_logout_page(make_site: MakeSite, browser: Navigator) -> None:
    """The Globus logout page gets the client id and the way back, each encoded as one parameter."""
    site = make_site(GLOBUS_APP_NAME="R&D portal")
    browser.sign_in(f"{site.url}/private")
    address = sign_out(browser, site)
    assert address.startswith(f"{browser.globus.url}/v2/web/logout?")
    assert parse_qs(urlsplit(address).query, strict_parsing=True) == {
        "client_id": [browser.globus.clients["portal"].id],
        "redirect_uri": [f"{site.url}/"],
        "redirect_name": ["R&D portal"],
    }


@pytest.mark.parametrize("signed_in_before", [True, False])
def test_signing_out_twice_or_without_a_session_is_fine(site: Site, browser: Navigator, signed_in_before: bool) -> None:
    """Signing out when already signed out, or never signed in, leads to the same place."""
    if signed_in_before:
        browser.sign_in(f"{site.url}/private")
        sign_out(browser, site)
    assert "/v2/web/logout?" in sign_out(browser, site)


@pytest.mark.parametrize(
    ("method", "referrer"),
    [("GET", "https://evil.com/page"), ("GET", None), ("POST", "https://evil.com/page")],
)
def test_nobody_else_signs_people_out(site: Site, browser: Navigator, method: str, referrer: str | None) -> None:
    """A link or form elsewhere ends nothing: a page asks, and its button does it."""
    browser.sign_in(f"{site.url}/private")
    seen = browser.open(f"{site.url}/logout", method=method, referrer=referrer)
    assert "Sign out?" in seen.text
    assert "@" in browser.open(f"{site.url}/").text
    assert "/v2/web/logout" in browser.press(seen).url
    assert browser.open(f"{site.url}/").text == "nobody"


def test_two_browsers_are_two_sessions(site: Site, browser: Navigator, new_browser: NewBrowser) -> None:
    """Signing out at one browser leaves the same person signed in at another, with tokens that work."""
    other = new_browser()
    browser.sign_in(f"{site.url}/mine")
    other.sign_in(f"{site.url}/mine")
    sign_out(browser, site)
    assert other.open(f"{site.url}/mine").status == 200


@pytest.mark.parametrize(
    "fault", [{"status": 503}, {"drop": True}, {"status": 401, "body": {"error": "invalid_client"}}]
)
def test_signing_out_works_while_globus_does_not(
    site: Site,
    browser: Navigator,
    sandbox: Sandbox,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
    fault: dict[str, object],
) -> None:
    """With Globus out of order the person is signed out all the same, and once it is back their tokens are revoked."""
    browser.sign_in(f"{site.url}/mine")
    sandbox.fail("/v2/oauth2/token/revoke", times=None, **fault)
    sign_out(browser, site)
    assert browser.open(f"{site.url}/").text == "nobody"
    assert "a revocation is left for later" in caplog.text
    sandbox.clear_faults()
    clock.advance(10)
    site.app.extensions["trivet"].sweeper.sweep()
    assert not any(token.active for token in sandbox.tokens)


def test_signing_out_clears_what_the_framework_keeps(make_site: MakeSite, browser: Navigator) -> None:
    """Flask's own session of this browser is emptied too, so the next person does not find it."""
    from flask import session

    site = make_site()
    site.app.add_url_rule("/note", "note", lambda: session.setdefault("note", "ada's") or "")
    site.app.add_url_rule("/read", "read", lambda: session.get("note", "nothing"))
    browser.sign_in(f"{site.url}/private")
    browser.open(f"{site.url}/note")
    assert browser.open(f"{site.url}/read").text == "ada's"
    sign_out(browser, site)
    assert browser.open(f"{site.url}/read").text == "nothing"


def test_a_change_of_person_clears_it_too(make_site: MakeSite, browser: Navigator, sandbox: Sandbox) -> None:
    """When somebody else signs in at the same browser, Flask's session does not pass over to them."""
    from flask import session

    site = make_site()
    site.app.add_url_rule("/note", "note", lambda: session.setdefault("note", "ada's") or "")
    site.app.add_url_rule("/read", "read", lambda: session.get("note", "nothing"))
    browser.stop_before = f"{site.url}/login/callback"
    late = browser.sign_in(f"{site.url}/private", "grace").hops[-1]
    browser.stop_before = None
    browser.open(f"{sandbox.url}/v2/web/logout")
    browser.sign_in(f"{site.url}/private", "ada")
    browser.open(f"{site.url}/note")
    assert browser.open(late).response.json()["sub"] == sandbox.people["grace"].sub
    assert browser.open(f"{site.url}/read").text == "nothing"


def test_a_person_after_a_timeout_inherits_nothing(
    make_site: MakeSite, browser: Navigator, sandbox: Sandbox, clock: Clock
) -> None:
    """When a session has run out and somebody else signs in at the browser, Flask's session does not pass over."""
    from flask import session

    site = make_site(GLOBUS_SESSION_IDLE_SECONDS=600)
    site.app.add_url_rule("/note", "note", lambda: session.setdefault("note", "ada's") or "")
    site.app.add_url_rule("/read", "read", lambda: session.get("note", "nothing"))
    browser.sign_in(f"{site.url}/private")
    browser.open(f"{site.url}/note")
    clock.advance(600)
    browser.open(f"{sandbox.url}/v2/web/logout")
    browser.sign_in(f"{site.url}/private", "grace")
    assert browser.open(f"{site.url}/read").text == "nothing"


def test_a_step_up_does_not_undo_a_logout(site: Site, browser: Navigator, sandbox: Sandbox) -> None:
    """Who signs out while consenting to more stays signed out when that comes back, and its tokens are revoked."""
    browser.sign_in(f"{site.url}/private")
    browser.stop_before = f"{site.url}/login/callback"
    late = browser.sign_in(f"{site.url}/mine").hops[-1]
    browser.stop_before = None
    sign_out(browser, site)
    seen = browser.open(late)
    assert seen.status == 400
    assert "signed out in the meantime" in seen.text
    assert browser.open(f"{site.url}/").text == "nobody"
    assert not any(token.active for token in sandbox.tokens)
