"""Transfer: who may ask, and for which collections."""

from __future__ import annotations

import pytest
import requests

TRANSFER_ALL = "urn:globus:auth:scope:transfer.api.globus.org:all"
GCP_INSTALL = "urn:globus:auth:scope:transfer.api.globus.org:gcp_install"
DOCUMENT = {"code", "message", "request_id", "resource"}


@pytest.mark.parametrize(
    "what", ["endpoint_search?filter_scope=my-endpoints", "endpoint/{id}", "operation/endpoint/{id}/ls"]
)
@pytest.mark.parametrize("header", [None, "Bearer", "Bearer x", "Basic eDp5", "Bearer é".encode()])
def test_no_usable_token(globus, what, header):
    """Every route wants an active token: 401 AuthenticationFailed in Transfer's error document."""
    address = f"{globus.url}/v0.10/{what.format(id=globus.collections['laptop'].id)}"
    response = requests.get(address, headers={"Authorization": header} if header else {})
    assert (response.status_code, response.json()["code"]) == (401, "AuthenticationFailed")
    assert set(response.json()) == DOCUMENT
    assert response.headers["Content-Type"] == "application/json"


def test_other_kinds_of_tokens(globus, tokens, endpoint):
    """An Auth token, a refresh token, a revoked and an expired one: none is for Transfer."""
    transfer = tokens["other_tokens"][0]
    endpoint.post("/revoke", token=transfer["access_token"])
    aged = endpoint.refresh(transfer["refresh_token"]).json()["access_token"]
    globus.advance(172_800)
    for value in (tokens["access_token"], transfer["refresh_token"], transfer["access_token"], aged):
        response = requests.get(f"{globus.url}/v0.10/endpoint_search", headers={"Authorization": f"Bearer {value}"})
        assert response.status_code == 401


def test_token_without_the_scope(globus, visitor, endpoint):
    """A Transfer token without ``all`` is told which scope to get consent for."""
    token = endpoint.redeem(visitor.sign_in(scope=GCP_INSTALL)["code"]).json()["access_token"]
    response = requests.get(f"{globus.url}/v0.10/endpoint_search", headers={"Authorization": f"Bearer {token}"})
    assert (response.status_code, response.json()["code"]) == (403, "ConsentRequired")
    assert response.json()["required_scopes"] == [TRANSFER_ALL]


@pytest.mark.parametrize("what", ["endpoint/{}", "operation/endpoint/{}/ls"])
@pytest.mark.parametrize(
    ("key", "refusal"), [("embargoed", (403, "PermissionDenied")), (None, (404, "EndpointNotFound"))]
)
def test_hidden_and_unknown_collections(ask_transfer, globus, what, key, refusal):
    """Somebody else's private collection is 403, one that does not exist 404."""
    collection_id = globus.collections[key].id if key else "%00'\"é"
    response = ask_transfer(what.format(collection_id))
    assert (response.status_code, response.json()["code"]) == refusal
    assert response.json()["resource"].startswith("/v0.10/")


def test_shared_collection(globus, visitor, endpoint):
    """Who is on the list sees it."""
    tokens = endpoint.redeem(visitor.sign_in("alan", scope=TRANSFER_ALL)["code"]).json()
    address = f"{globus.url}/v0.10/endpoint/{globus.collections['embargoed'].id}"
    response = requests.get(address, headers={"Authorization": f"Bearer {tokens['access_token']}"})
    assert response.json()["my_effective_roles"] == []
    assert response.json()["owner_id"] == globus.people["grace"].id
