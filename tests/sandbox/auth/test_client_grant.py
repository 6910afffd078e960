"""Client credentials: a client that acts as itself (RFC 6749 section 4.4)."""

from __future__ import annotations

import pytest
import requests
from globus_sdk.testing import get_response_set

from trivet.sandbox import Sandbox
from trivet.sandbox.switches import Switches

TRANSFER_ALL = "urn:globus:auth:scope:transfer.api.globus.org:all"


def _said(response):
    return response.status_code, response.json()


@pytest.fixture
def ask(endpoint):
    def ask(scope=TRANSFER_ALL, **options):
        return endpoint.post(grant_type="client_credentials", scope=scope, **options)

    return ask


@pytest.mark.parametrize(("case", "scope"), [("default", TRANSFER_ALL), ("openid", "openid")])
def test_the_answer_is_like_the_vendors(ask, case, scope):
    """The keys and types of ``oauth2_client_credentials_tokens``, in both of its cases; no refresh token."""
    theirs = get_response_set("auth.oauth2_client_credentials_tokens").lookup(case).json
    answer = ask(scope)
    assert answer.status_code == 200
    assert {key: type(value) for key, value in answer.json().items()} == {k: type(v) for k, v in theirs.items()}


def test_a_client_is_an_identity(globus, ask):
    """Userinfo describes the client: its own id, its name, a username at the domain of clients."""
    portal = globus.clients["portal"]
    token = ask("openid profile email").json()["access_token"]
    answer = requests.get(f"{globus.url}/v2/oauth2/userinfo", headers={"Authorization": f"Bearer {token}"}).json()
    assert (answer["sub"], answer["name"], answer["email"]) == (portal.id, portal.name, None)
    assert answer["preferred_username"] == f"{portal.id}@clients.auth.globus.org"
    assert [each["sub"] for each in answer["identity_set"]] == [portal.id]


def test_introspection_names_the_client(globus, ask, endpoint):
    """Whoever gets such a token sees the client as its user, and a session in which nobody signed in."""
    answer = endpoint.introspect(ask().json()["access_token"], include="session_info", client="gateway")
    portal = globus.clients["portal"].id
    assert (answer["sub"], answer["client_id"]) == (portal, portal)
    assert answer["session_info"]["authentications"] == {}


def test_several_services_at_once(ask):
    """One token for each service, Auth's first with openid."""
    answer = ask(f"{TRANSFER_ALL} openid").json()
    assert answer["resource_server"] == "auth.globus.org"
    assert [each["resource_server"] for each in answer["other_tokens"]] == ["transfer.api.globus.org"]


def test_each_time_a_new_token(ask):
    """No two answers hold the same one."""
    assert ask().json()["access_token"] != ask().json()["access_token"]


def test_no_refresh_tokens_even_if_asked(ask):
    """``offline_access`` changes nothing (RFC 6749 section 4.4.3)."""
    assert "refresh_token" not in ask(f"{TRANSFER_ALL} offline_access").json()


def test_dependencies_need_nobodys_consent(globus, ask):
    """Data access on a collection can be asked for, and the client's consents list it."""
    tape = globus.collections["tape"].id
    data_access = f"https://auth.globus.org/scopes/{tape}/data_access"
    token = ask(f"openid {TRANSFER_ALL}[*{data_access}]").json()["access_token"]
    address = f"{globus.url}/v2/api/identities/{globus.clients['portal'].id}/consents"
    consents = requests.get(address, headers={"Authorization": f"Bearer {token}"}).json()["consents"]
    assert data_access in [each["scope_name"] for each in consents]


@pytest.mark.parametrize("scope", [None, "", "  ", "no:such", "openid[", "offline_access", "é"])
def test_scopes_that_do_not_exist(ask, scope):
    """None, malformed or unknown: ``invalid_scope`` (RFC 6749 section 5.2)."""
    assert _said(ask(scope)) == (400, {"error": "invalid_scope"})


def test_scopes_that_need_too_much(globus, ask, tangled):
    """A scope that comes to more scopes than anybody can list: ``invalid_scope``, and nothing is agreed to."""
    response = ask(tangled)
    assert (response.status_code, response.json()["error"]) == (400, "invalid_scope")
    assert globus.world.consents.all() == []


def test_a_public_client_has_no_credentials(globus, ask):
    """A client without a secret cannot act as itself."""
    assert _said(ask(client=None, client_id=globus.clients["notebook"].id)) == (401, {"error": "invalid_client"})


def test_nobody_signs_in_as_a_client(globus, visitor, read_page):
    """The account picker knows people only: a client's id in its form is no sign-in."""
    page = read_page(visitor.visit().text)
    form = {**page.hidden, "identity": globus.clients["portal"].id}
    response = visitor.http.post(f"{globus.url}/sandbox/sign-in", data=form, allow_redirects=False)
    assert response.status_code == 200


def test_id_token_by_switch(visit_at):
    """With the switch off there is no ID token for clients."""
    with Sandbox(switches=Switches(id_token_for_clients=False)) as globus:
        _, endpoint = visit_at(globus)
        assert "id_token" not in endpoint.post(grant_type="client_credentials", scope="openid").json()
