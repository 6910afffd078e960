"""The token endpoint as a whole: shapes, and requests that fit no grant."""

from __future__ import annotations

import pytest
import requests

TRANSFER_ALL = "urn:globus:auth:scope:transfer.api.globus.org:all"
GROUPS = "urn:globus:auth:scope:groups.api.globus.org:view_my_groups_and_memberships"


def test_one_token_per_resource_server(visitor, endpoint):
    """Scopes of one service share a token; the Auth token comes first with openid, wherever it was asked for."""
    code = visitor.sign_in(scope=f"{TRANSFER_ALL} {GROUPS} email openid")["code"]
    answer = endpoint.redeem(code).json()
    assert (answer["resource_server"], answer["scope"]) == ("auth.globus.org", "email openid")
    others = {each["resource_server"]: each["scope"] for each in answer["other_tokens"]}
    assert others == {"transfer.api.globus.org": TRANSFER_ALL, "groups.api.globus.org": GROUPS}
    values = [each[kind] for each in (answer, *answer["other_tokens"]) for kind in ("access_token", "refresh_token")]
    assert len(set(values)) == 6


def test_other_tokens_is_always_there(visitor, endpoint):
    """Even empty: the SDK indexes it without a default."""
    assert endpoint.redeem(visitor.sign_in(scope="openid")["code"]).json()["other_tokens"] == []


def test_no_id_token_without_openid(visitor, endpoint):
    """``profile`` alone gives an Auth token and no ID token."""
    assert "id_token" not in endpoint.redeem(visitor.sign_in(scope="profile")["code"]).json()


def test_scope_lists_roots_only(globus, visitor, endpoint):
    """Dependencies are consented to, and not repeated in the response."""
    data_access = f"https://auth.globus.org/scopes/{globus.collections['tape'].id}/data_access"
    code = visitor.sign_in(scope=f"{TRANSFER_ALL}[*{data_access}]")["code"]
    assert endpoint.redeem(code).json()["scope"] == TRANSFER_ALL


@pytest.mark.parametrize(
    ("asked", "offline"),
    [
        ({"access_type": "offline"}, True),
        ({"access_type": "online"}, False),
        ({"access_type": None}, False),
        ({"access_type": None, "scope": "openid offline_access"}, True),
    ],
)
def test_refresh_tokens_only_when_asked_for(visitor, endpoint, asked, offline):
    """``access_type=offline``, or the scope ``offline_access``, which then appears in no token."""
    answer = endpoint.redeem(visitor.sign_in(**asked)["code"]).json()
    assert all(("refresh_token" in each) == offline for each in (answer, *answer["other_tokens"]))
    assert "offline_access" not in answer["scope"]


def test_state_is_echoed_in_the_body(tokens):
    """Globus repeats the authorize ``state`` in the token response, with each of the tokens."""
    assert [each["state"] for each in (tokens, *tokens["other_tokens"])] == ["st4te", "st4te"]


def test_lifetime(globus, tokens):
    """Access tokens live 48 hours: active one second before, not after."""
    assert tokens["expires_in"] == 172_800
    globus.advance(172_799)
    assert globus.token_is_active(tokens["access_token"])
    globus.advance(1)
    assert not globus.token_is_active(tokens["access_token"])


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({}, "invalid_request"),
        ({"grant_type": ""}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": 'é"<>'}, "unsupported_grant_type"),
        ({"grant_type": ["authorization_code", "authorization_code"]}, "invalid_request"),
        ({"grant_type": "authorization_code", "code": ["a", "b"]}, "invalid_request"),
    ],
)
def test_requests_that_fit_no_grant(endpoint, form, error):
    """Missing, unknown or repeated: 400 with the RFC's code (RFC 6749 sections 3.2 and 5.2)."""
    response = endpoint.post(**form)
    assert (response.status_code, response.json()) == (400, {"error": error})


def test_only_forms(globus):
    """JSON, multipart or nothing at all is no form."""
    portal = globus.clients["portal"]
    address = f"{globus.url}/v2/oauth2/token"
    sent = {"grant_type": "refresh_token", "refresh_token": "x"}
    for body in ({"json": sent}, {"files": {name: (None, value) for name, value in sent.items()}}, {}):
        response = requests.post(address, auth=(portal.id, portal.secret), **body)
        assert (response.status_code, response.json()) == (400, {"error": "invalid_request"})


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "HEAD"])
@pytest.mark.parametrize("path", ["", "/revoke", "/introspect"])
def test_only_post(globus, method, path):
    """Other methods are 405 and say what is allowed."""
    response = requests.request(method, f"{globus.url}/v2/oauth2/token{path}")
    assert response.status_code == 405
    assert "POST" in response.headers["Allow"]


def test_answers_are_not_stored(tokens, endpoint):
    """Tokens, refusals and introspections say ``no-store`` (RFC 6749 section 5.1)."""
    for response in (endpoint.redeem("x"), endpoint.post("/introspect", token=tokens["access_token"])):
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["Pragma"] == "no-cache"


def test_a_huge_body(endpoint):
    """Megabytes are refused with a 4xx."""
    assert endpoint.redeem("x" * 2_000_000).status_code == 413
