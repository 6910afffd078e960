"""OpenID Connect clients that know the discovery document and nothing of Globus."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from authlib.integrations.flask_client import OAuth
from flask import Flask, redirect, session, url_for

from navigator import Navigator

CALLBACK = "http://localhost:5000/login/callback"
LIBRARY = Path(sys.prefix) / "node" / "node_modules" / "openid-client" / "build" / "index.js"
SCRIPT = Path(__file__).parent / "node" / "sign_in.mjs"


def _come_back(globus, address, person="ada"):
    """Sign in at *address* and return where the browser is sent, without going there."""
    browser = Navigator(globus)
    browser.stop_before = CALLBACK
    return browser.sign_in(address, person).hops[-1]


@pytest.fixture
def application(globus):
    """What Authlib's documentation tells people to write, with the base address in place of Google's."""
    app = Flask(__name__)
    app.secret_key = "not a secret"
    portal = globus.clients["portal"]
    oauth = OAuth(app)
    oauth.register(
        "globus",
        client_id=portal.id,
        client_secret=portal.secret,
        server_metadata_url=f"{globus.url}/.well-known/openid-configuration",
        client_kwargs={"scope": "openid profile email", "code_challenge_method": "S256"},
    )

    @app.get("/login")
    def login():
        return oauth.globus.authorize_redirect(url_for("callback", _external=True))

    @app.get("/login/callback")
    def callback():
        token = oauth.globus.authorize_access_token()
        session["user"] = {"claims": token["userinfo"], "userinfo": oauth.globus.userinfo(token=token)}
        return redirect("/")

    @app.get("/")
    def home():
        return session["user"]

    app.config.update(SERVER_NAME="localhost:5000")
    return app.test_client()


def test_authlib(globus, application):
    """Authlib's Flask client: discovery, state, nonce, PKCE, signature and claims of the ID token, userinfo."""
    address = application.get("/login").headers["Location"]
    assert application.get(_come_back(globus, address, "zoe")).status_code == 302
    user = application.get("/").json
    zoe = globus.people["zoe"]
    assert user["claims"]["sub"] == user["userinfo"]["sub"] == zoe.sub
    assert user["claims"]["iss"] == globus.url
    assert user["userinfo"]["name"] == zoe.name
    assert user["userinfo"]["email"] is None


@pytest.mark.skipif(not (LIBRARY.exists() and shutil.which("node")), reason="`make test` installs it where npm is")
def test_openid_client(globus):
    """openid-client for Node, a certified one: the same, and refresh and revocation besides."""
    portal, ada = globus.clients["portal"], globus.people["ada"]
    command = ["node", SCRIPT, LIBRARY, globus.url, portal.id, portal.secret, CALLBACK]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        address = running.stdout.readline().strip()
        printed, _ = running.communicate(_come_back(globus, address) + "\n", timeout=30)
    assert running.returncode == 0
    answer = json.loads(printed)
    assert answer["claims"]["sub"] == answer["userinfo"]["sub"] == ada.sub
    assert answer["userinfo"]["email"] == ada.email
    assert answer["renewed"] is True
    assert [token.revoked for token in globus.tokens if token.kind == "access"] == [False, True]


def test_the_two_documents_are_enough(globus):
    """Every address a client needs is in the discovery document, and each is there."""
    document = requests.get(f"{globus.url}/.well-known/openid-configuration").json()
    for name in ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "revocation_endpoint", "jwks_uri"):
        assert requests.options(document[name]).status_code == 200
