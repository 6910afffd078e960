"""Whatever a browser sends, the answer is a sentence: never a 500, never a way out of the site."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from trivet.flask import Globus

BASE_URL = "http://localhost:5000"
HTML = {"Accept": "text/html"}

COOKIE_NAMES = st.sampled_from(
    ["trivet-5000", "trivet-5000-login-", "trivet-5000-login-AAAAAAAAAAAAAAAA", "session", "x"]
)
ODD = st.one_of(
    st.text(st.characters(min_codepoint=1, max_codepoint=255, exclude_characters="\r\n"), max_size=60),
    st.sampled_from(
        [
            "A" * 43,
            "é" * 43,
            "%00",
            "//evil.com",
            "\\\\evil.com",
            "@evil.com",
            "AQ==",
            "A" * 5000,
            "http://[",
            "http://[evil/",
        ]
    ),
)
PATHS = st.sampled_from(
    [
        "/login",
        "/login/callback",
        "/login/continue",
        "/logout",
        "/private",
        "/public",
        "/",
        "//evil.com/..",
        "/%2f/evil.com",
    ]
)
PARAMETERS = st.sampled_from(["next", "ask", "state", "code", "error", "iss", "trivet-moved", "error_description"])
HEADERS = st.sampled_from(
    ["Host", "Referer", "Origin", "Sec-Fetch-Site", "Sec-Fetch-Mode", "Sec-Fetch-Dest", "Sec-Purpose", "Accept",
     "Forwarded", "X-Forwarded-Host", "X-Original-URL", "X-Requested-With"]
)  # fmt: skip


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY="x" * 40,
        GLOBUS_CLIENT_ID="0d4c7a10-1111-4222-8333-9a0b1c2d3e4f",
        GLOBUS_CLIENT_SECRET="y",
        GLOBUS_STORE="memory:",
        PROPAGATE_EXCEPTIONS=False,
    )
    globus = Globus(app)

    @app.get("/public")
    def public() -> str:
        return "for everybody"

    @app.route("/private", methods=["GET", "POST"])
    @globus.login_required
    def private() -> str:
        return "never seen here"

    return app.test_client()


@settings(max_examples=400)
@given(
    method=st.sampled_from(["GET", "POST", "HEAD", "OPTIONS", "PUT", "TRACE", "BREW"]),
    path=PATHS,
    query=st.lists(st.tuples(PARAMETERS, ODD), max_size=4),
    cookies=st.lists(st.tuples(COOKIE_NAMES, ODD), max_size=3),
    headers=st.lists(st.tuples(HEADERS, ODD), max_size=4),
    html=st.booleans(),
)
def test_no_request_breaks_anything(
    client: FlaskClient, method: str, path: str, query: Any, cookies: Any, headers: Any, html: bool
) -> None:
    """No combination of method, address, cookies and headers ends in a 5xx or leads elsewhere than here and Globus."""
    sent = [*headers, *(HTML.items() if html else []), *(("Cookie", f"{name}={value}") for name, value in cookies)]
    response = client.open(path, method=method, query_string=query, headers=sent, base_url=BASE_URL)
    assert response.status_code < 500
    assert_leads_nowhere_else(response.headers.get("Location"))


@settings(max_examples=300)
@given(
    host=st.sampled_from(["localhost:5000", "127.0.0.1:5000", "", "evil.com", "localhost:5000@evil.com", "é"]),
    raw=st.one_of(
        ODD, st.sampled_from(["*", "http://evil.com/private", "//evil.com", "@evil.com", "/\\evil.com", "evil.com:80"])
    ),
)
def test_no_request_line_breaks_anything(client: FlaskClient, host: str, raw: str) -> None:
    """An odd request line, as servers pass it on, leads nowhere but here and Globus, under whatever host name."""
    environ = {"RAW_URI": raw, "HTTP_HOST": host}
    for path in ("/private", "/public", "/login"):
        response = client.get(path, headers=HTML, base_url=BASE_URL, environ_overrides=environ)
        assert response.status_code < 500
        assert_leads_nowhere_else(response.headers.get("Location"))


def assert_leads_nowhere_else(location: str | None) -> None:
    if location is not None:
        parts = urlsplit(location)
        assert (parts.scheme, parts.netloc) in {("http", "localhost:5000"), ("https", "auth.globus.org")}
        assert not set(location) & set("\r\n\t\\ ")
