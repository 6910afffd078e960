"""Signing in at fauxbus, a fake of Globus that other people wrote: a second opinion on how we read the protocol."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import requests
from playwright.sync_api import Browser, expect

from trivet.portal import create_app
from trivet.sandbox.serving import ServerThread, listening_sockets

CLIENT_ID = "11111111-1111-4111-8111-111111111111"
CLIENT_SECRET = "a secret that only the seed and this test know"
ADA = "22222222-2222-4222-8222-222222222222"
ADA_ELSEWHERE = "33333333-3333-4333-8333-333333333333"
UNIVERSITY = "44444444-4444-4444-8444-444444444444"


class World(NamedTuple):
    """The portal's address and fauxbus's."""

    portal: str
    fauxbus: str


def seed(portal: str) -> dict[str, object]:
    def identity(username: str) -> dict[str, str]:
        return {"username": username, "name": "Ada Quist", "email": username, "identity_provider": UNIVERSITY}

    redirect_uris = [f"{portal}/login/callback"]
    return {
        "identity_providers": {UNIVERSITY: {"name": "University of Example"}},
        "accounts": {
            ADA: {"identities": {ADA: identity("ada@uni.example"), ADA_ELSEWHERE: identity("quist@uni.example")}}
        },
        "clients": {CLIENT_ID: {"secret": CLIENT_SECRET, "name": "Portal", "redirect_uris": redirect_uris}},
    }


@pytest.fixture
def fauxbus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """The portal, signing in at fauxbus in a process of its own."""
    sockets = listening_sockets("localhost", 0)
    portal = f"http://localhost:{sockets[0].getsockname()[1]}"
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    url = f"http://localhost:{port}"
    (tmp_path / "seed.json").write_text(json.dumps(seed(portal)))
    options = ["--port", str(port), "--seed", "seed.json", "--issuer", url, "--signed-token-clock", "wall"]
    program = str(Path(sys.executable).with_name("fauxbus"))
    command = [program, "serve", *options, "--require-issued-tokens"]
    for service in ("AUTH", "TRANSFER", "GROUPS"):
        monkeypatch.setenv(f"GLOBUS_SDK_SERVICE_URL_{service}", f"{url}/")
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr
            assert any("listening" in line for line in process.stderr)
            app = create_app(
                {
                    "SECRET_KEY": "a secret that is long enough for anybody",
                    "GLOBUS_BASE_URL": portal,
                    "GLOBUS_CLIENT_ID": CLIENT_ID,
                    "GLOBUS_CLIENT_SECRET": CLIENT_SECRET,
                    "GLOBUS_REFRESH_TOKENS": False,  # fauxbus does not issue any
                    "GLOBUS_STORE": f"sqlite:///{tmp_path}/sessions.sqlite3",
                }
            )
            server = ServerThread(app, sockets)
            yield World(portal, url)
            server.stop()
            app.extensions["trivet"].close()
        finally:
            process.kill()


def test_sign_in_and_out_at_fauxbus(chromium: Browser, fauxbus: World) -> None:
    """Against somebody else's reading of Globus, too: one signs in, is known, and signs out for good."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(fauxbus.portal)
    page.get_by_role("link", name="Sign in with Globus").click()
    page.get_by_role("button", name="Ada Quist").click()
    expect(page).to_have_url(f"{fauxbus.portal}/dashboard")
    expect(page.get_by_role("heading", level=1)).to_have_text("Ada Quist")
    identities = page.get_by_role("region", name="Your identities")
    expect(identities).to_contain_text("quist@uni.example")
    expect(identities).to_contain_text("University of Example")
    expect(page.get_by_role("heading", name="Globus Transfer")).to_be_visible()

    # It has no logout page, so what follows our own part is an error of fauxbus.
    with page.expect_response(lambda response: response.url.startswith(fauxbus.fauxbus)) as goodbye:
        page.get_by_role("button", name="Sign out").click()
    assert goodbye.value.url.startswith(f"{fauxbus.fauxbus}/v2/web/logout?client_id={CLIENT_ID}")
    page.goto(fauxbus.portal)
    expect(page.get_by_role("link", name="Sign in with Globus")).to_be_visible()
    state = requests.get(f"{fauxbus.fauxbus}/_fauxbus/state", timeout=10).json()
    assert len(state["tokens"]) == 2
    assert all(token["revoked"] for token in state["tokens"].values())
    context.close()
