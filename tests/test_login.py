"""Signing in: from a page to Globus and back, and every way in which that can fail."""

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import pytest

from conftest import Clock
from navigator import Navigator
from site_under_test import Site
from trivet.sandbox import Sandbox
from trivet.sandbox.switches import Switches
from trivet.store import Store

MakeSite = Callable[..., Site]
NewBrowser = Callable[[], Navigator]


def query_of(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def at_globus(browser: Navigator, site: Site, target: str = "/private") -> dict[str, str]:
    """Begin to sign in, and return what Globus was asked."""
    response = browser.step(f"{site.url}{target}")
    assert response.status_code == 303
    assert response.headers["Location"].startswith(f"{browser.globus.url}/v2/oauth2/authorize?")
    return query_of(response.headers["Location"])


def callback_address(browser: Navigator, site: Site, target: str = "/private", person: str = "ada") -> str:
    """Go through Globus, and return the callback's address without opening it."""
    browser.stop_before = f"{site.url}/login/callback"
    address = browser.sign_in(f"{site.url}{target}", person).hops[-1]
    browser.stop_before = None
    return address


def assert_nobody_is_signed_in(browser: Navigator, site: Site) -> None:
    assert browser.open(f"{site.url}/").text == "nobody"
    assert site.session_cookie not in browser.cookies
    assert not any(token.active for token in browser.globus.tokens)


def test_a_deep_link_comes_back_to_itself(site: Site, browser: Navigator) -> None:
    """Who opens a page without being signed in signs in and lands on that very page, query string included."""
    seen = browser.sign_in(f"{site.url}/private?q=a%20b&next=/x&q=2")
    assert seen.status == 200
    assert seen.url == f"{site.url}/private?q=a%20b&next=/x&q=2"
    assert seen.response.json()["sub"] == browser.globus.people["ada"].sub


def test_each_attempt_is_its_own(site: Site, browser: Navigator) -> None:
    """Every attempt has its own ``state``, ``nonce`` and PKCE S256 challenge, of 43 characters each."""
    one, two = at_globus(browser, site), at_globus(browser, site)
    for name in ("state", "nonce", "code_challenge"):
        assert len(one[name]) == len(two[name]) == 43
        assert one[name] != two[name]
    assert one["code_challenge_method"] == "S256"
    assert one["redirect_uri"] == f"{site.url}/login/callback"


@pytest.mark.parametrize(("wanted", "kinds"), [(True, {"access", "refresh"}), (False, {"access"})])
def test_refresh_tokens_are_asked_for_unless_turned_off(
    make_site: MakeSite, browser: Navigator, sandbox: Sandbox, wanted: bool, kinds: set[str]
) -> None:
    """Refresh tokens come by default; a setting does without them."""
    browser.sign_in(f"{make_site(GLOBUS_REFRESH_TOKENS=wanted).url}/private")
    assert {token.kind for token in sandbox.tokens} == kinds


def test_one_exchange_and_no_more_than_one(site: Site, browser: Navigator, sandbox: Sandbox) -> None:
    """A login costs one call of the authorize page and one exchange; the keys are fetched once for all logins."""
    browser.sign_in(f"{site.url}/private")
    browser.open(f"{site.url}/logout", method="POST", referrer=f"{site.url}/")
    before = len(sandbox.requests)
    browser.sign_in(f"{site.url}/private")
    paths = [request.path for request in sandbox.requests[before:]]
    assert paths.count("/v2/oauth2/token") == 1
    assert paths.count("/jwk.json") == 0
    assert paths.count("/.well-known/openid-configuration") == 0


def test_two_tabs_sign_in_side_by_side(site: Site, browser: Navigator) -> None:
    """Two attempts begun before either is finished both end where they were going."""
    first = callback_address(browser, site, "/private?tab=1")
    second = callback_address(browser, site, "/private?tab=2")
    assert browser.open(second).url == f"{site.url}/private?tab=2"
    assert browser.open(first).url == f"{site.url}/private?tab=1"


def test_a_new_login_has_a_new_session_id(site: Site, browser: Navigator, new_browser: NewBrowser) -> None:
    """Signing in again replaces the session: a new cookie value, the old one dead, its tokens revoked."""
    second = callback_address(browser, site, "/private?tab=2")
    browser.sign_in(f"{site.url}/private")
    old = browser.cookies[site.session_cookie]
    browser.open(second)
    assert browser.cookies[site.session_cookie] != old
    thief = new_browser()
    thief.http.cookies.set(site.session_cookie, old)
    assert thief.open(f"{site.url}/").text == "nobody"
    assert sum(token.active for token in browser.globus.tokens) == 2


def test_a_login_that_brings_the_same_tokens_keeps_them(
    clock: Clock, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Should Globus give a login what an earlier one has, the end of that one's session revokes none of it."""
    with ExitStack() as ending:
        sandbox = ending.enter_context(Sandbox(clock=clock, switches=Switches(logins_share_access_tokens=True)))
        for name, value in sandbox.environ.items():
            monkeypatch.setenv(name, value)
        site, browser = Site(sandbox, store=store, clock=clock), Navigator(sandbox)
        ending.callback(site.stop)
        second = callback_address(browser, site, "/private?tab=2")
        browser.sign_in(f"{site.url}/private")
        old = browser.cookies[site.session_cookie]
        browser.open(second)
        assert browser.cookies[site.session_cookie] != old
        held = [(token.kind, token.active) for token in sandbox.tokens]
        assert held == [("access", True), ("refresh", False), ("refresh", True)]
        browser.open(f"{site.url}/logout", method="POST", referrer=f"{site.url}/")
        assert not any(token.active for token in sandbox.tokens)


def test_a_planted_session_cookie_is_not_adopted(site: Site, browser: Navigator) -> None:
    """A cookie value that somebody else chose is never the one a login ends with."""
    browser.http.cookies.set(site.session_cookie, "A" * 43, domain="localhost.local")
    browser.sign_in(f"{site.url}/private")
    assert "A" * 43 not in browser.cookies.values()


def test_somebody_signed_in_goes_straight_on(site: Site, browser: Navigator) -> None:
    """``/login`` in a stale tab leads a signed-in person to ``next`` without asking Globus."""
    browser.sign_in(f"{site.url}/private")
    seen = browser.open(f"{site.url}/login?next=/private%3Fx=1")
    assert seen.hops == [f"{site.url}/private?x=1"]


@pytest.mark.parametrize(
    "target",
    [
        "//evil.com",
        "https://evil.com/",
        "/\\evil.com",
        "/login",
        "/logout?x",
        "/login/callback?code=x",
        "/x/../logout",
        "/x/%2e%2e/login",
        "//login",
    ],
)
def test_login_never_leads_elsewhere(site: Site, browser: Navigator, target: str) -> None:
    """An unsafe ``next``, or one of the sign-in's own addresses, leads to the start page instead."""
    seen = browser.sign_in(f"{site.url}/login?{urlencode({'next': target})}")
    assert seen.url == f"{site.url}/"
    assert seen.text == "ada@lovelace.example" or "@" in seen.text


def test_a_very_long_address_ends_at_the_start_page(site: Site, browser: Navigator) -> None:
    """An address that fits no cookie is given up for the start page; signing in works all the same."""
    seen = browser.sign_in(f"{site.url}/private?x=" + quote('"' * 1500))
    assert (seen.status, seen.url) == (200, f"{site.url}/")


# -- who may start what


def test_head_starts_nothing(site: Site, browser: Navigator) -> None:
    """``HEAD`` sets no cookie, on a page that needs a sign-in and on ``/login`` itself."""
    for path in ("/private", "/login", "/login/callback?code=x&state=y", "/logout"):
        response = browser.step(f"{site.url}{path}", method="HEAD")
        assert response.status_code < 500
        assert "Location" not in response.headers
    assert not browser.cookies


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Purpose": "prefetch"},
        {"Sec-Purpose": "prefetch;prerender"},
        {"Purpose": "prefetch"},
        {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"},
        {"Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"},
        {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"},
    ],
)
def test_what_nobody_looks_at_starts_nothing(site: Site, browser: Navigator, headers: dict[str, str]) -> None:
    """A prefetch, an image, a script or a frame sets no cookie and is sent nowhere."""
    for path in ("/private", "/login"):
        response = browser.step(f"{site.url}{path}", headers=headers)
        assert response.status_code in {401, 403}
        assert "Location" not in response.headers
    assert not browser.cookies


def test_a_prefetch_ends_nothing(site: Site, browser: Navigator) -> None:
    """A signed-in person stays so when their browser prefetches ``/logout``, or a page embeds it as an image."""
    browser.sign_in(f"{site.url}/private")
    for headers in ({"Sec-Purpose": "prefetch"}, {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}):
        browser.step(f"{site.url}/logout", referrer=f"{site.url}/", headers=headers)
    assert "@" in browser.open(f"{site.url}/").text


def test_a_script_gets_401_and_where_to_go(site: Site, browser: Navigator) -> None:
    """A ``fetch`` without sign-in is answered 401 in JSON, with the address that signs in and returns to its page."""
    response = browser.fetch(f"{site.url}/private", referrer=f"{site.url}/public?page=2")
    assert response.status_code == 401
    assert "WWW-Authenticate" in response.headers
    document = response.json()
    assert document["code"] == "AuthorizationRequired"
    assert document["authorization_parameters"]["session_message"]
    seen = browser.sign_in(document["login_url"])
    assert seen.url == f"{site.url}/public?page=2"


def test_a_form_sent_without_sign_in_is_explained(site: Site, browser: Navigator) -> None:
    """A form sent after the session ended is not lost in a redirect: a page says so and leads back to the form."""
    seen = browser.open(f"{site.url}/form", method="POST", referrer=f"{site.url}/public?form=1", data={"a": "b"})
    assert seen.status == 401
    assert "not saved" in seen.text
    assert browser.sign_in(seen.link("Sign in")).url == f"{site.url}/public?form=1"


def test_another_host_name_is_corrected_first(site: Site, browser: Navigator) -> None:
    """A page opened at 127.0.0.1 moves to the configured name before any cookie is set, whatever page it is."""
    elsewhere = site.url.replace("localhost", "127.0.0.1")
    for path in ("/private?x=1", "/public?y=2", "/login?next=/private"):
        response = browser.step(f"{elsewhere}{path}")
        assert response.status_code == 303
        assert response.headers["Location"].startswith(f"{site.url}{path}")
        assert "Set-Cookie" not in response.headers
    assert browser.sign_in(f"{elsewhere}/private?x=1").url == f"{site.url}/private?x=1"


def test_a_proxy_that_changes_the_host_is_explained(site: Site, browser: Navigator) -> None:
    """Behind a proxy that hides the host name there is no endless redirect, but a page that says what is wrong."""
    first = browser.step(f"{site.url}/public", headers={"Host": "backend:8000"})
    address = first.headers["Location"]
    second = browser.step(address, headers={"Host": "backend:8000"})
    assert second.status_code == 421
    assert "Host header" in second.text


def test_another_port_of_this_machine_is_explained(
    site: Site, browser: Navigator, caplog: pytest.LogCaptureFixture
) -> None:
    """Who runs the application at another port than configured reads that, and is not sent to whatever is there."""
    for host in ("localhost:1", "127.0.0.1:1"):
        response = browser.step(f"{site.url}/public", headers={"Host": host})
        assert response.status_code == 421
        assert "GLOBUS_BASE_URL" in response.text
        assert "Location" not in response.headers
    assert "GLOBUS_BASE_URL is" in caplog.text


def test_a_health_check_by_another_name_is_left_alone(site: Site, browser: Navigator) -> None:
    """A program that asks for a public page by another name gets the page."""
    response = browser.step(
        f"{site.url}/public",
        headers={"Host": "10.0.0.7:8000", "Accept": "*/*", "Sec-Fetch-Mode": None, "Sec-Fetch-Dest": None},
    )
    assert (response.status_code, response.text) == (200, "for everybody")


# -- one address for both legs


def test_one_address_serves_both_legs(make_site: MakeSite, browser: Navigator) -> None:
    """With ``/login`` itself registered as redirect address, it starts the sign-in and receives the code."""
    site = make_site(CALLBACK_PATH="/login")
    assert browser.sign_in(f"{site.url}/login?next=/private").url == f"{site.url}/private"
    assert browser.step(f"{site.url}/login/callback").status_code == 404
    stale = browser.open(f"{site.url}/login?code=x&state=y")
    assert stale.status == 400


def test_the_addresses_can_be_moved(make_site: MakeSite, browser: Navigator) -> None:
    """A prefix moves all three addresses."""
    site = make_site(GLOBUS_URL_PREFIX="/auth", CALLBACK_PATH="/auth/login/callback")
    assert browser.sign_in(f"{site.url}/auth/login?next=/private").url == f"{site.url}/private"
    browser.open(f"{site.url}/auth/logout", method="POST", referrer=f"{site.url}/")
    assert_nobody_is_signed_in(browser, site)


# -- what can go wrong on the way back


def test_denied_consent_is_a_sentence_and_a_way_on(site: Site, browser: Navigator) -> None:
    """Who denies consent reads that, and can sign in after all and land where they were going."""
    seen = browser.agree(browser.open(f"{site.url}/private?x=1"), decision="deny")
    assert seen.status == 403
    assert "did not give" in seen.text
    assert_nobody_is_signed_in(browser, site)
    assert browser.sign_in(seen.link("Sign in")).url == f"{site.url}/private?x=1"


def test_a_forged_callback_signs_nobody_in(site: Site, browser: Navigator, new_browser: NewBrowser) -> None:
    """A callback that this browser did not ask for, made up or begun by an attacker, does not sign it in."""
    attacker = new_browser()
    forged = [callback_address(attacker, site, person="grace"), f"{site.url}/login/callback?code=x&state=y"]
    for address in forged:
        seen = browser.open(address)
        assert seen.status == 400
        assert "not started in this browser" in seen.text
        assert browser.open(f"{site.url}/").text == "nobody"


def test_a_forged_callback_keeps_somebody_signed_in(site: Site, browser: Navigator, new_browser: NewBrowser) -> None:
    """A forged callback does not change who is signed in; the page says who that is and leads on."""
    browser.sign_in(f"{site.url}/private")
    seen = browser.open(callback_address(new_browser(), site, person="grace"))
    assert "You are signed in as" in seen.text
    assert browser.open(seen.link("Continue")).text == browser.open(f"{site.url}/").text != "nobody"


def test_a_callback_works_once(site: Site, browser: Navigator) -> None:
    """Reloading the callback changes nothing; the person is told, stays signed in and can go on."""
    address = callback_address(browser, site)
    assert browser.open(address).status == 200
    session_cookie = browser.cookies[site.session_cookie]
    seen = browser.open(address)
    assert seen.status == 400
    assert browser.cookies[site.session_cookie] == session_cookie
    assert browser.open(seen.link("Continue")).status == 200


def test_a_callback_sent_twice_at_once_is_exchanged_once(site: Site, browser: Navigator, sandbox: Sandbox) -> None:
    """Of two callbacks with the same cookies, as by an impatient double click, one goes on and one is told so."""
    address = callback_address(browser, site)
    cookies = dict(browser.cookies)
    assert browser.open(address).status == 200
    twin = Navigator(sandbox)
    for name, value in cookies.items():
        twin.http.cookies.set(name, value)
    seen = twin.open(address)
    assert seen.status == 400
    assert "completed already" in seen.text
    assert [request.path for request in sandbox.requests].count("/v2/oauth2/token") == 1


def test_a_slow_person_is_told_and_can_start_again(site: Site, browser: Navigator, clock: Clock) -> None:
    """Who takes longer than the time for an attempt reads that, and starts again towards the same page."""
    address = callback_address(browser, site, "/private?x=1")
    clock.advance(15 * 60)
    seen = browser.open(address)
    assert seen.status == 400
    assert "too long" in seen.text
    assert_nobody_is_signed_in(browser, site)
    assert browser.sign_in(seen.link("Sign in")).url == f"{site.url}/private?x=1"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda address: address.replace("code=", "code=x"),
        lambda address: address + "&code=second",
        lambda address: address.replace("code=", "nothing="),
        lambda address: address + "&error=server_error",
        lambda address: address + "&iss=https://evil.com",
    ],
)
def test_a_spoilt_callback_signs_nobody_in(site: Site, browser: Navigator, spoil: Callable[[str], str]) -> None:
    """A wrong, doubled or missing code, an error beside it, or a foreign issuer end in a page with a way on."""
    seen = browser.open(spoil(callback_address(browser, site, "/private?x=1")))
    assert 400 <= seen.status < 504
    assert seen.link("Sign in")
    assert browser.open(f"{site.url}/").text == "nobody"


@pytest.mark.parametrize("spoil", [lambda own, other: other, lambda own, other: own[:-4], lambda own, other: ""])
def test_a_spoilt_attempt_signs_nobody_in(
    site: Site,
    browser: Navigator,
    sandbox: Sandbox,
    caplog: pytest.LogCaptureFixture,
    spoil: Callable[[str, str], str],
) -> None:
    """An attempt whose cookie is another's, or cut short, is none: a page and the log say so, and no code is used."""
    caplog.set_level("INFO", "trivet")
    addresses = [callback_address(browser, site), callback_address(browser, site)]
    prefix = f"{site.session_cookie}-login-"
    (one, own), (_, other) = [pair for pair in browser.cookies.items() if pair[0].startswith(prefix)]
    browser.http.cookies.set(one, spoil(own, other), domain="localhost.local")
    seen = [browser.open(address).status for address in addresses]
    assert sorted(seen) == [200, 400]
    assert "attempt_unknown" in caplog.text
    assert sum(request.path == "/v2/oauth2/token" for request in sandbox.requests) == 1


def test_a_doubled_state_is_no_state(site: Site, browser: Navigator) -> None:
    """A callback with two ``state`` parameters fits no attempt."""
    assert browser.open(callback_address(browser, site) + "&state=x").status == 400
    assert_nobody_is_signed_in(browser, site)


@pytest.mark.parametrize(
    "error",
    [
        "access_denied",
        "server_error",
        "temporarily_unavailable",
        "invalid_scope",
        "<script>alert(1)</script>",
        "x" * 5000,
    ],
)
def test_any_error_from_globus_is_a_page(site: Site, browser: Navigator, error: str) -> None:
    """Whatever error comes back, it is a page in plain words that does not repeat what the address said."""
    state = at_globus(browser, site)["state"]
    query = urlencode({"error": error, "error_description": "<b>canary</b>", "state": state})
    seen = browser.open(f"{site.url}/login/callback?{query}")
    assert seen.status in {403, 503}
    assert "canary" not in seen.response.text
    assert "<script>alert" not in seen.response.text
    assert seen.link("Sign in")


FAULTS: list[dict[str, Any]] = [
    {"status": 503},
    {"status": 500},
    {"status": 502, "body": "<html>Bad gateway</html>"},
    {"drop": True},
    {"status": 200, "body": "not json"},
    {"status": 200, "body": {}},
    {"status": 200, "body": []},
    {"status": 429},
]


@pytest.mark.parametrize("fault", FAULTS)
def test_globus_down_at_the_exchange_is_a_page(
    site: Site, browser: Navigator, sandbox: Sandbox, fault: dict[str, Any]
) -> None:
    """When the exchange gets no usable answer, nobody is signed in, nothing is sent twice, trying again works."""
    address = callback_address(browser, site, "/private?x=1")
    sandbox.fail("/v2/oauth2/token", times=1, **fault)
    seen = browser.open(address)
    assert seen.status == 503
    assert seen.response.headers["Retry-After"]
    assert browser.open(f"{site.url}/").text == "nobody"
    assert [request.path for request in sandbox.requests].count("/v2/oauth2/token") == 1
    assert browser.sign_in(seen.link("Sign in")).url == f"{site.url}/private?x=1"


def test_keys_out_of_reach_sign_nobody_in(site: Site, browser: Navigator, sandbox: Sandbox) -> None:
    """Without keys no ID token can be checked: nobody is signed in, and what Globus had given is revoked."""
    sandbox.fail("/jwk.json", times=None)
    seen = browser.sign_in(f"{site.url}/private")
    assert seen.status == 503
    assert_nobody_is_signed_in(browser, site)
    sandbox.clear_faults()
    assert browser.sign_in(f"{site.url}/private").status == 200


def test_a_refused_client_is_for_the_operators(
    make_site: MakeSite, browser: Navigator, caplog: pytest.LogCaptureFixture
) -> None:
    """A wrong client secret is not the user's problem: the page says so, the log says what to check."""
    site = make_site(GLOBUS_CLIENT_SECRET="wrong-canary")
    seen = browser.sign_in(f"{site.url}/private")
    assert seen.status == 502
    assert "not set up correctly" in seen.text
    assert "GLOBUS_CLIENT_SECRET" not in seen.text
    assert "GLOBUS_CLIENT_SECRET" in caplog.text
    assert "wrong-canary" not in caplog.text


def _spoil(**changes: Any) -> Callable[[dict[str, Any], dict[str, Any]], None]:
    def change(claims: dict[str, Any], header: dict[str, Any]) -> None:
        claims.update(changes)

    return change


@pytest.mark.parametrize(
    ("check", "change"),
    [
        ("iss", _spoil(iss="https://evil.com")),
        ("aud", _spoil(aud="somebody else")),
        ("nonce", _spoil(nonce="replayed")),
        ("at_hash", _spoil(at_hash="of another token")),
        ("exp", _spoil(exp=1)),
        ("kid", lambda claims, header: header.update(kid="666")),
    ],
)
def test_a_bad_id_token_signs_nobody_in(
    site: Site, browser: Navigator, sandbox: Sandbox, caplog: pytest.LogCaptureFixture, check: str, change: Any
) -> None:
    """An ID token that fails a check ends in a page, the tokens beside it are revoked, and the log names the check."""
    sandbox.script_id_token(change)
    seen = browser.sign_in(f"{site.url}/private?x=1")
    assert seen.status == 502
    assert f"{check!r}" in caplog.text
    assert_nobody_is_signed_in(browser, site)
    assert browser.sign_in(seen.link("Sign in")).url == f"{site.url}/private?x=1"


def test_a_rotated_key_is_fetched(site: Site, browser: Navigator, sandbox: Sandbox) -> None:
    """When Globus signs with a new key, it is looked up once, and signing in goes on."""
    browser.sign_in(f"{site.url}/private")
    browser.open(f"{site.url}/logout", method="POST", referrer=f"{site.url}/")
    sandbox.rotate_key()
    assert browser.sign_in(f"{site.url}/private").status == 200


def test_a_second_person_replaces_the_first(site: Site, browser: Navigator, sandbox: Sandbox) -> None:
    """When somebody else signs in at the same browser, the first session ends and its tokens are revoked."""
    late = callback_address(browser, site, "/private?tab=2", person="ada")
    browser.open(f"{sandbox.url}/v2/web/logout")
    browser.sign_in(f"{site.url}/private", "grace")
    assert browser.open(late).response.json()["sub"] == sandbox.people["ada"].sub
    assert {token.sub for token in sandbox.tokens if token.active} == {sandbox.people["ada"].sub}
