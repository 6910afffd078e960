"""The command that repeats a request: a shell makes of it what was sent, and no secret is in it."""

from __future__ import annotations

import os
import subprocess

import pytest
import requests

from trivet.sandbox.control.curl import as_curl

SECRETS = ["CODE", "CODE_VERIFIER", "TOKEN", "ACCESS_TOKEN", "CLIENT_ID", "CLIENT_SECRET", "COOKIES"]
VARIABLES = {name: f"<{name}>" for name in SECRETS}
CURL = 'curl() { for word in "$@"; do printf "%s\\0" "$word"; done; }\n'


def _arguments(globus):
    """The arguments that a shell hands to curl for the latest request."""
    record = globus.requests[-1]
    client = globus.clients.get(record.client or "")
    command = as_curl(record, globus.url, client.id if client else None)
    variables = {**os.environ, **VARIABLES}
    done = subprocess.run(["sh", "-euc", CURL + command], capture_output=True, env=variables, check=True)
    return done.stdout.decode().split("\0")[:-1]


def test_a_code_is_redeemed(globus, visitor, endpoint, pkce):
    """Form and Basic credentials: the client's id is there, its secret, the code and the verifier are variables."""
    endpoint.redeem(visitor.sign_in(**pkce.asked)["code"], code_verifier=pkce.verifier)
    assert _arguments(globus) == [
        "--request",
        "POST",
        "--user",
        f"{globus.clients['portal'].id}:<CLIENT_SECRET>",
        "--data",
        "grant_type=authorization_code",
        "--data",
        "code=<CODE>",
        "--data",
        "redirect_uri=http://localhost:5000/login/callback",
        "--data",
        "code_verifier=<CODE_VERIFIER>",
        f"{globus.url}/v2/oauth2/token",
    ]


def test_a_listing(ask_transfer, globus):
    """Query and bearer token."""
    collection = globus.collections["laptop"].id
    ask_transfer(f"operation/endpoint/{collection}/ls", path="/a b/&c=$HOME'\"`id`")
    assert _arguments(globus) == [
        "--request",
        "GET",
        "--header",
        "Authorization: Bearer <ACCESS_TOKEN>",
        f"{globus.url}/v0.10/operation/endpoint/{collection}/ls?path=/a%20b/%26c%3D%24HOME%27%22%60id%60",
    ]


def test_a_document(globus, transfer_token):
    """A body in JSON comes back as it was, but for its secrets."""
    sent = {"path": "/it's", "token": "abcdefghijkl", "DATA": ["$(id)"]}
    address = f"{globus.url}/v0.10/operation/endpoint/x/mkdir"
    requests.post(address, json=sent, headers={"Authorization": f"Bearer {transfer_token}"})
    data = _arguments(globus)[_arguments(globus).index("--data") + 1]
    assert data == '{"path": "/it\'s", "token": "<TOKEN>", "DATA": ["$(id)"]}'
    requests.post(address, json={"path": "x" * 5000})
    assert _arguments(globus)[2:5] == ["--header", "Content-Type: application/json", "--data"]
    assert _arguments(globus)[5] == "@body.json"


@pytest.mark.parametrize(
    "path", ["/%24HOME", "/'%22%60id%60", "/$(id)?a=$(id)&$b=`id`", "/%0Aid?x=%0Aid;id", "/?code=x&token=y&code=z"]
)
def test_hostile_addresses(globus, path):
    """Whatever an address holds, a shell takes it for one argument and runs nothing."""
    requests.get(globus.url + path)
    found = _arguments(globus)
    assert len(found) == 3
    assert found[-1].startswith(f"{globus.url}/")
    assert "uid=" not in found[-1]


def test_odd_requests(globus, visitor):
    """A HEAD, cookies, a method nobody knows, credentials of nobody."""
    visitor.visit()
    visitor.http.head(f"{globus.url}/jwk.json")
    assert _arguments(globus) == ["--head", "--cookie", "<COOKIES>", f"{globus.url}/jwk.json"]
    requests.request("A'B", f"{globus.url}/jwk.json", auth=("x", "y"))
    assert _arguments(globus) == ["--request", "A'B", "--user", "<CLIENT_ID>:<CLIENT_SECRET>", f"{globus.url}/jwk.json"]
