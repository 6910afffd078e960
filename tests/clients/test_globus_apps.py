"""``UserApp`` and ``ClientApp``, the globus-sdk's own way of looking after tokens, as its documentation uses them."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
from globus_sdk import ClientApp, GlobusAppConfig, TransferClient
from globus_sdk.scopes import GCSCollectionScopes, TransferScopes

from clients.terminal import Terminal

SCRIPT = str(Path(__file__).parent / "user_app.py")
SDK_TUTORIAL = "61338d24-54d5-408f-a10d-66c06b59f6d2"


@pytest.fixture
def terminal(globus, tmp_path):
    return Terminal(globus, tmp_path, program=sys.executable, PYTHONPATH=os.environ.get("PYTHONPATH", ""))


@pytest.mark.parametrize("client", ["notebook", "tutorial"])
@pytest.mark.parametrize("flow", ["command-line", "local-server"])
def test_user_app(globus, terminal, flow, client):
    """A script signs somebody in by either of its ways, and is let at a collection that wants consent of its own."""
    client_id = SDK_TUTORIAL if client == "tutorial" else globus.clients[client].id
    tape = globus.collections["tape"]
    command = (SCRIPT, client_id, flow, tape.id)
    sign_in = terminal.sign_in_by_pasting if flow == "command-line" else terminal.sign_in_by_browser
    printed = sign_in(*command, person="grace")
    assert set(json.loads(printed.splitlines()[-1].rpartition(": ")[2])) == {path.name for path in tape.root.iterdir()}
    assert not any(token.active for token in globus.tokens)


@pytest.fixture
def app(globus, monkeypatch):
    for name, value in globus.environ.items():
        monkeypatch.setenv(name, value)
    portal = globus.clients["portal"]
    config = GlobusAppConfig(token_storage="memory")
    with ClientApp("a service of mine", client_id=portal.id, client_secret=portal.secret, config=config) as app:
        yield app


def test_client_app(globus, app):
    """A service account finds what is public, and asks for a new token when the old one has died."""
    with TransferClient(app=app) as transfer:
        climate = globus.collections["climate"]
        assert climate.id in [each["id"] for each in transfer.endpoint_search("climate")]
        first = app.get_authorizer("transfer.api.globus.org").access_token
        globus.advance(49 * 3600)
        assert transfer.get_endpoint(climate.id)["display_name"] == climate.display_name
        assert app.get_authorizer("transfer.api.globus.org").access_token != first


def test_client_app_with_dependent_scopes(globus, app):
    """What it needs on a collection is checked against its consents, which are its own to give."""
    tape = globus.collections["tape"].id
    with TransferClient(app=app) as transfer:
        transfer.add_app_scope(TransferScopes.all.with_dependency(GCSCollectionScopes(tape).data_access))
        assert transfer.get_endpoint(tape)["id"] == tape
