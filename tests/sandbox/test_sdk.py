"""The published globus-sdk, unmodified, against the sandbox: addresses come from the environment only."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import globus_sdk
import pytest
from globus_sdk.scopes import AuthScopes, TransferScopes

SCOPES = [AuthScopes.openid, AuthScopes.profile, AuthScopes.email, TransferScopes.all]
CALLBACK = "http://localhost:5000/login/callback"


@pytest.fixture
def auth_client(globus, monkeypatch):
    for name, value in globus.environ.items():
        monkeypatch.setenv(name, value)
    portal = globus.clients["portal"]
    return globus_sdk.ConfidentialAppAuthClient(portal.id, portal.secret)


@pytest.fixture
def signed_in(auth_client, visitor):
    auth_client.oauth2_start_flow(CALLBACK, SCOPES, state="s", refresh_tokens=True)
    url = auth_client.oauth2_get_authorize_url(query_params={"nonce": "n-1"})
    code = _allow(visitor, url)
    return auth_client.oauth2_exchange_code_for_tokens(code)


def _allow(visitor, url):
    response = visitor.identify(visitor.visit(url))
    location = visitor.press(response, "decision", "allow").headers["Location"]
    return parse_qs(urlsplit(location).query)["code"][0]


def test_sign_in_gives_tokens_per_resource_server(signed_in):
    """A code exchange with refresh tokens yields an Auth and a Transfer token, each with a refresh token."""
    servers = signed_in.by_resource_server
    assert set(servers) == {"auth.globus.org", "transfer.api.globus.org"}
    assert all(each["access_token"] and each["refresh_token"] for each in servers.values())
    assert signed_in["resource_server"] == "auth.globus.org"


def test_the_sdk_accepts_the_id_token(globus, signed_in, auth_client):
    """``decode_id_token`` verifies the signature against our keys and finds the person."""
    claims = signed_in.decode_id_token()
    assert claims["sub"] == globus.people["ada"].id
    assert claims["iss"] == globus.url
    assert claims["aud"] == str(auth_client.client_id)
    assert claims["nonce"] == "n-1"


def test_introspect_says_who_and_for_whom(globus, signed_in, auth_client):
    """``oauth2_token_introspect`` names person and linked identities."""
    answer = auth_client.oauth2_token_introspect(signed_in["access_token"], include="identity_set")
    assert answer["active"] is True
    assert answer["username"] == globus.people["ada"].username
    assert answer["identity_set"] == [each.id for each in globus.people["ada"].identities]


def test_refresh_gives_a_new_access_token_and_the_same_refresh_token(signed_in, auth_client):
    """``oauth2_refresh_token`` answers for one resource server and never rotates the refresh token."""
    before = signed_in.by_resource_server["transfer.api.globus.org"]
    after = auth_client.oauth2_refresh_token(before["refresh_token"]).by_resource_server
    assert list(after) == ["transfer.api.globus.org"]
    assert after["transfer.api.globus.org"]["refresh_token"] == before["refresh_token"]
    assert after["transfer.api.globus.org"]["access_token"] != before["access_token"]


def test_the_renewing_authorizer_refreshes_and_works_on(globus, signed_in, auth_client):
    """A ``RefreshTokenAuthorizer`` carries a TransferClient over the death of its access token."""
    token = signed_in.by_resource_server["transfer.api.globus.org"]
    authorizer = globus_sdk.RefreshTokenAuthorizer(
        token["refresh_token"],
        auth_client,
        access_token=token["access_token"],
        expires_at=token["expires_at_seconds"],
    )
    globus.advance(49 * 3600)
    client = globus_sdk.TransferClient(authorizer=authorizer)
    assert client.endpoint_search(filter_scope="my-endpoints").http_status == 200
    assert authorizer.access_token != token["access_token"]


def test_revoke_ends_a_token(globus, signed_in, auth_client):
    """``oauth2_revoke_token`` makes a token inactive, for introspection as well."""
    token = signed_in["refresh_token"]
    assert auth_client.oauth2_revoke_token(token)["active"] is False
    assert auth_client.oauth2_token_introspect(token)["active"] is False
    assert not globus.token_is_active(token)


def test_transfer_client_searches_and_lists(globus, signed_in):
    """``endpoint_search`` (paginated) and ``operation_ls`` read the collections' real directories."""
    token = signed_in.by_resource_server["transfer.api.globus.org"]["access_token"]
    client = globus_sdk.TransferClient(authorizer=globus_sdk.AccessTokenAuthorizer(token))
    pages = client.paginated.endpoint_search(filter_scope="my-endpoints", query_params={"limit": 1})
    mine = [entry["id"] for page in pages for entry in page]
    assert mine == [globus.collections["laptop"].id, globus.collections["survey"].id]
    entries = client.operation_ls(mine[0], path="/", show_hidden=False, filter={"name": ["README.txt"]})
    assert [entry["name"] for entry in entries] == ["README.txt"]
    assert client.get_endpoint(mine[0])["display_name"] == "Ada's laptop"


def test_userinfo_through_the_sdk(globus, signed_in):
    """``AuthClient.userinfo`` returns the claims of the granted scopes."""
    client = globus_sdk.AuthClient(authorizer=globus_sdk.AccessTokenAuthorizer(signed_in["access_token"]))
    assert client.userinfo()["preferred_username"] == globus.people["ada"].username


def test_native_client_signs_in_with_pkce(globus, monkeypatch, visitor):
    """``NativeAppAuthClient`` (public, PKCE) completes the flow, refreshes and revokes."""
    for name, value in globus.environ.items():
        monkeypatch.setenv(name, value)
    client = globus_sdk.NativeAppAuthClient(globus.clients["notebook"].id)
    client.oauth2_start_flow(SCOPES, redirect_uri="http://localhost:5002/callback", refresh_tokens=True)
    tokens = client.oauth2_exchange_code_for_tokens(_allow(visitor, client.oauth2_get_authorize_url()))
    refresh = tokens.by_resource_server["auth.globus.org"]["refresh_token"]
    assert client.oauth2_refresh_token(refresh)["access_token"]
    assert client.oauth2_revoke_token(refresh)["active"] is False


def test_sdk_errors_carry_the_oauth_code(auth_client):
    """A wrong code is an ``AuthAPIError`` 401 whose body says ``invalid_grant``."""
    auth_client.oauth2_start_flow(CALLBACK, SCOPES)
    with pytest.raises(globus_sdk.AuthAPIError) as caught:
        auth_client.oauth2_exchange_code_for_tokens("no such code")
    assert (caught.value.http_status, caught.value.raw_json) == (401, {"error": "invalid_grant"})
