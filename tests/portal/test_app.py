"""The portal as a Flask application: its settings, its headers, and who may see what."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import pytest
from flask import Flask

from navigator import Navigator
from trivet import ConfigError
from trivet.demo import Demo
from trivet.portal import create_app
from trivet.portal.security_headers import CONTENT_SECURITY_POLICY

SETTINGS = {
    "SECRET_KEY": "a secret that is long enough for anybody",
    "GLOBUS_CLIENT_ID": "11111111-1111-4111-8111-111111111111",
    "GLOBUS_CLIENT_SECRET": "x",
    "GLOBUS_STORE": "memory:",
}


@pytest.fixture
def app() -> Iterator[Flask]:
    app = create_app(SETTINGS)
    yield app
    app.extensions["trivet"].close()


def test_a_form_without_end_is_not_read(app: Flask) -> None:
    """The portal reads a form before it knows who sends it, so one that is longer than any of its own is refused."""
    for kind in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        answer = app.test_client().post(
            "/sessions/end", data=b"y" * 1_000_001, content_type=kind, base_url="http://localhost:5000"
        )
        assert answer.status_code == 413


def test_it_says_everything_that_is_missing_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A portal without settings does not start, and names each one it needs."""
    monkeypatch.setenv("FLASK_GLOBUS_CLIENT_ID", "not a UUID")
    with pytest.raises(ConfigError) as caught:
        create_app()
    for key in ("GLOBUS_CLIENT_ID", "GLOBUS_CLIENT_SECRET", "SECRET_KEY"):
        assert key in str(caught.value)


def test_settings_come_from_the_environment_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """``FLASK_...`` variables set up a portal, and what the code says goes before them."""
    for key, value in SETTINGS.items():
        monkeypatch.setenv(f"FLASK_{key}", value)
    monkeypatch.setenv("FLASK_GLOBUS_APP_NAME", "Tide Tables")
    app = create_app()
    assert "Tide Tables" in app.test_client().get("/", headers={"Host": "localhost:5000"}).text
    app.extensions["trivet"].close()
    app = create_app({"GLOBUS_APP_NAME": "Star Charts"})
    assert "Star Charts" in app.test_client().get("/", headers={"Host": "localhost:5000"}).text
    app.extensions["trivet"].close()


def test_cookies_are_for_https_where_the_portal_is() -> None:
    """Behind https, the cookie of its forms is not sent over http."""
    app = create_app({**SETTINGS, "GLOBUS_BASE_URL": "https://portal.example.org"})
    assert app.config["SESSION_COOKIE_SECURE"] is True
    app.extensions["trivet"].close()


@pytest.mark.parametrize("address", ["/", "/no/such/page", "/login/callback?code=x&state=y", "/static/portal.css"])
def test_every_answer_carries_the_security_headers(app: Flask, address: str) -> None:
    """Pages, error pages and files alike say what browsers must not do with them."""
    answer = app.test_client().get(address, headers={"Host": "localhost:5000", "Accept": "text/html"})
    answer.close()
    assert answer.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "same-origin"


def test_signing_out_may_lead_to_globus() -> None:
    """The policy leaves forms alone: browsers would apply it to the redirect that ends a sign-out."""
    assert "form-action" not in CONTENT_SECURITY_POLICY


def test_private_pages_are_not_kept(ada: Navigator, demo: Demo) -> None:
    """What one person saw comes out of no cache."""
    for address in ("/dashboard", "/collections/", "/collections/mine", "/"):
        assert ada.open(demo.url + address).response.headers["Cache-Control"] == "no-store"


def test_pages_load_nothing_from_elsewhere(ada: Navigator, demo: Demo) -> None:
    """Everything a page needs is on this server, is there, and is no script."""
    for address in ("/", "/dashboard", "/collections/", "/no/such/page"):
        html = ada.open(demo.url + address).response.text
        assert "<script" not in html
        assert " style=" not in html
        parts = re.findall(r'<(?:link|img)[^>]+(?:href|src)="([^"]+)"', html)
        assert parts
        for part in parts:
            found = urljoin(demo.url, part)
            assert found.startswith(f"{demo.url}/")
            assert ada.step(found).status_code == 200


def test_strangers_are_sent_to_sign_in(demo: Demo) -> None:
    """Every page but the first is for those who have signed in."""
    for address in (
        "/dashboard",
        "/collections/",
        "/collections/mine",
        f"/collections/{'0' * 8}-0000-4000-8000-{'0' * 12}/",
    ):
        assert Navigator().step(demo.url + address).headers["Location"].startswith(demo.sandbox.url)


def test_addresses_that_do_not_exist(app: Flask) -> None:
    """An unknown address, and a known one asked for in the wrong way, end on a page with a way on."""
    client = app.test_client()
    lost = client.get("/no/such/page", headers={"Host": "localhost:5000"})
    assert lost.status_code == 404
    assert 'href="/"' in lost.text
    wrong = client.delete("/dashboard", headers={"Host": "localhost:5000"})
    assert wrong.status_code == 405
    assert "GET" in wrong.headers["Allow"]
    assert "Traceback" not in wrong.text


def test_a_mistake_of_ours_is_a_page_without_details(app: Flask) -> None:
    """When a page fails in a way nobody thought of, people read a sentence and not what went wrong inside."""

    @app.get("/mistake")
    def mistake() -> str:
        raise ZeroDivisionError("a secret detail")

    answer = app.test_client().get("/mistake", headers={"Host": "localhost:5000"})
    assert answer.status_code == 500
    assert "Something went wrong on our side." in answer.text
    assert "secret detail" not in answer.text


def test_forms_from_other_sessions_are_refused(app: Flask, ada: Navigator, demo: Demo) -> None:
    """A form without the session's token does nothing, except for signing out, which looks at where it came from."""

    @app.post("/order")
    def order() -> str:
        return "ordered"

    refused = app.test_client().post("/order", headers={"Host": "localhost:5000"})
    assert refused.status_code == 400
    assert "This page was out of date." in refused.text
    stale = ada.step(f"{demo.url}/logout", method="POST", referrer=f"{demo.url}/")
    assert stale.status_code == 303
    assert "/v2/web/logout?" in stale.headers["Location"]


def test_the_portal_can_be_installed() -> None:
    """Its templates and files lie inside the package, so that they come along."""
    import trivet.portal

    package = Path(trivet.portal.__file__).parent
    assert (package / "templates" / "portal" / "home.html").exists()
    assert (package / "static" / "portal.css").exists()
