"""Looking up identities and identity providers."""

from __future__ import annotations

import globus_sdk
import pytest
import requests
from globus_sdk.testing import get_response_set

NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def ask(globus, tokens):
    """Ask with ada's Auth token, or with the header given."""

    def ask(what="identities", *, authorization=f"Bearer {tokens['access_token']}", **params):
        headers = {"Authorization": authorization} if authorization else {}
        return requests.get(f"{globus.url}/v2/api/{what}", params=params, headers=headers)

    return ask


@pytest.fixture
def auth_client(globus, tokens, monkeypatch):
    for name, value in globus.environ.items():
        monkeypatch.setenv(name, value)
    return globus_sdk.AuthClient(authorizer=globus_sdk.AccessTokenAuthorizer(tokens["access_token"]))


def _refused(response, status, code):
    assert response.status_code == status
    assert response.json()["errors"][0]["code"] == code


def test_by_id_and_by_username(globus, auth_client):
    """The SDK finds linked identities of anybody by either, in the order asked, and a client by its own id."""
    ada, grace, portal = globus.people["ada"], globus.people["grace"], globus.clients["portal"]
    ids = [ada.identities[1].id, grace.id, portal.id]
    found = auth_client.get_identities(ids=ids)
    assert [each["id"] for each in found] == ids
    usernames = [each["username"] for each in found]
    assert usernames[2] == f"{portal.id}@clients.auth.globus.org"
    assert [each["id"] for each in auth_client.get_identities(usernames=usernames)] == ids


def test_the_documents_are_like_the_vendors(globus, ask):
    """The keys and types of ``get_identities``."""
    theirs = get_response_set("auth.get_identities").lookup("globusid").json["identities"][0]
    [ours] = ask(usernames=globus.people["grace"].username).json()["identities"]
    assert {key: type(value) for key, value in ours.items()} == {key: type(value) for key, value in theirs.items()}
    assert ours["status"] == "used"


def test_whatever_is_unknown_is_left_out(globus, auth_client):
    """No error for an id or a username that nobody has; usernames are found in any case, each once."""
    ada = globus.people["ada"]
    assert auth_client.get_identities(ids=[NOBODY, ada.id, ada.id])["identities"][0]["id"] == ada.id
    found = auth_client.get_identities(usernames=[ada.username.upper(), ada.username, "nobody@uni.example"])
    assert [each["id"] for each in found] == [ada.id]


def test_provisioning(auth_client):
    """A username of a known provider gets an id before anybody uses it, the same one from then on."""
    assert auth_client.get_identities(usernames="new@uni.example")["identities"] == []
    [made] = auth_client.get_identities(usernames="New@uni.example", provision=True)
    theirs = get_response_set("auth.get_identities").lookup("default").json["identities"][0]
    assert {key: type(made[key]) for key in theirs} == {key: type(value) for key, value in theirs.items()}
    assert (made["status"], made["name"], made["username"]) == ("unused", None, "new@uni.example")
    assert auth_client.get_identities(ids=made["id"])["identities"] == [made]
    assert auth_client.get_identities(usernames="new@uni.example", provision=True)["identities"] == [made]


@pytest.mark.parametrize(
    "username",
    [
        "new@nowhere.example",
        "@uni.example",
        "plain",
        "x@clients.auth.globus.org",
        "@",
        "new\0@uni.example",
        "n" * 300 + "@uni.example",
        "two words@uni.example",
    ],
)
def test_what_cannot_be_provisioned(ask, username):
    """An unknown provider's username, half of one, a client's, or what nobody could have is not made up."""
    assert ask(usernames=username, provision="true").json() == {"identities": []}


def test_reset_forgets_provisioned_identities(globus, ask):
    """They are no part of the seed."""
    ask(usernames="new@uni.example", provision="true")
    before = len(list(globus.world.directory))
    globus.reset()
    assert len(list(globus.world.directory)) == before - 1


def test_include_identity_provider(globus, ask):
    """The providers of what was found come along, each once."""
    ada = globus.people["ada"]
    answer = ask(ids=f"{ada.id},{globus.people['zoe'].id}", include="identity_provider").json()
    [provider] = answer["included"]["identity_providers"]
    assert (provider["id"], provider["name"]) == (ada.primary.identity_provider, "University of Example")


def test_one_identity(globus, ask):
    """By its own address; an unknown one is 404."""
    ada = globus.people["ada"]
    for written in (ada.id, ada.id.upper()):
        assert ask(f"identities/{written}").json()["identity"]["username"] == ada.username
    _refused(ask(f"identities/{NOBODY}"), 404, "NOT_FOUND")


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"ids": ""},
        {"ids": NOBODY, "usernames": "ada@uni.example"},
        {"ids": "7"},
        {"ids": [NOBODY, NOBODY]},
        {"usernames": ["ada@uni.example", "zoe@uni.example"]},
        {"usernames": "ada@uni.example", "provision": "perhaps"},
    ],
)
def test_parameters_that_will_not_do(ask, params):
    """Both selectors at once (as recorded), neither, one of them twice, or values that are none: 400."""
    _refused(ask(**params), 400, "INVALID_PARAMETERS")


def test_identity_map(globus, auth_client):
    """The SDK's ``IdentityMap``, which globus-cli uses, resolves ids."""
    ada = globus.people["ada"]
    resolved = globus_sdk.IdentityMap(auth_client, [ada.id])
    assert resolved[ada.id]["username"] == ada.username
    assert resolved[globus.people["grace"].username]["id"] == globus.people["grace"].id


@pytest.mark.parametrize("what", ["identities", "identity_providers"])
def test_credentials_of_a_client_will_do(globus, monkeypatch, what):
    """A client asks with its credentials; wrong ones are 401."""
    for name, value in globus.environ.items():
        monkeypatch.setenv(name, value)
    portal, ada = globus.clients["portal"], globus.people["ada"]
    ids = {"identities": ada.id, "identity_providers": ada.primary.identity_provider}[what]
    right, wrong = (globus_sdk.ConfidentialAppAuthClient(portal.id, secret) for secret in (portal.secret, "wrong"))
    assert right.get(f"/v2/api/{what}", query_params={"ids": ids})[what][0]["id"] == ids
    with pytest.raises(globus_sdk.AuthAPIError) as caught:
        wrong.get(f"/v2/api/{what}", query_params={"ids": ids})
    assert (caught.value.http_status, caught.value.code) == (401, "UNAUTHORIZED")


@pytest.mark.parametrize("what", ["identities", "identity_providers", f"identities/{NOBODY}"])
def test_unauthenticated(ask, endpoint, tokens, what):
    """No token, nonsense, a refresh token, a token for Transfer, a revoked one: 401, as recorded."""
    endpoint.post("/revoke", token=tokens["access_token"])
    values = (tokens["access_token"], tokens["refresh_token"], tokens["other_tokens"][0]["access_token"], "x")
    for header in (None, "Bearer", "Basic", "Basic !", "Digest x", *(f"Bearer {value}" for value in values)):
        response = ask(what, authorization=header, ids="x")
        _refused(response, 401, "UNAUTHORIZED")
        assert response.json()["errors"][0]["detail"] == "Call must be authenticated"


def test_identity_providers(globus, auth_client):
    """By id and by domain, with the keys and types of ``get_identity_providers``."""
    theirs = get_response_set("auth.get_identity_providers").lookup("globusid").json["identity_providers"][0]
    [ours] = auth_client.get_identity_providers(ids=theirs["id"])
    assert {key: type(value) for key, value in ours.items()} == {key: type(value) for key, value in theirs.items()}
    assert (ours["name"], ours["domains"]) == (theirs["name"], theirs["domains"])
    found = auth_client.get_identity_providers(domains=["lab.example", "uni.example", "nowhere.example"])
    assert {each["short_name"] for each in found} == {"lab", "university"}


@pytest.mark.parametrize("params", [{}, {"ids": "x", "domains": "y"}])
def test_identity_providers_take_one_selector(ask, params):
    """Both or neither: 400."""
    _refused(ask("identity_providers", **params), 400, "INVALID_PARAMETERS")
