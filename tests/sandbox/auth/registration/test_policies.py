"""Policies, through the SDK's ``AuthClient`` and beside its fixtures."""

from __future__ import annotations

import globus_sdk
import pytest
import requests
from globus_sdk.scopes import AuthScopes
from globus_sdk.testing import get_response_set

from trivet.sandbox import Sandbox

SCOPE = f"openid {AuthScopes.manage_projects}"
NOBODY = "00000000-0000-4000-8000-000000000000"
NULL = type(None)


def _auth_client(visitor, endpoint, person, scope=SCOPE):
    token = endpoint.redeem(visitor.sign_in(person, scope=scope, prompt="login")["code"]).json()["access_token"]
    return globus_sdk.AuthClient(authorizer=globus_sdk.AccessTokenAuthorizer(token))


@pytest.fixture
def as_person(globus, new_visitor, endpoint, monkeypatch):
    for name, value in globus.environ.items():
        monkeypatch.setenv(name, value)
    return lambda person="ada", scope=SCOPE: _auth_client(new_visitor(), endpoint, person, scope)


@pytest.fixture
def ada(as_person):
    return as_person()


@pytest.fixture
def project(globus, ada):
    return ada.create_project("Demo", "ops@lab.example", admin_ids=globus.people["ada"].id)["project"]["id"]


@pytest.fixture
def create(ada, project):
    return lambda **fields: ada.create_policy(
        project_id=project, **{"display_name": "Foo", "description": "Controls access to Foo", **fields}
    )["policy"]


def _refused(call, status, code):
    with pytest.raises(globus_sdk.AuthAPIError) as caught:
        call()
    assert (caught.value.http_status, caught.value.code) == (status, code)


def test_fixtures(ada, create):
    """Every call's document has the keys of the fixture, with values of the same types or null."""
    wanted = get_response_set("auth.get_policy").lookup("default").json["policy"]
    policy = create(domain_constraints_include=["greenlight.example"], authentication_assurance_timeout=35)
    calls = (
        lambda: ada.get_policy(policy["id"]),
        lambda: ada.update_policy(policy["id"]),
        lambda: ada.delete_policy(policy["id"]),
    )
    for answer in (policy, ada.get_policies()["policies"][0], *(call()["policy"] for call in calls)):
        assert set(answer) == set(wanted)
        for key, value in wanted.items():
            assert type(answer[key]) in (type(value), NULL), key


CREATED = ["high_assurance", "not_high_assurance", "required_mfa", "domain_constraints_include"]
CREATED += ["empty_domain_constraints_include", "no_domain_constraints_include", "authentication_assurance_timeout"]


@pytest.mark.parametrize("case", CREATED)
def test_what_is_sent_is_what_comes_back(create, case):
    """The fixtures of ``create_policy``, field by field."""
    args = dict(get_response_set("auth.create_policy").lookup(case).metadata["args"])
    args.pop("project_id")
    made = create(**args)
    assert {name: made[name] for name in args} == args


def test_change_and_delete(globus, ada, create):
    """What is not sent stays; null takes a constraint away; a deleted policy is gone."""
    policy = create(high_assurance=True, domain_constraints_include=["*.edu"], authentication_assurance_timeout=60)
    changed = ada.update_policy(policy["id"], domain_constraints_include=None, required_mfa=True)["policy"]
    assert changed == {**policy, "domain_constraints_include": None, "required_mfa": True}
    assert [each["id"] for each in ada.get_policies()] == [policy["id"]]
    ada.delete_policy(policy["id"])
    _refused(lambda: ada.get_policy(policy["id"]), 404, "NOT_FOUND")
    assert list(ada.get_policies()) == []


def test_a_project_with_policies_stays(ada, create, project):
    """A project cannot be deleted as long as there are policies in it."""
    create()
    _refused(lambda: ada.delete_project(project), 409, "RESOURCE_CONFLICT")


def test_others_policies(as_person, create):
    """Whoever does not administer the project neither sees nor changes its policies."""
    policy, grace = create(), as_person("grace")
    assert list(grace.get_policies()) == []
    for call in (grace.get_policy, grace.update_policy, grace.delete_policy):
        _refused(lambda call=call: call(policy["id"]), 403, "FORBIDDEN")


def test_moving_it_into_anothers_project(globus, as_person, ada, create):
    """A policy goes only where its administrator has something to say."""
    grace = as_person("grace")
    theirs = grace.create_project("Hers", "g@lab.example", admin_ids=globus.people["grace"].id)["project"]["id"]
    policy = create()
    _refused(lambda: ada.update_policy(policy["id"], project_id=theirs), 403, "FORBIDDEN")
    _refused(lambda: ada.create_policy(project_id=theirs, display_name="x", description="x"), 403, "FORBIDDEN")
    assert ada.get_policy(policy["id"])["policy"] == policy


def test_needs_manage_projects(globus, as_person):
    """Without the scope 403, without a token 401."""
    weak = as_person(scope="openid")
    for call in (weak.get_policies, lambda: weak.get_policy(NOBODY), lambda: weak.delete_policy(NOBODY)):
        _refused(call, 403, "FORBIDDEN")
    assert requests.get(f"{globus.url}/v2/api/policies").status_code == 401


def test_high_assurance_is_for_good(ada, create):
    """It is said at creation, and no change of the policy takes it."""
    policy = create()
    body = {"policy": {"high_assurance": True}}
    _refused(lambda: ada.put(f"/v2/api/policies/{policy['id']}", data=body), 400, "INVALID_PARAMETERS")


BAD = [
    {"required_mfa": True},
    {"required_mfa": "yes", "high_assurance": True},
    {"high_assurance": 1},
    {"authentication_assurance_timeout": 0},
    {"authentication_assurance_timeout": True},
    {"authentication_assurance_timeout": 10**30},
    {"authentication_assurance_timeout": "60"},
    {"domain_constraints_include": [7]},
    {"domain_constraints_include": ["<script>"]},
    {"domain_constraints_exclude": {"a": 1}},
    {"display_name": "two\nlines"},
    {"display_name": 7},
    {"description": None},
    {"project_id": None},
    {"project_id": "x"},
    {"colour": "red"},
]


@pytest.mark.parametrize("fields", BAD, ids=str)
def test_bodies_that_mean_nothing(ada, project, fields):
    """400 with the name of what is wrong, or 404 for no project at all; nothing is created."""
    body = {"project_id": project, "display_name": "Foo", "description": "Foo", **fields}
    with pytest.raises(globus_sdk.AuthAPIError) as caught:
        ada.post("/v2/api/policies", data={"policy": body})
    assert caught.value.http_status in (400, 404)
    assert list(ada.get_policies()) == []


def test_a_policy_made_just_now_can_be_demanded(globus, visitor, endpoint, create, read_page):
    """It is enforced at the authorize page and judged by introspection, and a change takes effect at once."""
    policy = create(domain_constraints_include=["lab.example"], high_assurance=True)
    visitor.sign_in("ada")
    page = read_page(visitor.visit(session_required_policies=policy["id"]).text)
    assert page.offers("identity") == [globus.people["ada"].identities[2].id]
    token = endpoint.redeem(visitor.sign_in("ada")["code"]).json()["access_token"]
    said = endpoint.introspect(token, authentication_policies=policy["id"])["policy_evaluations"]
    assert said == {policy["id"]: {"evaluation": False}}


def test_a_policy_of_the_seed(globus, ada):
    """One without an owner is nobody's to read or change."""
    _refused(lambda: ada.get_policy(globus.policies["second_factor"].id), 404, "NOT_FOUND")
    assert list(ada.get_policies()) == []


def test_a_policy_of_the_seed_with_an_owner(visit_at, monkeypatch):
    """The owner sees and changes it, and a reset brings back what the seed says."""
    seed = {
        "identity_providers": {"u": {"display_name": "U", "domain": "u.example"}},
        "people": {"ada": {"name": "Ada", "identities": [{"idp": "u", "username": "ada@u.example"}]}},
        "clients": {"portal": {"name": "P", "redirect_uris": ["http://localhost:5000/login/callback"]}},
        "policies": {"strict": {"display_name": "Strict", "owner": "ada", "description": "For all"}},
    }
    with Sandbox(seed) as own:
        for name, value in own.environ.items():
            monkeypatch.setenv(name, value)
        client = _auth_client(*visit_at(own), "ada")
        [policy] = client.get_policies()
        client.update_policy(policy["id"], display_name="Lax")
        assert own.policies["strict"].display_name == "Lax"
        client.delete_policy(policy["id"])
        assert own.policies == {}
        own.reset()
        assert own.policies["strict"].display_name == "Strict"
