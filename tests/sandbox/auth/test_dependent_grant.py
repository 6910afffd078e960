"""Dependent tokens: a service trades what it was sent for tokens of the services it needs."""

from __future__ import annotations

import pytest
from globus_sdk.gare import to_gare
from globus_sdk.testing import get_response_set

GRANT = "urn:globus:auth:grant_type:dependent_token"
TRANSFER_ALL = "urn:globus:auth:scope:transfer.api.globus.org:all"
GROUPS = "urn:globus:auth:scope:groups.api.globus.org:view_my_groups_and_memberships"


def _said(response):
    return response.status_code, response.json()


@pytest.fixture
def run_scope(globus):
    return f"https://auth.globus.org/scopes/{globus.clients['analysis'].id}/run"


@pytest.fixture
def sent(visitor, endpoint, run_scope):
    """Sign in at the portal for the analysis service, and return the token the portal sends there."""

    def sent(scope=None, **params):
        answer = endpoint.redeem(visitor.sign_in(scope=scope or run_scope, **params)["code"])
        token: str = answer.json()["access_token"]
        return token

    return sent


@pytest.fixture
def trade(endpoint):
    def trade(token, *, client="analysis", **form):
        return endpoint.post(client=client, grant_type=GRANT, token=token, **form)

    return trade


def test_what_the_scope_cannot_do_without(globus, sent, trade, endpoint):
    """Consent to the service was consent to its use of Transfer: a token for that, for the service, as the person."""
    [answer] = trade(sent()).json()
    assert (answer["resource_server"], answer["scope"]) == ("transfer.api.globus.org", TRANSFER_ALL)
    found = endpoint.introspect(answer["access_token"])
    assert (found["sub"], found["client_id"]) == (globus.people["ada"].sub, globus.clients["analysis"].id)


@pytest.mark.parametrize(("case", "form"), [("groups", {}), ("groups_with_refresh_token", {"access_type": "offline"})])
def test_the_answer_is_like_the_vendors(sent, trade, run_scope, case, form):
    """A bare list of tokens with exactly the keys of ``oauth2_get_dependent_tokens``."""
    [theirs] = get_response_set("auth.oauth2_get_dependent_tokens").lookup(case).json
    response = trade(sent(f"{run_scope}[*{GROUPS}]"), scope=GROUPS, **form)
    assert response.headers["Cache-Control"] == "no-store"
    [ours] = response.json()
    assert {key: type(value) for key, value in ours.items()} == {key: type(value) for key, value in theirs.items()}


def test_all_that_was_agreed_to(sent, trade, run_scope):
    """Without a scope the service gets everything below its own, optional ones included if they were allowed."""
    answer = trade(sent(f"{run_scope}[*{GROUPS}]")).json()
    assert {each["scope"] for each in answer} == {TRANSFER_ALL, GROUPS}


def test_only_what_was_asked_for(sent, trade, run_scope):
    """With a scope it gets that and nothing else."""
    assert [each["scope"] for each in trade(sent(f"{run_scope}[*{GROUPS}]"), scope=TRANSFER_ALL).json()] == [
        TRANSFER_ALL
    ]


def test_the_consent_page_shows_what_the_service_needs(visitor, read_page, run_scope):
    """People see what the service will do for them, though the application did not ask for it by name."""
    page = read_page(visitor.identify(visitor.visit(scope=run_scope)).text)
    assert "Run analyses of your files" in page.by_id["scopes"]
    assert TRANSFER_ALL in page.by_id["scopes"]
    assert GROUPS not in page.by_id["scopes"]


def test_consent_is_missing(sent, trade, run_scope):
    """An optional scope nobody allowed: 403, and the SDK reads from it what the application has to ask for."""
    response = trade(sent(), scope=GROUPS)
    assert (response.status_code, response.json()["error"]) == (403, "dependent_consent_required")
    gare = to_gare(response.json())
    assert gare.code == "ConsentRequired"
    assert gare.authorization_parameters.required_scopes == [f"{run_scope}[{GROUPS}]"]


def test_consent_given_after_the_refusal(sent, trade, run_scope):
    """Asking for what the refusal named makes the same trade succeed, with the token from before as well."""
    first = sent()
    [wanted] = to_gare(trade(first, scope=GROUPS).json()).authorization_parameters.required_scopes
    sent(wanted)
    assert [each["scope"] for each in trade(first, scope=GROUPS).json()] == [GROUPS]


def test_what_services_keep_their_tokens_by(sent, endpoint, run_scope, new_visitor):
    """``dependent_tokens_cache_id`` stays as long as the answer would, and is another for more consents or people."""

    def found(token):
        return endpoint.introspect(token, client="analysis")["dependent_tokens_cache_id"]

    first, again = sent(), sent()
    before = found(first)
    sent("email")
    assert before == found(again) == found(first)
    sent(f"{run_scope}[*{GROUPS}]")
    assert found(first) == found(again) != before
    grace = endpoint.redeem(new_visitor().sign_in("grace", scope=run_scope)["code"]).json()["access_token"]
    assert found(grace) != before


def test_it_makes_use_of_the_consents(globus, sent, trade):
    """What a service trades for is used then, though nobody signs in any more."""
    token, before = sent(), globus.world.now()
    globus.advance("1h")
    [answer] = trade(token).json()
    used = {each.scope_name: each.last_used for each in globus.world.consents.of(globus.people["ada"].sub)}
    assert {name for name, at in used.items() if at >= before + 3600} == {answer["scope"]}


def test_rescinding_kills_dependent_tokens(globus, sent, trade):
    """Whoever takes back the consent takes it back from the service too."""
    token = sent()
    [dependent] = trade(token).json()
    [root] = [each for each in globus.world.consents.of(globus.people["ada"].sub) if each.is_root]
    globus.world.rescind(root)
    assert not globus.token_is_active(dependent["access_token"])
    assert _said(trade(token)) == (400, {"error": "invalid_grant"})


def test_dependent_refresh_tokens_work(sent, trade, endpoint):
    """A service that was given a refresh token refreshes with its own credentials."""
    [answer] = trade(sent(), access_type="offline").json()
    assert endpoint.refresh(answer["refresh_token"], client="analysis").json()["scope"] == TRANSFER_ALL
    assert endpoint.refresh(answer["refresh_token"]).status_code == 401


def test_a_service_behind_a_service(globus, sent, trade, run_scope):
    """A second service may be called on the strength of a consent that leads to it by way of the first."""
    second = globus.clients["analysis"]
    [dependent] = trade(sent(f"{run_scope}[{run_scope}]"), scope=run_scope).json()
    assert dependent["resource_server"] == second.id
    refused = trade(dependent["access_token"], scope=GROUPS)
    assert refused.json()["errors"][0]["unapproved_scopes"] == [f"{run_scope}[{run_scope}[{GROUPS}]]"]


@pytest.mark.parametrize("value", ["never was", "é", "\x00"])
def test_unknown_tokens(trade, value):
    """A token that never was: 400 ``invalid_grant``, as recorded."""
    assert _said(trade(value)) == (400, {"error": "invalid_grant"})


def test_tokens_that_will_not_do(globus, visitor, endpoint, trade, run_scope):
    """Another service's token, a refresh token, a revoked and an old one: the same."""
    answer = endpoint.redeem(visitor.sign_in(scope=f"openid {run_scope}")["code"]).json()
    [own] = answer["other_tokens"]
    endpoint.post("/revoke", token=own["access_token"])
    again = endpoint.refresh(own["refresh_token"]).json()["access_token"]
    for token in (answer["access_token"], own["refresh_token"], own["access_token"]):
        assert _said(trade(token)) == (400, {"error": "invalid_grant"})
    assert trade(again).status_code == 200
    globus.advance(172_800)
    assert _said(trade(again)) == (400, {"error": "invalid_grant"})


def test_a_client_that_is_no_service(sent, trade):
    """An application that is not a resource server is told so, in a list of errors."""
    response = trade(sent(), client="portal")
    assert response.status_code == 400
    assert response.json()["errors"][0]["code"] == "UNAUTHORIZED_CLIENT"


def test_a_public_client(globus, trade):
    """Without a secret there is no trade."""
    assert _said(trade("x", client=None, client_id=globus.clients["notebook"].id)) == (401, {"error": "invalid_client"})


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"scope": "no:such"}, "invalid_scope"),
        ({"scope": "openid["}, "invalid_scope"),
        ({"access_type": "sometimes"}, "invalid_request"),
    ],
)
def test_malformed(sent, trade, form, error):
    """Scopes that do not exist, and access that does not."""
    assert _said(trade(sent(), **form)) == (400, {"error": error})


def test_missing_token(trade):
    """Without a token the request is malformed."""
    assert _said(trade(None)) == (400, {"error": "invalid_request"})
