"""Refreshing: the same refresh token for six idle months, a new access token every time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

REFUSED = (401, {"error": "invalid_grant"})
MONTH = 30 * 86_400


def _said(response):
    return response.status_code, response.json()


def test_shape(tokens, endpoint):
    """One resource server, the same refresh token, ``other_tokens`` empty, no ID token and no state."""
    answer = endpoint.refresh(tokens["refresh_token"]).json()
    assert set(answer) == {
        "access_token",
        "expires_in",
        "other_tokens",
        "refresh_token",
        "resource_server",
        "scope",
        "token_type",
    }
    assert answer["refresh_token"] == tokens["refresh_token"]
    assert answer["access_token"] != tokens["access_token"]
    assert (answer["scope"], answer["other_tokens"]) == (tokens["scope"], [])


def test_it_makes_use_of_the_consents(globus, tokens, endpoint):
    """Whoever only refreshes goes on using what was agreed to, which is remembered for that."""
    before = globus.world.now()
    globus.advance("1h")
    endpoint.refresh(tokens["refresh_token"])
    used = {each.scope_name: each.last_used for each in globus.world.consents.of(globus.people["ada"].sub)}
    assert {name for name, at in used.items() if at >= before + 3600} == set(tokens["scope"].split())


def test_the_old_access_token_lives_on(globus, tokens, endpoint):
    """A refresh adds a token and takes none away."""
    endpoint.refresh(tokens["refresh_token"])
    assert globus.token_is_active(tokens["access_token"])


def test_six_idle_months(globus, tokens, endpoint):
    """Unused for more than six months it is dead."""
    globus.advance(7 * MONTH)
    assert _said(endpoint.refresh(tokens["refresh_token"])) == REFUSED


def test_use_keeps_it_alive(globus, tokens, endpoint):
    """Five months, a use, five more months: still good."""
    for _ in range(3):
        globus.advance(5 * MONTH)
        assert endpoint.refresh(tokens["refresh_token"]).status_code == 200


def test_parallel_refreshes_all_succeed(tokens, endpoint):
    """Nothing rotates, so many may refresh at once, each getting its own access token."""
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: endpoint.refresh(tokens["refresh_token"]).json(), range(8)))
    assert len({each["access_token"] for each in answers}) == 8


def test_missing_refresh_token(endpoint):
    """Without the field: 400, as recorded live."""
    assert _said(endpoint.post(grant_type="refresh_token")) == (400, {"error": "invalid_request"})


def test_revoked(tokens, endpoint):
    """A revoked refresh token is ``invalid_grant``."""
    endpoint.post("/revoke", token=tokens["refresh_token"])
    assert _said(endpoint.refresh(tokens["refresh_token"])) == REFUSED


@pytest.mark.parametrize("value", ["x", "é", "\x00"])
def test_unknown(endpoint, value):
    """An unknown one too."""
    assert _said(endpoint.refresh(value)) == REFUSED


def test_an_access_token_is_no_refresh_token(tokens, endpoint):
    """The kinds are not interchangeable."""
    assert _said(endpoint.refresh(tokens["access_token"])) == REFUSED


def test_another_client(tokens, endpoint):
    """A refresh token is bound to its client (RFC 6749 section 6)."""
    assert _said(endpoint.refresh(tokens["refresh_token"], client="gateway")) == REFUSED


def test_fewer_scopes(tokens, endpoint):
    """A subset of the scopes may be asked for, and the next refresh has them all again."""
    assert endpoint.refresh(tokens["refresh_token"], scope="email").json()["scope"] == "email"
    assert endpoint.refresh(tokens["refresh_token"]).json()["scope"] == tokens["scope"]


@pytest.mark.parametrize("scope", ["urn:globus:auth:scope:transfer.api.globus.org:all", "nonsense", "é["])
def test_more_scopes(tokens, endpoint, scope):
    """Scopes that were never granted are not to be had by refreshing."""
    assert _said(endpoint.refresh(tokens["refresh_token"], scope=scope)) == (400, {"error": "invalid_scope"})
