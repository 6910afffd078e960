"""The Flask adapter."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, render_template_string
from flask_wtf.csrf import CSRFProtect

from navigator import Navigator
from site_under_test import Site
from trivet.errors import ConfigError
from trivet.flask import Globus, signals
from trivet.sandbox import Sandbox

MakeSite = Callable[..., Site]
SETTINGS = {
    "SECRET_KEY": "x" * 40,
    "GLOBUS_CLIENT_ID": "0d4c7a10-1111-4222-8333-9a0b1c2d3e4f",
    "GLOBUS_CLIENT_SECRET": "y",
    "GLOBUS_STORE": "memory:",
}


def application(**settings: Any) -> Flask:
    app = Flask(__name__)
    app.config.update(SETTINGS)
    app.config.update(settings)
    return app


def test_one_globus_may_serve_several_applications() -> None:
    """An extension made before any application can be given several, each with its own configuration."""
    globus = Globus()
    one, two = application(), application(GLOBUS_URL_PREFIX="/auth")
    globus.init_app(one)
    globus.init_app(two)
    assert one.extensions["trivet"].config.login_path == "/login"
    assert two.extensions["trivet"].config.login_path == "/auth/login"


def test_a_bad_configuration_stops_the_application() -> None:
    """An application that is not configured does not start, and says everything that is missing."""
    with pytest.raises(ConfigError) as caught:
        Globus(Flask(__name__))
    assert len(caught.value.problems) == 3


@pytest.mark.parametrize(
    ("server_name", "base_url"),
    [(None, "http://localhost:5000"), ("localhost:8000", "http://localhost:8000"), ("p.example", "https://p.example")],
)
def test_the_base_url_may_come_from_server_name(server_name: str | None, base_url: str) -> None:
    """Flask's SERVER_NAME, where it is set, is where the application is; plain http on this machine only."""
    app = application(SERVER_NAME=server_name)
    Globus(app)
    assert app.extensions["trivet"].config.base_url == base_url


def test_sessions_live_in_the_instance_folder(tmp_path: Path) -> None:
    """Without a configured store, sessions are in a SQLite file that nobody else on the machine can read."""
    app = Flask(__name__, instance_path=str(tmp_path / "instance"))
    app.config.update({**SETTINGS, "GLOBUS_STORE": None})
    Globus(app)
    database = tmp_path / "instance" / "trivet.sqlite3"
    assert database.stat().st_mode & 0o077 == 0
    app.extensions["trivet"].close()


def test_over_https_the_cookies_are_locked() -> None:
    """Over https each cookie is Secure, HttpOnly, SameSite=Lax, for this very host, and says so in its name."""
    app = application(GLOBUS_BASE_URL="https://portal.example.org")
    Globus(app)
    response = app.test_client().get("/login", base_url="https://portal.example.org", headers={"Accept": "text/html"})
    assert response.status_code == 303
    (cookie,) = response.headers.getlist("Set-Cookie")
    assert cookie.startswith("__Host-trivet-login-")
    attributes = {part.strip() for part in cookie.split(";")[1:]}
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax", "Max-Age=900"} <= attributes
    assert not any(attribute.startswith("Domain") for attribute in attributes)


def test_the_session_cookie_ends_with_the_browser(site: Site, browser: Navigator) -> None:
    """The session cookie is small and has no lifetime of its own: the server decides how long a session lasts."""
    browser.sign_in(f"{site.url}/private")
    (cookie,) = [cookie for cookie in browser.http.cookies if cookie.name == site.session_cookie]
    assert cookie.expires is None
    assert cookie.has_nonstandard_attr("HttpOnly")
    assert len(cookie.name) + len(cookie.value or "") < 100


@pytest.mark.parametrize(("path", "private"), [("/public", False), ("/", True), ("/private", True)])
def test_pages_about_a_person_are_not_for_caches(site: Site, browser: Navigator, path: str, private: bool) -> None:
    """An answer that depends on who is looking is kept out of caches; one that does not is left as it was."""
    browser.sign_in(f"{site.url}/private")
    headers = browser.step(f"{site.url}{path}").headers
    assert (headers.get("Cache-Control") == "no-store") is private
    assert ("Cookie" in headers.get("Vary", "")) is private
    assert "Set-Cookie" not in headers


def test_what_a_page_says_about_caching_stays(make_site: MakeSite, browser: Navigator) -> None:
    """A page's own Cache-Control is left as it is, and its own Vary gets one more name."""
    site = make_site()

    @site.app.get("/own-headers")
    @site.globus.login_required
    def own_headers() -> tuple[str, dict[str, str]]:
        return "mine", {"vary": "Accept", "cache-control": "private, max-age=60"}

    headers = browser.sign_in(f"{site.url}/own-headers").response.headers
    assert headers["Cache-Control"] == "private, max-age=60"
    assert headers["Vary"] == "Accept, Cookie"


def test_a_public_page_reads_nothing(make_site: MakeSite, browser: Navigator) -> None:
    """A page that never asks who is looking works even when the store does not answer."""
    site = make_site()
    browser.sign_in(f"{site.url}/private")
    site.app.extensions["trivet"]._store.__dict__.clear()
    assert browser.open(f"{site.url}/public").text == "for everybody"


def test_events_are_signals(make_site: MakeSite, browser: Navigator) -> None:
    """Signing in and out each send a signal from the application, with the person's ``sub``."""
    site = make_site()
    seen: list[tuple[str, Any]] = []

    def listen(sender: Flask, **facts: Any) -> None:
        seen.append((sender.name, facts["sub"]))

    for name in ("user_logged_in", "user_logged_out"):
        signals.signal(name).connect(listen)
    browser.sign_in(f"{site.url}/private")
    browser.open(f"{site.url}/logout", method="POST", referrer=f"{site.url}/")
    sub = browser.globus.people["ada"].sub
    assert seen == [(site.app.name, sub), (site.app.name, sub)]


def test_the_audit_log_is_json_without_personal_data(
    site: Site, browser: Navigator, caplog: pytest.LogCaptureFixture
) -> None:
    """Each event is a line of JSON that knows the person by ``sub`` alone."""
    import json

    caplog.set_level("INFO", logger="trivet.audit")
    browser.sign_in(f"{site.url}/mine")
    browser.open(f"{site.url}/logout", method="POST", referrer=f"{site.url}/")
    lines = [record.getMessage() for record in caplog.records if record.name == "trivet.audit"]
    ada = browser.globus.people["ada"]
    assert {json.loads(line)["event"] for line in lines} >= {"user_logged_in", "consent_required", "user_logged_out"}
    assert all(ada.username not in line and ada.name not in line for line in lines)


def test_the_page_can_be_replaced(make_site: MakeSite, browser: Navigator, tmp_path: Path) -> None:
    """A template ``trivet/page.html`` of the application takes the place of ours and gets the same values."""
    (tmp_path / "trivet").mkdir()
    (tmp_path / "trivet" / "page.html").write_text("<h1>{{ page.app_name }}: {{ page.message }}</h1>")
    site = make_site()
    site.app.template_folder = str(tmp_path)
    site.app.jinja_loader = None  # computed anew from the folder
    del site.app.jinja_loader
    seen = browser.open(f"{site.url}/login/callback?state=x&code=y")
    assert seen.text.startswith("Test site: This sign-in was not started")


def test_our_forms_pass_the_applications_own_check(make_site: MakeSite, browser: Navigator) -> None:
    """In an application with Flask-WTF's CSRF protection, our confirmation page carries its token and works."""
    site = make_site()
    CSRFProtect(site.app)
    site.app.add_url_rule("/form-page", "form_page", lambda: render_template_string("{{ csrf_token() }}"))
    browser.sign_in(f"{site.url}/private")
    asked = browser.open(f"{site.url}/logout")
    assert "csrf_token" in dict(asked.forms[0].fields)
    assert "/v2/web/logout" in browser.press(asked).url


def test_signing_out_from_a_stale_tab_works(make_site: MakeSite, browser: Navigator) -> None:
    """Our own check is enough for signing out: a form with an old token of Flask-WTF is not turned away."""
    site = make_site(PROTECTED=True)
    browser.sign_in(f"{site.url}/private")
    seen = browser.open(f"{site.url}/logout", method="POST", referrer=f"{site.url}/", data={"csrf_token": "stale"})
    assert "/v2/web/logout" in seen.url


def test_errors_have_a_reference_that_the_log_has_too(
    site: Site, browser: Navigator, caplog: pytest.LogCaptureFixture
) -> None:
    """The reference on a page is found in the log."""
    caplog.set_level("INFO", logger="trivet")
    seen = browser.open(f"{site.url}/login/callback?state=x&code=y")
    reference = seen.text.split("Reference: ")[1].split()[0]
    assert f"reference {reference}" in caplog.text


def test_our_pages_cannot_be_framed_or_cached(site: Site, browser: Navigator) -> None:
    """A page of ours is shown in no frame, kept in no cache, and gives its address to no other site."""
    headers = browser.step(f"{site.url}/login/callback?state=x&code=y").headers
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "same-origin"


def test_an_unknown_callback_sets_no_cookie(site: Site, browser: Navigator) -> None:
    """A callback that belongs to no attempt neither sets nor deletes anything."""
    assert "Set-Cookie" not in browser.step(f"{site.url}/login/callback?state=x&code=y").headers


def test_a_context_that_outlives_requests_shares_nobody(sandbox: Sandbox, make_site: MakeSite) -> None:
    """With an application context left open around several requests, each is still its own visitor's."""
    site = make_site()
    ada, stranger = Navigator(sandbox), site.app.test_client()
    ada.sign_in(f"{site.url}/private")
    with site.app.app_context():
        cookie = f"{site.session_cookie}={ada.cookies[site.session_cookie]}"
        first = site.app.test_client(use_cookies=False).get("/", base_url=site.url, headers={"Cookie": cookie})
        assert first.text == sandbox.people["ada"].username
        assert stranger.get("/", base_url=site.url).text == "nobody"


@pytest.mark.parametrize("planted", [["bogus"], ["A" * 43, "B" * 43]])
def test_a_planted_cookie_does_not_hide_the_session(site: Site, browser: Navigator, planted: list[str]) -> None:
    """A cookie of our name that another program on this machine planted does not lock anybody out."""
    browser.sign_in(f"{site.url}/private")
    values = [*planted, browser.cookies[site.session_cookie]]
    cookie = "; ".join(f"{site.session_cookie}={value}" for value in values)
    other = Navigator()
    assert "@" in other.step(f"{site.url}/", headers={"Cookie": cookie}).text


def test_a_failing_listener_breaks_nothing(make_site: MakeSite, browser: Navigator, sandbox: Sandbox) -> None:
    """When the application's own receiver of a signal fails, people are signed in and out all the same."""
    site = make_site()

    def fail(sender: Flask, **facts: Any) -> None:
        raise RuntimeError("receiver")

    for name in ("user_logged_in", "user_logged_out"):
        signals.signal(name).connect(fail)
    assert browser.sign_in(f"{site.url}/private").status == 200
    browser.open(f"{site.url}/logout", method="POST", referrer=f"{site.url}/")
    assert not any(token.active for token in sandbox.tokens)


def test_a_view_may_be_async(make_site: MakeSite, browser: Navigator) -> None:
    """A guarded view may be a coroutine function, as Flask allows."""
    pytest.importorskip("asgiref", reason="Flask's own extra for async views is not installed")
    site = make_site()

    @site.app.get("/later")
    @site.globus.login_required
    async def later() -> str:
        return "done"

    assert browser.sign_in(f"{site.url}/later").text == "done"


def test_two_people_at_once_never_meet(site: Site, sandbox: Sandbox) -> None:
    """Pages asked for by several people at the same time each show their own person and their own token."""
    from concurrent.futures import ThreadPoolExecutor

    browsers = {name: Navigator(sandbox) for name in ("ada", "grace")}
    tokens = {name: browser.sign_in(f"{site.url}/token", name).response.json() for name, browser in browsers.items()}

    def visit(number: int) -> bool:
        name = ("ada", "grace")[number % 2]
        alone = Navigator(sandbox)
        alone.http.cookies.update(browsers[name].http.cookies)
        sub = alone.open(f"{site.url}/private").response.json()["sub"]
        same = sub == sandbox.people[name].sub and alone.open(f"{site.url}/token").response.json() == tokens[name]
        alone.http.close()
        return same

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(visit, range(40)))
