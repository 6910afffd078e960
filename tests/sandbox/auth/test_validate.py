"""Is this token still good? As globus-cli and globus-sdk for JavaScript ask."""

from __future__ import annotations

import pytest

PATH = "/validate"


def _said(response):
    return response.status_code, response.json()


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_ones_own_tokens(tokens, endpoint, kind):
    """Of either kind: active, and after revocation not."""
    assert _said(endpoint.post(PATH, token=tokens[kind])) == (200, {"active": True})
    endpoint.post("/revoke", token=tokens[kind])
    assert _said(endpoint.post(PATH, token=tokens[kind])) == (200, {"active": False})


def test_age(globus, tokens, endpoint):
    """After 48 hours an access token is not active and its refresh token is."""
    globus.advance(172_800)
    answers = [endpoint.post(PATH, token=tokens[kind]).json() for kind in ("access_token", "refresh_token")]
    assert answers == [{"active": False}, {"active": True}]


@pytest.mark.parametrize("value", ["never was", "é", "\x00"])
def test_unknown(endpoint, value):
    """What never was is not active."""
    assert _said(endpoint.post(PATH, token=value)) == (200, {"active": False})


def test_another_clients(tokens, endpoint):
    """Nothing is said about another client's token."""
    assert endpoint.post(PATH, client="gateway", token=tokens["access_token"]).json() == {"active": False}


def test_a_public_client(globus, visitor, endpoint, pkce):
    """A browser application asks with its id in the form."""
    form = {"client_id": globus.clients["notebook"].id, "redirect_uri": "http://localhost:5002/callback"}
    code = visitor.sign_in(**form, **pkce.asked)["code"]
    token = endpoint.redeem(code, client=None, code_verifier=pkce.verifier, **form).json()["access_token"]
    asked = {"client": None, "client_id": form["client_id"]}
    assert endpoint.post(PATH, token=token, **asked).json() == {"active": True}


def test_refusals(endpoint):
    """No token is malformed; no client is unauthenticated."""
    assert _said(endpoint.post(PATH)) == (400, {"error": "invalid_request"})
    assert _said(endpoint.post(PATH, client=None, token="x")) == (401, {"error": "invalid_client"})
