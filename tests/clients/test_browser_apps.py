"""Applications that live in a browser alone, at an origin of their own: PKCE, no secret, everything by ``fetch``."""

from __future__ import annotations

import http.server
import json
import sys
import threading
from pathlib import Path
from urllib.parse import urlencode

import pytest

from trivet.sandbox import Sandbox
from trivet.sandbox.world.scopes import VIEW_MY_GROUPS, Scope

PAGES = Path(__file__).parent / "pages"
VENDOR = Path(sys.prefix) / "node" / "node_modules" / "@globus" / "sdk" / "dist" / "umd" / "globus.production.js"


class _Pages(http.server.BaseHTTPRequestHandler):
    """Serves the page named in the path, and the vendor's script."""

    def do_GET(self):
        name = self.path.partition("?")[0].strip("/")
        path = VENDOR if name == "globus.js" else PAGES / f"{name}.html"
        found = path.exists()
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", "text/javascript" if name == "globus.js" else "text/html")
        self.end_headers()
        self.wfile.write(path.read_bytes() if found else b"")

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture(scope="module")
def origin():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Pages)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def sign_in(chromium, origin):
    """Sign in as ada, who has let it see her groups before, at one of the pages; return what it then finds out."""

    def sign_in(name, client_type):
        people = {"ada": {"name": "Ada", "identities": [{"idp": "u", "username": "ada@u.example"}]}}
        seed = {
            "identity_providers": {"u": {"display_name": "U", "domain": "u.example"}},
            "people": people,
            "clients": {"app": {"name": "App", "type": client_type, "redirect_uris": [f"{origin}/{name}"]}},
            "collections": {"mine": {"display_name": "Mine", "owner": "ada"}},
        }
        with Sandbox(seed) as globus, chromium.new_context() as context:
            page = context.new_page()
            app, ada = globus.clients["app"].id, globus.people["ada"].sub
            globus.world.consents.allow(ada, app, (Scope(VIEW_MY_GROUPS),), offline=True)
            settings = {"globus": f"{globus.url}/", "client": app, "redirect": f"{origin}/{name}"}
            page.goto(f"{origin}/{name}#{urlencode(settings)}")
            page.click("#sign-in")
            page.click("button[name=identity]")
            page.click("button[name=decision][value=allow]")
            page.wait_for_function("document.getElementById('result').textContent")
            return json.loads(page.inner_text("#result"))

    return sign_in


def test_plain_fetch(sign_in):
    """A public web application redeems, asks and is refused a second time, and reads no page of the cookie's."""
    answer = sign_in("plain", "public_webapp_client")
    assert answer == {"name": "Ada", "again": [401, {"error": "invalid_grant"}], "page": "closed"}


@pytest.mark.skipif(not VENDOR.exists(), reason="`make test` installs it where npm is")
def test_the_sdk_for_javascript(sign_in):
    """The vendor's own: signs in for whatever it was ever allowed, searches, refreshes, validates and revokes."""
    answer = sign_in("vendor", "public")
    assert answer == {
        "name": "Ada",
        "collections": ["Mine"],
        "groups": True,
        "renewed": True,
        "validated": [True, False],
    }
