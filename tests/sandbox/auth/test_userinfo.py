"""Userinfo: claims by scope, for Auth tokens with openid only."""

from __future__ import annotations

import pytest
import requests

from trivet.sandbox import Sandbox
from trivet.sandbox.switches import Switches

PROFILE = {"preferred_username", "name", "organization", "identity_provider", "identity_provider_display_name"}
ALWAYS = {"sub", "identity_set", "last_authentication"}


def _ask(globus, header, method="GET"):
    headers = {"Authorization": header} if header else {}
    return requests.request(method, f"{globus.url}/v2/oauth2/userinfo", headers=headers)


@pytest.mark.parametrize(
    ("scope", "claims"),
    [
        ("openid", ALWAYS),
        ("openid email", ALWAYS | {"email"}),
        ("openid profile", ALWAYS | PROFILE),
        ("openid profile email", ALWAYS | PROFILE | {"email"}),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_claims_by_scope(visitor, endpoint, scope, claims, method):
    """Each scope opens its claims and no others."""
    globus = visitor.globus
    token = endpoint.redeem(visitor.sign_in(scope=scope)["code"]).json()["access_token"]
    assert set(_ask(globus, f"Bearer {token}", method).json()) == claims


def test_email_may_be_null(globus, visitor, endpoint):
    """Somebody without an email address has null there, scope or not."""
    token = endpoint.redeem(visitor.sign_in("zoe")["code"]).json()["access_token"]
    answer = _ask(globus, f"Bearer {token}").json()
    assert answer["email"] is None
    assert answer["name"] == globus.people["zoe"].name


def test_refusals(globus, tokens, endpoint):
    """No token, nonsense, a refresh token, another service's, or a revoked one: 403 FORBIDDEN."""
    endpoint.post("/revoke", token=tokens["access_token"])
    values = (tokens["access_token"], tokens["refresh_token"], tokens["other_tokens"][0]["access_token"], "x")
    for header in (None, "Bearer", "Basic eDp5", *(f"Bearer {value}" for value in values)):
        response = _ask(globus, header)
        assert response.status_code == 403
        assert response.json()["errors"][0]["code"] == "FORBIDDEN"
        assert response.headers["Cache-Control"] == "no-store"


def test_needs_openid(globus, visitor, endpoint):
    """An Auth token without openid is not enough."""
    token = endpoint.redeem(visitor.sign_in(scope="profile")["code"]).json()["access_token"]
    assert _ask(globus, f"Bearer {token}").status_code == 403


def test_token_in_the_query(globus, tokens):
    """A token in the address is not looked at."""
    response = requests.get(f"{globus.url}/v2/oauth2/userinfo", params={"access_token": tokens["access_token"]})
    assert response.status_code == 403


def test_status_by_switch():
    """With the switch, refusals are 401 UNAUTHORIZED, the SDK's other fixture."""
    with Sandbox(switches=Switches(userinfo_refusal_status=401)) as globus:
        response = _ask(globus, None)
        assert (response.status_code, response.json()["errors"][0]["code"]) == (401, "UNAUTHORIZED")
