"""Bodies that mean nothing: 400 with the name of the field, and nothing has changed."""

from __future__ import annotations

import pytest
import requests
from globus_sdk.scopes import AuthScopes
from hypothesis import given, settings
from hypothesis import strategies as st

from trivet.sandbox.auth.registration.body import MAX_CHARACTERS, MAX_ENTRIES

HALF_A_PAIR = b'{"client": {"name": "\\ud800"}, "credential": {"name": "\\ud800"}}'
NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def send(globus, visitor, endpoint):
    """Send a body as ada, who may manage projects; ``{project}``, ``{client}`` and ``{scope}`` are hers."""
    code = visitor.sign_in(scope=f"openid {AuthScopes.manage_projects}")["code"]
    headers = {"Authorization": f"Bearer {endpoint.redeem(code).json()['access_token']}"}
    ids = {}

    def send(path, body, method="POST"):
        data = {"json": body} if not isinstance(body, bytes) else {"data": body}
        return requests.request(method, f"{globus.url}/v2/api/{path.format(**ids)}", headers=headers, **data)

    admins = [globus.people["ada"].id]
    project = {"display_name": "Demo", "contact_email": "x@y.example", "admin_ids": admins}
    ids["project"] = send("projects", {"project": project}).json()["project"]["id"]
    client = {"name": "Mine", "project": ids["project"], "public_client": False}
    ids["client"] = send("clients", {"client": client}).json()["client"]["id"]
    scope = {"name": "Run", "description": "Run it", "scope_suffix": "run"}
    ids["scope"] = send("clients/{client}/scopes", {"scope": scope}).json()["scope"]["id"]
    send.ids = ids
    return send


def _refused(response, words=""):
    assert response.status_code == 400
    [error] = response.json()["errors"]
    assert error["code"] == "INVALID_PARAMETERS"
    assert words in error["detail"]


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"7", b"null", b'{"client": 7}', b"\xff", b"[" * 50_000, HALF_A_PAIR]
)
@pytest.mark.parametrize(
    ("method", "path"), [("POST", "clients"), ("PUT", "clients/{client}"), ("POST", "clients/{client}/credentials")]
)
def test_no_object_in_an_object(send, method, path, body):
    """Anything but JSON of the right shape."""
    _refused(send(path, body, method), "The body is not")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"display_name": None}, "display_name"),
        ({"display_name": "a\nb"}, "display_name"),
        ({"display_name": " "}, "display_name"),
        ({"contact_email": 7}, "contact_email"),
        ({"admin_ids": []}, "administrator"),
        ({"admin_ids": "x"}, "admin_ids"),
        ({"admin_ids": ["x"]}, "admin_ids"),
        ({"admin_ids": [NOBODY]}, "administrator"),
        ({"admin_group_ids": [NOBODY]}, "administrator"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_projects(send, fields, words):
    """The same for new projects and for changes."""
    before = send("projects/{project}", b"", "GET").json()
    _refused(send("projects/{project}", {"project": fields}, "PUT"), words)
    whole = {"display_name": "X", "contact_email": "x@y.example", "admin_ids": [NOBODY], **fields}
    _refused(send("projects", {"project": whole}), words)
    assert send("projects/{project}", b"", "GET").json() == before


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": ""}, "name"),
        ({"name": "two\nlines"}, "name"),
        ({"visibility": "secret"}, "visibility"),
        ({"redirect_uris": "https://app.example/"}, "redirect_uris"),
        ({"redirect_uris": ["http://app.example/"]}, "redirect URI"),
        ({"redirect_uris": ["https://app.example/#x"]}, "redirect URI"),
        ({"redirect_uris": ["javascript:alert(1)"]}, "redirect URI"),
        ({"redirect_uris": ["https://app.example:65536/"]}, "redirect URI"),
        ({"redirect_uris": ["https://app.example:x/"]}, "redirect URI"),
        ({"redirect_uris": [7]}, "redirect_uris"),
        ({"links": {"privacy_policy": "https://x.example/"}}, "links"),
        ({"links": {"privacy_policy": "https://x.example/", "terms_and_conditions": None}}, "links"),
        ({"links": {"privacy_policy": "javascript:x", "terms_and_conditions": "javascript:x"}}, "links"),
        ({"links": 7}, "links"),
        ({"required_idp": NOBODY}, "identity provider"),
        ({"preselect_idp": "x"}, "preselect_idp"),
        ({"secret": "x"}, "secret"),
    ],
)
def test_clients(send, fields, words):
    """The same for new clients and for changes."""
    before = send("clients/{client}", b"", "GET").json()
    _refused(send("clients/{client}", {"client": fields}, "PUT"), words)
    whole = {"name": "X", "project": send.ids["project"], "public_client": True, **fields}
    _refused(send("clients", {"client": whole}), words)
    assert send("clients/{client}", b"", "GET").json() == before


@pytest.mark.parametrize(
    "types", [{}, {"public_client": True, "client_type": "client_identity"}, {"client_type": "x"}, {"public_client": 1}]
)
def test_exactly_one_type(send, types):
    """``client_type`` or ``public_client``, and a value that is one."""
    _refused(send("clients", {"client": {"name": "X", "project": send.ids["project"], **types}}))


def test_a_type_is_for_good(send):
    """It cannot be changed later."""
    _refused(send("clients/{client}", {"client": {"client_type": "confidential_client"}}, "PUT"), "client_type")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"scope_suffix": "Run"}, "scope_suffix"),
        ({"scope_suffix": "a/b"}, "scope_suffix"),
        ({"description": None}, "description"),
        ({"advertised": "yes"}, "advertised"),
        ({"required_domains": [7]}, "required_domains"),
        ({"dependent_scopes": [{"scope": NOBODY}]}, "dependent scope"),
        ({"dependent_scopes": [{"scope": "x"}]}, "scope"),
        ({"dependent_scopes": [7]}, "dependent_scopes"),
        ({"dependent_scopes": 7}, "dependent_scopes"),
        ({"id": NOBODY}, "id"),
    ],
)
def test_scopes(send, fields, words):
    """The same for new scopes and for changes."""
    before = send("scopes/{scope}", b"", "GET").json()
    _refused(send("scopes/{scope}", {"scope": fields}, "PUT"), words)
    whole = {"name": "X", "description": "X", "scope_suffix": "x", **fields}
    _refused(send("clients/{client}/scopes", {"scope": whole}), words)
    assert send("scopes/{scope}", b"", "GET").json() == before


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just(NOBODY),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["scope", "links"]), inner, max_size=2),
    max_leaves=4,
)
TEXTS = "name project visibility display_name contact_email description scope_suffix template_id required_idp"
OTHERS = "public_client client_type redirect_uris links admin_ids dependent_scopes required_domains"
NAMES = st.sampled_from(f"{TEXTS} {OTHERS}".split())


@settings(max_examples=60)
@given(
    fields=st.dictionaries(NAMES, JSON, max_size=4),
    place=st.sampled_from(
        [
            ("project", "POST", "projects"),
            ("client", "POST", "clients"),
            ("client", "PUT", "clients/{client}"),
            ("credential", "POST", "clients/{client}/credentials"),
            ("scope", "POST", "clients/{client}/scopes"),
            ("scope", "PUT", "scopes/{scope}"),
        ]
    ),
)
def test_any_body(send, fields, place):
    """Whatever is posted, it is taken or refused, and never a 5xx."""
    wrapper, method, path = place
    assert send(path, {wrapper: fields}, method).status_code in (200, 400, 404, 409)


ADDRESS = "https://x.example/"


@pytest.mark.parametrize(
    ("path", "what", "fields"),
    [
        ("projects/{project}", "project", {"display_name": "x" * (MAX_CHARACTERS + 1)}),
        ("projects/{project}", "project", {"admin_ids": [NOBODY] * (MAX_ENTRIES + 1)}),
        ("clients/{client}", "client", {"redirect_uris": [ADDRESS] * (MAX_ENTRIES + 1)}),
        ("clients/{client}", "client", {"redirect_uris": [ADDRESS + "x" * MAX_CHARACTERS]}),
        (
            "clients/{client}",
            "client",
            {"links": {"terms_and_conditions": ADDRESS + "x" * MAX_CHARACTERS, "privacy_policy": ADDRESS}},
        ),
        ("scopes/{scope}", "scope", {"dependent_scopes": [{"scope": NOBODY}] * (MAX_ENTRIES + 1)}),
        ("scopes/{scope}", "scope", {"required_domains": ["x.example"] * (MAX_ENTRIES + 1)}),
    ],
)
def test_more_than_is_taken(send, path, what, fields):
    """Nothing that is remembered is as long as a request may be."""
    _refused(send(path, {what: fields}, "PUT"), "as many as are taken")


def test_more_than_is_taken_is_there_already(globus, send):
    """What there is at greater length stays when something else is changed, also if all is sent back as it was read."""
    addresses = globus.world.client(send.ids["client"]).redirect_uris
    addresses += [f"{ADDRESS}{number}" for number in range(MAX_ENTRIES + 1)]
    changed = send("clients/{client}", {"client": {"name": "Renamed"}}, "PUT").json()["client"]
    assert (changed["name"], changed["redirect_uris"]) == ("Renamed", addresses)
    fields = {"name": "Again", "redirect_uris": addresses}
    assert send("clients/{client}", {"client": fields}, "PUT").json()["client"]["redirect_uris"] == addresses
    fields = {"redirect_uris": addresses[1:] + addresses[:1]}
    _refused(send("clients/{client}", {"client": fields}, "PUT"), "as many as are taken")
