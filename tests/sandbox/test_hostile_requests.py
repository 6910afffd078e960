"""Whatever is sent, the answer is never a 5xx other than the deliberate 501."""

from __future__ import annotations

import http.client
from urllib.parse import quote_plus

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

GRANTS = ("authorization_code", "refresh_token", "client_credentials", "urn:globus:auth:grant_type:dependent_token")
VALUES = st.one_of(
    st.text(max_size=30),
    st.binary(max_size=10),
    st.sampled_from(["openid", "openid[", "code", "S256", "none", "a" * 43, "offline", "-1", *GRANTS]),
)
ASKED = (
    "state scope response_type redirect_uri client_id prompt nonce code_challenge code_challenge_method x "
    "session_required_identities session_required_single_domain session_required_mfa session_required_policies "
    "session_message prefill_named_grant"
)
AUTHORIZE = st.dictionaries(st.sampled_from(ASKED.split()), VALUES, max_size=3)
TOKEN = st.dictionaries(
    st.sampled_from(
        [
            "grant_type",
            "code",
            "redirect_uri",
            "code_verifier",
            "refresh_token",
            "scope",
            "token",
            "include",
            "authentication_policies",
            "access_type",
        ]
    ),
    VALUES,
    max_size=5,
)
LISTING = st.dictionaries(st.sampled_from(["path", "filter", "orderby", "limit", "offset"]), VALUES, max_size=3)

FEW = settings(max_examples=60)


def _fine(response):
    assert response.status_code < 500
    assert "Traceback" not in response.text


def _encode(fields):
    return "&".join(f"{name}={quote_plus(value)}" for name, value in fields.items())


@FEW
@given(changes=AUTHORIZE)
def test_authorize(visitor, changes):
    """A good request with some of it replaced by anything."""
    _fine(requests.get(visitor.url() + "&" + _encode(changes), allow_redirects=False))
    kept = {name: None for name in changes if name != "x"}
    _fine(requests.get(visitor.url(**kept) + "&" + _encode(changes), allow_redirects=False))


@FEW
@given(form=TOKEN, path=st.sampled_from(["", "/revoke", "/introspect", "/validate"]))
def test_token_endpoints(globus, form, path):
    """Any form, from a client that is who it says."""
    portal = globus.clients["portal"]
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    address = f"{globus.url}/v2/oauth2/token{path}"
    _fine(requests.post(address, data=_encode(form), auth=(portal.id, portal.secret), headers=headers))


@FEW
@given(params=LISTING)
def test_listing(globus, ask_transfer, params):
    """Any path, filter, order and page, from somebody who may list."""
    what = f"operation/endpoint/{globus.collections['laptop'].id}/ls?{_encode(params)}"
    response = ask_transfer(what)
    _fine(response)
    assert response.headers["Content-Type"] == "application/json"


LIST = st.dictionaries(
    st.sampled_from(
        ["filter", "orderby", "limit", "offset", "fields", "marker", "path", "filter_scope", "filter_fulltext"]
    ),
    VALUES,
    max_size=3,
)
LISTS = ["task_list", "bookmark_list", "endpoint_search", "endpoint/{id}", "operation/endpoint/{id}/stat", "task/{id}"]


@FEW
@given(params=LIST, what=st.sampled_from(LISTS))
def test_transfer_queries(globus, ask_transfer, params, what):
    """Any query, for everything of Transfer that takes one."""
    _fine(ask_transfer(f"{what.format(id=globus.collections['laptop'].id)}?{_encode(params)}"))


BODIES = st.binary(max_size=30) | st.sampled_from([b"null", b"[]", b'{"DATA": 1}', b'{"a": 1e999}', b"[" * 9000])
POSTED = [
    *("POST transfer", "POST delete", "POST bookmark", "PUT bookmark/x", "DELETE bookmark/x", "PUT task/x"),
    *("POST task/x/cancel", "POST operation/endpoint/{id}/mkdir", "POST operation/endpoint/{id}/rename"),
]


@FEW
@given(body=BODIES, what=st.sampled_from(POSTED))
def test_transfer_bodies(globus, transfer_token, body, what):
    """Any bytes where a document belongs."""
    method, _, path = what.partition(" ")
    address = f"{globus.url}/v0.10/{path.format(id=globus.collections['laptop'].id)}"
    headers = {"Authorization": f"Bearer {transfer_token}", "Content-Type": "application/json"}
    _fine(requests.request(method, address, data=body, headers=headers))


@FEW
@given(header=st.binary(max_size=40).filter(lambda each: not set(b"\r\n\0") & set(each)))
def test_authorization_header(globus, header):
    """Any bytes where credentials belong."""
    connection = http.client.HTTPConnection("127.0.0.1", int(globus.url.rpartition(":")[2]), timeout=10)
    for path in ("/v0.10/endpoint_search", "/v2/oauth2/userinfo"):
        connection.putrequest("GET", path)
        connection.putheader("Authorization", header)
        connection.endheaders()
        response = connection.getresponse()
        response.read()
        assert response.status in (400, 401, 403)
    connection.close()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just("00000000-0000-4000-8000-000000000000"),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["identity_id", "role"]), inner),
    max_leaves=5,
)
GROUP_FIELDS = "name description parent_id policies group_visibility signup_fields add remove join leave allow_add"


@FEW
@given(
    fields=st.dictionaries(st.sampled_from(GROUP_FIELDS.split()), JSON, max_size=4),
    place=st.sampled_from(
        [
            ("POST", "groups"),
            ("PUT", "groups/{}"),
            ("POST", "groups/{}"),
            ("PUT", "groups/{}/policies"),
            ("PUT", "preferences"),
        ]
    ),
)
def test_groups(globus, visitor, endpoint, fields, place):
    """Any document, from somebody who administers the group."""
    method, path = place
    scope = "urn:globus:auth:scope:groups.api.globus.org:all"
    token = endpoint.redeem(visitor.sign_in("grace", scope=scope)["code"]).json()["access_token"]
    address = f"{globus.url}/v2/{path.format(globus.groups['observers'].id)}"
    _fine(requests.request(method, address, json=fields, headers={"Authorization": f"Bearer {token}"}))


PATHS = ["/%00", "/%ff", "/" + "a" * 10_000, "/v0.10/endpoint/..%2f..", "/v2/api/%0d%0aX:1", "//x/", "/?" * 99]


@pytest.mark.parametrize("path", PATHS)
def test_odd_paths(globus, path):
    """Paths nobody would write by hand."""
    assert requests.get(globus.url + path).status_code in (200, 400, 401, 404, 414, 501)


@FEW
@given(
    params=st.dictionaries(
        st.sampled_from(["ids", "usernames", "provision", "include", "domains"]), VALUES, max_size=3
    ),
    path=st.sampled_from(["identities", "identity_providers", "scopes", "clients"]),
)
def test_lookups(globus, params, path):
    """Any selector, from a client that is who it says."""
    portal = globus.clients["portal"]
    _fine(requests.get(f"{globus.url}/v2/api/{path}?{_encode(params)}", auth=(portal.id, portal.secret)))
