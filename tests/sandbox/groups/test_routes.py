"""Groups as the SDK sees them: whose they are, what can be seen, and how they are made and changed."""

from __future__ import annotations

import globus_sdk
import pytest
import requests
from globus_sdk.scopes import GroupsScopes
from globus_sdk.testing import get_response_set

from trivet.sandbox.world.groups import MAX_DEPTH

NULL = type(None)
VIEW = str(GroupsScopes.view_my_groups_and_memberships)
NOBODY = "00000000-0000-4000-8000-000000000000"


def _alike(ours, theirs):
    """At least the same keys, with values of the same types or null."""
    assert set(ours) >= set(theirs)
    for key, value in theirs.items():
        assert type(ours[key]) in (type(value), NULL) or value is None, key


def _refused(call, status, code=None):
    with pytest.raises(globus_sdk.GroupsAPIError) as caught:
        call()
    assert caught.value.http_status == status
    if code:
        assert caught.value.code == code
    return caught.value


def _names(groups):
    return sorted(each["name"] for each in groups)


@pytest.mark.parametrize(
    ("person", "statuses", "names"),
    [
        ("ada", None, ["Sky Survey Observers", "Trusted Users of the Vault"]),
        ("ada", "left", ["Reading Circle"]),
        ("ada", ["left", "active"], ["Reading Circle", "Sky Survey Observers", "Trusted Users of the Vault"]),
        ("ada", "declined", []),
        ("alan", None, ["Night Shift", "Sky Survey Observers"]),
        ("alan", "pending", ["Sky Survey Observers"]),
        ("zoe", "invited", ["Trusted Users of the Vault"]),
        ("grace", None, ["Night Shift", "Sky Survey Observers", "Trusted Users of the Vault"]),
    ],
)
def test_my_groups(client_of, person, statuses, names):
    """A bare list, for all linked identities; active memberships unless others are asked for."""
    extra = {} if statuses is None else {"statuses": statuses}
    answer = client_of(person).get_my_groups(**extra)
    assert _names(answer) == names
    wanted = {"active"} if statuses is None else {statuses} if isinstance(statuses, str) else set(statuses)
    assert {each["status"] for group in answer for each in group["my_memberships"]} <= wanted


def test_my_groups_fixture(client_of, ids):
    """Each group has the keys of ``get_my_groups``, and so has each membership."""
    [theirs, *_] = get_response_set("groups.get_my_groups").lookup("default").json
    [ours] = [each for each in client_of().get_my_groups() if each["id"] == ids("observers")]
    _alike(ours, theirs)
    _alike(ours["my_memberships"][0], theirs["my_memberships"][0])
    _alike(ours["policies"], theirs["policies"])
    assert (ours["enforce_session"], ours["session_limit"], ours["session_timeouts"]) == (False, 28_800, {})


def test_the_narrow_scope(client_of, ids):
    """``view_my_groups_and_memberships`` is enough for one's own list, and for nothing else."""
    client = client_of(scope=VIEW)
    assert len(list(client.get_my_groups())) == 2
    error = _refused(lambda: client.get_group(ids("observers")), 403, "FORBIDDEN")
    assert error.raw_json["provided_scopes"] == [VIEW]
    _refused(lambda: client.create_group({"name": "x"}), 403, "FORBIDDEN")


@pytest.mark.parametrize("path", ["groups/my_groups", "groups/x", "preferences", "groups/x/policies"])
@pytest.mark.parametrize(
    ("header", "code"),
    [
        (None, "AUTHENTICATION_ERROR"),
        ("Bearer", "AUTHENTICATION_ERROR"),
        ("Basic eDp5", "AUTHENTICATION_ERROR"),
        ("Bearer x", "INVALID_TOKEN"),
        ("Bearer é".encode(), "INVALID_TOKEN"),
    ],
)
def test_no_usable_token(globus, path, header, code):
    """Missing and malformed credentials, and tokens that are none, have codes of their own, with 401."""
    answer = requests.get(f"{globus.url}/v2/{path}", headers={"Authorization": header} if header else {})
    assert (answer.status_code, answer.json()["code"]) == (401, code)
    assert set(answer.json()) == {"code", "detail"}


def test_tokens_that_are_dead_or_anothers(globus, groups_token, tokens):
    """Revoked, expired, or for another service: ``INVALID_TOKEN``."""
    old = groups_token()
    globus.rescind("ada", "portal", str(GroupsScopes.all))
    for value in (old, tokens["access_token"], tokens["refresh_token"]):
        answer = requests.get(f"{globus.url}/v2/groups/my_groups", headers={"Authorization": f"Bearer {value}"})
        assert (answer.status_code, answer.json()["code"]) == (401, "INVALID_TOKEN")


def test_get_group_fixture(client_of, ids):
    """The document of ``get_group``; memberships and policies come when asked for."""
    theirs = get_response_set("groups.get_group").lookup("default").json
    _alike(client_of().get_group(ids("observers"), include=["my_memberships", "policies"]).data, theirs)
    plain = client_of().get_group(ids("observers")).data
    assert not {"my_memberships", "memberships", "policies", "allowed_actions", "child_ids"} & set(plain)


def test_members(client_of, ids, globus):
    """Members of an open-hearted group see each other, those of its subgroups included, and who waits outside."""
    group = client_of("zoe").get_group(ids("observers"), include="memberships,child_ids")
    said = {
        each["username"]: (each["role"], each["status"], each.get("source_group_id")) for each in group["memberships"]
    }
    assert said == {
        "gokafor@lab.example": ("admin", "active", None),
        "ada@uni.example": ("manager", "active", None),
        "zoe.o'brien@uni.example": ("member", "active", None),
        "abrandt@globusid.org": ("member", "pending", None),
        "abrandt@uni.example@accounts.mail.example": ("member", "active", ids("night_shift")),
    }
    assert group["child_ids"] == [ids("night_shift")]


@pytest.mark.parametrize(
    ("person", "group", "sees"),
    [
        ("ada", "observers", True),
        ("zoe", "observers", True),
        ("alan", "observers", True),
        ("zoe", "reading_circle", True),
        ("ada", "reading_circle", False),
        ("alan", "night_shift", False),
        ("grace", "night_shift", True),
    ],
)
def test_who_sees_the_members(client_of, ids, person, group, sees):
    """Active members, or managers only, as the group's policy says."""
    client = client_of(person)
    if sees:
        assert client.get_group(ids(group), include="memberships")["memberships"]
    else:
        _refused(lambda: client.get_group(ids(group), include="memberships"), 403, "FORBIDDEN")


@pytest.mark.parametrize(
    ("person", "group", "status"),
    [
        ("alan", "reading_circle", 200),
        ("ada", "night_shift", 403),
        ("zoe", "trusted", 200),
        ("alan", "trusted", 403),
        ("alan", NOBODY, 404),
        ("alan", "%00'\"é", 404),
    ],
)
def test_who_sees_the_group(client_of, ids, globus, person, group, status):
    """Anybody a public one; a private one only who is in it, invited or waiting."""
    client = client_of(person)
    group_id = ids(group) if group in globus.groups else group
    for call in (client.get_group, client.get_group_policies):
        if status == 200:
            assert call(group_id).http_status == 200
        else:
            _refused(lambda call=call: call(group_id), status)


def test_life_of_a_group(client_of, ids, globus):
    """Create, describe, set policies and delete, with the documents of the fixtures."""
    client = client_of()
    made = client.create_group({"name": "Claptraps", "description": "No stairs"})
    assert made.http_status == 201
    for fixture in ("create_group", "delete_group"):
        _alike(made.data, get_response_set(f"groups.{fixture}").lookup("default").json)
    [own] = made["my_memberships"]
    assert (own["identity_id"], own["role"], own["status"]) == (ids("ada"), "admin", "active")
    assert made["policies"]["group_visibility"] == "private"
    changed = client.update_group(made["id"], {"name": "Rough Riders", "terms_and_conditions": "Be kind"})
    assert (changed["name"], changed["description"]) == ("Rough Riders", "No stairs")
    assert client.delete_group(made["id"])["name"] == "Rough Riders"
    _refused(lambda: client.get_group(made["id"]), 404)


def test_policies(client_of, ids):
    """Set with the SDK's own payload, in the shape of the fixture, and in force at once."""
    grace = client_of("grace")
    policies = globus_sdk.GroupPolicies(
        is_high_assurance=False,
        group_visibility="private",
        group_members_visibility="managers",
        join_requests=False,
        signup_fields=["address1"],
        authentication_assurance_timeout=28_800,
    )
    answer = grace.set_group_policies(ids("observers"), policies).data
    assert answer == get_response_set("groups.set_group_policies").lookup("default").json
    assert grace.get_group_policies(ids("observers")).data == answer
    _refused(lambda: client_of("zoe").get_group(ids("observers"), include="memberships"), 403)


def test_only_administrators_change_a_group(client_of, ids):
    """A manager may not describe it, set its policies, delete it or put groups below it."""
    ada = client_of("ada")
    for call in (
        lambda: ada.update_group(ids("observers"), {"name": "x"}),
        lambda: ada.set_group_policies(ids("observers"), {}),
        lambda: ada.delete_group(ids("observers")),
        lambda: ada.create_group({"name": "x", "parent_id": ids("observers")}),
    ):
        _refused(call, 403, "FORBIDDEN")


def test_subgroups(client_of, ids, globus):
    """A group with subgroups is not deleted, and they nest only so deep."""
    grace = client_of("grace")
    _refused(lambda: grace.delete_group(ids("observers")), 400, "BAD_REQUEST")
    parent = ids("night_shift")
    for _ in range(MAX_DEPTH - globus.world.groups.depth(globus.groups["night_shift"])):
        parent = grace.create_group({"name": "Below", "parent_id": parent})["id"]
    _refused(lambda: grace.create_group({"name": "Below", "parent_id": parent}), 400, "BAD_REQUEST")
    assert "Night Shift" in _names(client_of("alan").get_my_groups())


def test_preferences(client_of, ids):
    """Whether one may be added to groups, identity by identity, or for all at once as in the SDK's example."""
    ada = client_of()
    mine = [ids("ada", number) for number in range(3)]
    assert ada.get_identity_preferences().data == {each: {"allow_add": True} for each in mine}
    ada.set_identity_preferences({mine[1]: {"allow_add": False}})
    assert [ada.get_identity_preferences()[each]["allow_add"] for each in mine] == [True, False, True]
    answer = ada.set_identity_preferences({"allow_add": False}).data
    assert answer == {each: {"allow_add": False} for each in mine}
    _refused(lambda: ada.set_identity_preferences({ids("zoe"): {"allow_add": False}}), 403)


BODIES = [
    ("POST", "/v2/groups", b""),
    ("POST", "/v2/groups", b"[]"),
    ("POST", "/v2/groups", b"[" * 50_000),
    ("POST", "/v2/groups", b'{"name": "half of a pair: \\ud800"}'),
    ("POST", "/v2/groups", b"{}"),
    ("POST", "/v2/groups", b'{"name": " "}'),
    ("POST", "/v2/groups", b'{"name": 7}'),
    ("POST", "/v2/groups", b'{"name": "x", "parent_id": "x"}'),
    ("POST", "/v2/groups", b'{"name": "x", "policies": 7}'),
    ("POST", "/v2/groups", b'{"name": "x", "policies": {"group_visibility": ["private"]}}'),
    ("PUT", "/v2/groups/{}", b'{"description": 7}'),
    ("PUT", "/v2/groups/{}/policies", b'{"signup_fields": ["shoe_size"]}'),
    ("PUT", "/v2/groups/{}/policies", b'{"signup_fields": {"a": 1}}'),
    ("PUT", "/v2/groups/{}/policies", b'{"is_high_assurance": "yes"}'),
    ("PUT", "/v2/groups/{}/policies", b'{"authentication_assurance_timeout": -1}'),
    ("PUT", "/v2/groups/{}/policies", b'{"authentication_assurance_timeout": true}'),
    ("PUT", "/v2/preferences", b'{"x": {"allow_add": true}}'),
    ("PUT", "/v2/preferences", b'{"allow_add": "no"}'),
    ("POST", "/v2/groups/{}", b'{"add": 7}'),
    ("POST", "/v2/groups/{}", b'{"add": [7]}'),
    ("POST", "/v2/groups/{}", b'{"add": [{"identity_id": "x"}]}'),
    ("POST", "/v2/groups/{}", b'{"add": [{"identity_id": "00000000-0000-4000-8000-000000000000", "role": "king"}]}'),
    ("GET", "/v2/groups/my_groups?statuses=dead", b""),
    ("GET", "/v2/groups/{}?include=secrets", b""),
]


@pytest.mark.parametrize(("method", "path", "body"), BODIES)
def test_requests_that_mean_nothing(globus, groups_token, ids, method, path, body):
    """422 in the shape of a validation error, with the name of what is wrong; nothing has changed."""
    headers = {"Authorization": f"Bearer {groups_token('grace')}"}
    answer = requests.request(method, globus.url + path.format(ids("observers")), data=body, headers=headers)
    assert answer.status_code == 422
    [problem] = answer.json()["detail"]
    assert set(problem) == {"loc", "msg", "type"}
    assert globus.groups["observers"].description == "Everybody with time at the telescope."
    assert len(list(globus.world.groups)) == 4


def test_a_reset_brings_the_seed_back(globus, client_of, ids):
    """Groups made since are gone, and those of the seed are as they were."""
    client_of().create_group({"name": "New"})
    client_of("grace").update_group(ids("observers"), {"name": "Changed"})
    globus.reset()
    assert sorted(each.name for each in globus.world.groups) == sorted(each.name for each in globus.groups.values())
    assert globus.groups["observers"].name == "Sky Survey Observers"
