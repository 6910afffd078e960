"""The consents API, through the SDK and beside its fixture."""

from __future__ import annotations

import globus_sdk
import pytest
import requests
from globus_sdk.scopes import GCSCollectionScopes, TransferScopes
from globus_sdk.testing import get_response_set

from trivet.sandbox.world.scopes import service_client

TRANSFER_ALL = str(TransferScopes.all)
VIEW_CONSENTS = "urn:globus:auth:scope:auth.globus.org:view_consents"


@pytest.fixture
def data_access(globus):
    """The scope for reaching the data on the tapes, and the one for doing so through Transfer."""
    scope = GCSCollectionScopes(globus.collections["tape"].id).data_access
    return str(scope), str(TransferScopes.all.with_dependency(scope.with_optional(True)))


@pytest.fixture
def ask(globus, visitor, endpoint):
    """Sign ada in for the scopes and ask for consents with the Auth token."""

    def get(scope, *, person="ada", **params):
        token = endpoint.redeem(visitor.sign_in(scope=scope)["code"]).json()["access_token"]
        address = f"{globus.url}/v2/api/identities/{globus.people[person].id}/consents"
        return requests.get(address, params=params, headers={"Authorization": f"Bearer {token}"})

    return get


def test_the_sdk_builds_its_forest(globus, sign_in, data_access, monkeypatch):
    """``get_consents().to_forest()`` says whether a scope with dependencies was agreed to."""
    for name, value in globus.environ.items():
        monkeypatch.setenv(name, value)
    token = sign_in(scope=f"openid {data_access[1]}")["access_token"]
    client = globus_sdk.AuthClient(authorizer=globus_sdk.AccessTokenAuthorizer(token))
    forest = client.get_consents(globus.people["ada"].id).to_forest()
    assert forest.meets_scope_requirements(data_access[1])
    assert forest.meets_scope_requirements("openid")
    assert not forest.meets_scope_requirements("email")
    assert not forest.meets_scope_requirements(data_access[0])


def test_fixture(ask, data_access):
    """Root and dependency have the keys and types of ``get_consents``, and are alike where theirs are."""
    theirs = get_response_set("auth.get_consents").lookup("default").json["consents"]
    ours = ask(f"openid {data_access[1]}").json()["consents"]
    root, dependency = (
        next(each for each in ours if each["scope_name"] == name) for name in (TRANSFER_ALL, data_access[0])
    )
    for mine, example in zip((root, dependency), theirs, strict=True):
        assert {key: type(value) for key, value in mine.items()} == {key: type(value) for key, value in example.items()}
        assert mine["atomically_revocable"] is example["atomically_revocable"]
        assert mine["allows_refresh"] is True
    assert root["dependency_path"] == [root["id"]]
    assert dependency["dependency_path"] == [root["id"], dependency["id"]]
    assert root["effective_identity"] == dependency["effective_identity"]


def test_clients(globus, ask, data_access):
    """A root belongs to the application, a dependency to the service that stands above it."""
    found = {each["scope_name"]: each["client"] for each in ask(f"openid {data_access[1]}").json()["consents"]}
    assert found["openid"] == found[TRANSFER_ALL] == globus.clients["portal"].id
    assert found[data_access[0]] == service_client(TRANSFER_ALL)


def test_only_the_calling_applications(globus, visitor, ask):
    """Without ``all``, what was given to another application is not told."""
    visitor.sign_in(
        client_id=globus.clients["gateway"].id, redirect_uri="http://localhost:5001/callback", scope="email"
    )
    assert [each["scope_name"] for each in ask("openid").json()["consents"]] == ["openid"]


@pytest.mark.parametrize("value", ["true", "True"])
def test_all_of_them(globus, visitor, ask, value):
    """With ``all`` and ``view_consents``, every application's are listed."""
    gateway = globus.clients["gateway"].id
    visitor.sign_in(client_id=gateway, redirect_uri="http://localhost:5001/callback", scope="email")
    answer = ask(f"openid {VIEW_CONSENTS}", all=value).json()["consents"]
    assert {each["client"] for each in answer} == {gateway, globus.clients["portal"].id}


@pytest.mark.parametrize(("person", "params"), [("ada", {"all": "True"}), ("grace", {})])
def test_forbidden(ask, person, params):
    """All of them without the scope, or somebody else's: 403 FORBIDDEN."""
    answer = ask("openid", person=person, **params)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (403, "FORBIDDEN")


@pytest.mark.parametrize("header", [None, "Bearer x", "Basic eDp5"])
def test_unauthenticated(globus, header):
    """Without an active Auth token: 401 UNAUTHORIZED."""
    address = f"{globus.url}/v2/api/identities/{globus.people['ada'].id}/consents"
    answer = requests.get(address, headers={"Authorization": header} if header else {})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (401, "UNAUTHORIZED")


def test_a_linked_identity_names_the_person_too(globus, ask):
    """The consents are the person's, whichever of their identities is named, in whatever letters."""
    token = ask("openid").request.headers["Authorization"]
    linked = globus.people["ada"].identities[1].id.upper()
    answer = requests.get(f"{globus.url}/v2/api/identities/{linked}/consents", headers={"Authorization": token})
    assert [each["scope_name"] for each in answer.json()["consents"]] == ["openid"]
