"""Mapped collections want a consent of their own before anybody's application reaches the files."""

from __future__ import annotations

import globus_sdk
import pytest
from globus_sdk.gare import to_gare
from globus_sdk.scopes import GCSCollectionScopes, TransferScopes

from trivet.sandbox.seed import seed_id

LAPTOP = seed_id("collection", "laptop")
MESSAGE = "Missing required data_access consent"


@pytest.fixture
def tape(globus):
    return globus.collections["tape"].id


@pytest.fixture
def wanted(tape):
    """Transfer's scope with the one for the tapes below it, as the SDK writes it."""
    return str(TransferScopes.all.with_dependency(GCSCollectionScopes(tape).data_access.with_optional(True)))


@pytest.fixture
def client_for(globus, visitor, endpoint, monkeypatch):
    """A TransferClient with a token from a sign-in for the scopes."""
    for name, value in globus.environ.items():
        monkeypatch.setenv(name, value)

    def sign_in(*scopes):
        tokens = endpoint.redeem(visitor.sign_in(scope=" ".join(scopes))["code"]).json()
        return globus_sdk.TransferClient(authorizer=globus_sdk.AccessTokenAuthorizer(tokens["access_token"]))

    return sign_in


OPERATIONS = {
    "ls": lambda client, tape: client.operation_ls(tape),
    "stat": lambda client, tape: client.operation_stat(tape, "/README.txt"),
    "mkdir": lambda client, tape: client.operation_mkdir(tape, "/new"),
    "rename": lambda client, tape: client.operation_rename(tape, "/README.txt", "/READ"),
    "transfer from it": lambda client, tape: client.submit_transfer(_transfer(tape, LAPTOP)),
    "transfer to it": lambda client, tape: client.submit_transfer(_transfer(LAPTOP, tape)),
    "delete": lambda client, tape: client.submit_delete(_delete(tape)),
}


def _transfer(source, destination):
    data = globus_sdk.TransferData(source_endpoint=source, destination_endpoint=destination)
    data.add_item("/README.txt", "/copy.txt")
    return data


def _delete(collection):
    data = globus_sdk.DeleteData(endpoint=collection)
    data.add_item("/README.txt")
    return data


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS.keys())
def test_without_the_consent(tape, wanted, client_for, operation):
    """Every operation on files is 403 ``ConsentRequired``, in Transfer's own form and the newer one at once."""
    with pytest.raises(globus_sdk.TransferAPIError) as caught:
        operation(client_for(str(TransferScopes.all)), tape)
    body = caught.value.raw_json
    assert (caught.value.http_status, body["code"], body["message"]) == (403, "ConsentRequired", MESSAGE)
    assert body["required_scopes"] == body["authorization_parameters"]["required_scopes"] == [wanted]
    assert set(body) >= {"request_id", "resource"}


def test_the_sdk_recognises_the_demand(tape, wanted, client_for):
    """``to_gare`` and ``err.info`` both find the scope to ask for."""
    with pytest.raises(globus_sdk.TransferAPIError) as caught:
        client_for(str(TransferScopes.all)).operation_ls(tape)
    gare = to_gare(caught.value)
    assert gare.code == "ConsentRequired"
    assert gare.authorization_parameters.required_scopes == [wanted]
    assert gare.authorization_parameters.session_message == MESSAGE
    assert caught.value.info.consent_required.required_scopes == [wanted]


def test_with_the_consent(tape, wanted, client_for):
    """Asking for what the demand names, and agreeing to it, opens the files."""
    assert "README.txt" in [each["name"] for each in client_for(wanted).operation_ls(tape)]


def test_the_collections_scope_alone_is_not_enough(tape, client_for):
    """The consent has to be for reaching the files through Transfer, not for the collection by itself."""
    with pytest.raises(globus_sdk.TransferAPIError, match="ConsentRequired"):
        client_for(str(TransferScopes.all), str(GCSCollectionScopes(tape).data_access)).operation_ls(tape)


def test_a_token_from_before_will_do(tape, wanted, client_for):
    """Consents belong to person and application, so a token issued before the consent works after it."""
    before = client_for(str(TransferScopes.all))
    client_for(wanted)
    assert before.operation_ls(tape)["length"] > 0


def test_taken_back(globus, tape, wanted, client_for):
    """Rescinding the dependency alone leaves the token alive and closes the files."""
    client = client_for(wanted)
    globus.rescind("ada", "portal", str(GCSCollectionScopes(tape).data_access))
    assert client.get_endpoint(tape)["id"] == tape
    with pytest.raises(globus_sdk.TransferAPIError, match="ConsentRequired"):
        client.operation_ls(tape)


@pytest.mark.parametrize("key", ["laptop", "survey", "climate"])
def test_others_want_none(globus, client_for, key):
    """A personal endpoint and guest collections have no such scope and ask for none."""
    assert client_for(str(TransferScopes.all)).operation_ls(globus.collections[key].id)["length"] > 0


def test_looking_at_the_collection_wants_none(tape, client_for):
    """Finding and describing it is not touching its files."""
    client = client_for(str(TransferScopes.all))
    assert client.get_endpoint(tape)["entity_type"] == "GCSv5_mapped_collection"
    assert [each["id"] for each in client.endpoint_search("tape")] == [tape]


def test_who_may_not_look_is_not_asked_to_agree(globus, client_for):
    """A collection that is not for this person is refused plainly, consent or not."""
    with pytest.raises(globus_sdk.TransferAPIError, match="PermissionDenied"):
        client_for(str(TransferScopes.all)).operation_ls(globus.collections["embargoed"].id)


def test_a_transfer_token_without_the_scope(client_for):
    """A token without Transfer's scope gets a demand that ``to_gare`` recognises as well."""
    with pytest.raises(globus_sdk.TransferAPIError) as caught:
        client_for(str(TransferScopes.gcp_install)).endpoint_search("x")
    assert to_gare(caught.value).authorization_parameters.required_scopes == [str(TransferScopes.all)]


@pytest.mark.parametrize("agreed", [True, False])
def test_through_a_service(globus, visitor, endpoint, monkeypatch, tape, wanted, agreed):
    """A service that calls Transfer for somebody needs the consent at the end of its own way there."""
    for name, value in globus.environ.items():
        monkeypatch.setenv(name, value)
    run = f"https://auth.globus.org/scopes/{globus.clients['analysis'].id}/run"
    scope = f"{run}[{wanted}]" if agreed else f"{run} {wanted}"
    sent = endpoint.redeem(visitor.sign_in(scope=scope)["code"]).json()["access_token"]
    grant = "urn:globus:auth:grant_type:dependent_token"
    asked = {"grant_type": grant, "token": sent, "scope": str(TransferScopes.all)}
    [held] = endpoint.post(client="analysis", **asked).json()
    client = globus_sdk.TransferClient(authorizer=globus_sdk.AccessTokenAuthorizer(held["access_token"]))
    if agreed:
        assert client.operation_ls(tape)["length"] > 0
    else:
        with pytest.raises(globus_sdk.TransferAPIError, match="ConsentRequired"):
            client.operation_ls(tape)
