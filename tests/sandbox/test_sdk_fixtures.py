"""Our answers beside the bodies the SDK ships for its own tests: the same keys, the same types of values."""

from __future__ import annotations

import pytest
import requests
from globus_sdk.testing import get_response_set

NULL = type(None)


def _fixture(name, case="default"):
    found = get_response_set(name).lookup(case)
    return found.json, found.status


def _types(document):
    return {key: type(value) for key, value in document.items()}


def test_token_response_without_openid(visitor, endpoint):
    """One resource server and no openid: exactly the keys of ``oauth2_exchange_code_for_tokens``."""
    theirs, status = _fixture("auth.oauth2_exchange_code_for_tokens")
    code = visitor.sign_in(scope=theirs["scope"], access_type="online")["code"]
    answer = endpoint.redeem(code)
    assert answer.status_code == status
    assert _types(answer.json()) == _types(theirs)
    assert all(answer.json()[key] == theirs[key] for key in ("expires_in", "token_type", "scope", "resource_server"))


def test_token_response_with_openid(visitor, endpoint):
    """The ``openid`` case: an ID token beside the Auth token, at top level."""
    theirs, status = _fixture("auth.oauth2_exchange_code_for_tokens", "openid")
    answer = endpoint.redeem(visitor.sign_in(scope="openid", access_type="online", state=None)["code"])
    assert answer.status_code == status
    assert _types(answer.json()) == _types(theirs)


def test_refused_code(endpoint):
    """The ``invalid_grant`` case, status and body."""
    theirs, status = _fixture("auth.oauth2_exchange_code_for_tokens", "invalid_grant")
    answer = endpoint.redeem("unknown")
    assert (answer.status_code, answer.json()) == (status, theirs)


def test_introspection(tokens, endpoint):
    """``oauth2_token_introspect``, for a token with the same kinds of scopes, and the one member it is without."""
    theirs, _ = _fixture("auth.oauth2_token_introspect")
    ours = endpoint.introspect(tokens["access_token"])
    assert len(ours.pop("dependent_tokens_cache_id")) == 64
    assert _types(ours) == _types(theirs)
    assert ours["aud"] == ["auth.globus.org", ours["client_id"]]


def test_revocation(tokens, endpoint):
    """``oauth2_revoke_token``."""
    theirs, status = _fixture("auth.oauth2_revoke_token")
    answer = endpoint.post("/revoke", token=tokens["access_token"])
    assert (answer.status_code, answer.json()) == (status, theirs)


def test_userinfo_refusal(globus):
    """``userinfo``, case ``forbidden``: the same document but for its random id."""
    theirs, status = _fixture("auth.userinfo", "forbidden")
    answer = requests.get(f"{globus.url}/v2/oauth2/userinfo")
    assert answer.status_code == status
    ours = answer.json()
    for document in (ours, theirs):
        assert document["errors"][0].pop("id")
    assert ours == theirs


def test_endpoint(globus, ask_transfer):
    """``get_endpoint``: every key the fixture has is in ours, with a value of the same type or null."""
    theirs, _ = _fixture("transfer.get_endpoint")
    ours = ask_transfer(f"endpoint/{globus.collections['laptop'].id}").json()
    for key, value in theirs.items():
        assert type(ours[key]) in (type(value), NULL) or value is None, key


def test_directory_entry(globus, ask_transfer):
    """A file in a listing has exactly the keys and types of ``operation_stat``."""
    theirs, _ = _fixture("transfer.operation_stat")
    listing = ask_transfer(f"operation/endpoint/{globus.collections['laptop'].id}/ls", filter="name:README.txt")
    assert _types(listing.json()["DATA"][0]) == _types(theirs)


@pytest.mark.parametrize("case", ["not_found", "permission_denied"])
def test_refused_path(globus, ask_transfer, case):
    """A path that leads nowhere, or outside: the fixture's keys, status and nine-letter request id."""
    theirs, status = _fixture("transfer.operation_stat", case)
    path = {"not_found": "/no/such/directory", "permission_denied": "/../"}[case]
    answer = ask_transfer(f"operation/endpoint/{globus.collections['laptop'].id}/ls", path=path)
    assert answer.status_code == status
    assert _types(answer.json()) == _types(theirs)
    assert len(answer.json()["request_id"]) == len(theirs["request_id"])
