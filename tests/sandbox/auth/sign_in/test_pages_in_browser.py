"""The pages in a real Chromium, with JavaScript switched off."""

from __future__ import annotations

import http.server
import threading
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import sync_playwright

from chromium import QUIET, find_chromium

pytestmark = pytest.mark.browser

WIDTHS = {"desk": 1280, "phone": 390}


class _Application(http.server.BaseHTTPRequestHandler):
    """An application that has nothing but a callback."""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<h1>Back</h1>")

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture(scope="module")
def chromium():
    path = find_chromium()
    if path is None:
        pytest.fail("These tests need a Chromium: `make test` installs one")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def callback(globus):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Application)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://localhost:{server.server_port}/callback"
    globus.register_redirect_uri("portal", address)
    yield address
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("width", WIDTHS)
def test_sign_in(chromium, globus, visitor, callback, width):
    """Pick, allow, arrive: no scripts needed, nothing blocked by policy, nothing wider than the screen."""
    with chromium.new_context(viewport={"width": WIDTHS[width], "height": 844}, java_script_enabled=False) as context:
        page = context.new_page()
        complaints = []
        page.on("console", lambda message: complaints.append(message.text))
        page.goto(visitor.url(redirect_uri=callback))
        _fits(page, WIDTHS[width])
        page.click(f"button[name=identity][value='{globus.people['zoe'].id}']")
        assert page.inner_text("#person") == globus.people["zoe"].name
        _fits(page, WIDTHS[width])
        page.click("button[name=decision][value=allow]")
        page.wait_for_url(f"{callback}?*")
        assert parse_qs(urlsplit(page.url).query).keys() == {"code", "state"}
        page.goto(f"{globus.url}/v2/web/logout?redirect_uri={callback}&redirect_name=Home")
        page.click("#continue")
        page.wait_for_url(callback)
        assert complaints == []


def _fits(page, width):
    for name in ("main", "#sandbox-banner"):
        box = page.locator(name).bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
