"""What happens to memberships: each action, who may use it, and what it is refused for."""

from __future__ import annotations

import globus_sdk
import pytest
from globus_sdk import BatchMembershipActions, GroupsManager

NOBODY = "00000000-0000-4000-8000-000000000000"

# who, what, to whom (and which of their identities), in which group; then role and status after, or the error code
CASES = [
    ("ada", "add", "grace", 1, "observers", ("member", "active")),
    ("ada", "add", "ada", 1, "observers", ("member", "active")),
    ("ada", "add", "zoe", 0, "observers", "ALREADY_ACTIVE"),
    ("ada", "add", "alan", 0, "observers", ("member", "active")),
    ("zoe", "add", "ada", 0, "reading_circle", "MEMBER_LEFT"),
    ("zoe", "invite", "ada", 0, "reading_circle", ("member", "invited")),
    ("zoe", "invite", "alan", 1, "reading_circle", ("member", "invited")),
    ("ada", "invite", "zoe", 0, "observers", "ALREADY_ACTIVE"),
    ("ada", "approve", "alan", 0, "observers", ("member", "active")),
    ("ada", "approve", "zoe", 0, "observers", "INVALID_STATUS"),
    ("ada", "approve", "grace", 1, "observers", "INVALID_STATUS"),
    ("ada", "reject", "alan", 0, "observers", ("member", "rejected")),
    ("ada", "remove", "zoe", 0, "observers", ("member", "removed")),
    ("ada", "remove", "ada", 0, "observers", "OWN_MEMBERSHIP"),
    ("ada", "remove", "grace", 0, "observers", "ADMIN_REQUIRED"),
    ("grace", "remove", "ada", 0, "observers", ("manager", "removed")),
    ("grace", "remove", "alan", 0, "observers", "INVALID_STATUS"),
    ("grace", "change_role", "zoe", 0, "observers", ("member", "active")),
    ("grace", "change_role", "ada", 0, "observers", ("member", "active")),
    ("grace", "change_role", "grace", 0, "observers", "LAST_ADMIN"),
    ("grace", "change_role", "alan", 0, "observers", "INVALID_STATUS"),
    ("zoe", "leave", "zoe", 0, "observers", ("member", "left")),
    ("grace", "leave", "grace", 0, "observers", "LAST_ADMIN"),
    ("zoe", "leave", "ada", 0, "observers", "NOT_YOUR_IDENTITY"),
    ("alan", "leave", "alan", 0, "observers", "INVALID_STATUS"),
    ("alan", "join", "alan", 0, "reading_circle", ("member", "active")),
    ("ada", "join", "ada", 0, "reading_circle", ("member", "active")),
    ("zoe", "join", "zoe", 0, "reading_circle", "ALREADY_ACTIVE"),
    ("grace", "join", "grace", 1, "observers", "JOIN_NOT_ALLOWED"),
    ("alan", "join", "ada", 0, "reading_circle", "NOT_YOUR_IDENTITY"),
    ("grace", "request_join", "grace", 1, "observers", ("member", "pending")),
    ("alan", "request_join", "alan", 0, "reading_circle", "JOIN_REQUESTS_NOT_ALLOWED"),
    ("zoe", "request_join", "zoe", 0, "observers", "ALREADY_ACTIVE"),
    ("zoe", "accept", "zoe", 0, "observers", "INVALID_STATUS"),
    ("zoe", "decline", "grace", 0, "observers", "NOT_YOUR_IDENTITY"),
]


@pytest.mark.parametrize(("who", "action", "whom", "number", "group", "outcome"), CASES)
def test_each_action(client_of, ids, status_of, who, action, whom, number, group, outcome):
    """What became of the membership is in the answer and in the group; an error leaves it as it was."""
    before, identity = status_of(group, whom, number), ids(whom, number)
    answer = client_of(who).batch_membership_action(ids(group), {action: [{"identity_id": identity}]}).data
    if isinstance(outcome, str):
        [error] = answer["errors"][action]
        assert (error["identity_id"], error["code"]) == (identity, outcome)
        assert error["detail"]
        assert action not in answer
        assert status_of(group, whom, number) == before
    else:
        [membership] = answer[action]
        assert (membership["role"], membership["status"]) == outcome == status_of(group, whom, number)
        assert (membership["identity_id"], membership["group_id"]) == (identity, ids(group))
        assert "errors" not in answer


@pytest.mark.parametrize("action", ["add", "invite", "approve", "reject", "remove", "change_role"])
@pytest.mark.parametrize("who", ["zoe", "alan"])
def test_a_role_that_does_not_allow_it(client_of, ids, who, action):
    """The whole request is refused, whatever else is in it."""
    actions = {action: [{"identity_id": ids("grace", 1)}], "leave": [{"identity_id": ids("zoe")}]}
    with pytest.raises(globus_sdk.GroupsAPIError) as caught:
        client_of(who).batch_membership_action(ids("observers"), actions)
    assert (caught.value.http_status, caught.value.code) == (403, "FORBIDDEN")


@pytest.mark.parametrize("nonsense", [{"status_reason": 7}, {"invite_email_address": []}, {"role": "king"}])
def test_a_row_that_means_nothing(client_of, ids, status_of, nonsense):
    """The whole request is refused, and those in the rows before it are what they were."""
    before = status_of("observers", "alan")
    rows = [{"identity_id": ids("alan")}, {"identity_id": ids("grace", 1), **nonsense}]
    with pytest.raises(globus_sdk.GroupsAPIError) as caught:
        client_of("ada").batch_membership_action(ids("observers"), {"add": rows})
    assert caught.value.http_status == 422
    assert status_of("observers", "alan") == before


def test_managers_make_no_managers(client_of, ids):
    """Only administrators hand out roles."""
    batch = BatchMembershipActions().add_members([ids("grace", 1)], role="admin")
    answer = client_of("ada").batch_membership_action(ids("observers"), batch)
    assert answer["errors"]["add"][0]["code"] == "ADMIN_REQUIRED"
    answer = client_of("grace").batch_membership_action(ids("observers"), batch)
    assert answer["add"][0]["role"] == "admin"


def test_several_at_once(client_of, ids):
    """One that fails does not keep the others from being done."""
    batch = BatchMembershipActions().add_members([NOBODY, ids("grace", 1)]).approve_pending([ids("alan")])
    answer = client_of("ada").batch_membership_action(ids("observers"), batch).data
    assert [each["identity_id"] for each in answer["add"]] == [ids("grace", 1)]
    assert [each["code"] for each in answer["errors"]["add"]] == ["IDENTITY_NOT_FOUND"]
    assert [each["status"] for each in answer["approve"]] == ["active"]


def test_an_identity_named_twice(client_of, ids, status_of):
    """The whole request is refused, and says whom it names twice."""
    batch = BatchMembershipActions().approve_pending([ids("alan")]).reject_join_requests([ids("alan").upper()])
    with pytest.raises(globus_sdk.GroupsAPIError) as caught:
        client_of("ada").batch_membership_action(ids("observers"), batch)
    assert (caught.value.http_status, caught.value.raw_json["ambiguous_identities"]) == (400, [ids("alan")])
    assert status_of("observers", "alan") == ("member", "pending")


def test_whom_one_may_not_add(client_of, ids):
    """Whoever does not want to be added can still be invited."""
    client_of("alan").set_identity_preferences({ids("alan"): {"allow_add": False}})
    manager = GroupsManager(client_of("zoe"))
    assert manager.add_member(ids("reading_circle"), ids("alan"))["errors"]["add"][0]["code"] == "ADD_NOT_ALLOWED"
    assert manager.invite_member(ids("reading_circle"), ids("alan"))["invite"][0]["status"] == "invited"


@pytest.mark.parametrize(("answer", "status"), [("accept_invite", "active"), ("decline_invite", "declined")])
def test_an_invitation(client_of, ids, answer, status):
    """It can be taken or not; then the group is in one's list, or is not."""
    made = GroupsManager(client_of("zoe")).create_group("New", "A new one")["id"]
    GroupsManager(client_of("zoe")).invite_member(made, ids("alan"), role="member")
    alan = client_of("alan")
    [invited] = [each for each in alan.get_my_groups(statuses="invited") if each["id"] == made]
    assert invited["my_memberships"][0]["invite_time"] is not None
    getattr(GroupsManager(alan), answer)(made, ids("alan"))
    assert (made in [each["id"] for each in alan.get_my_groups()]) is (status == "active")


def test_asking_to_be_let_into_a_private_group(client_of, ids):
    """Its id is all it takes to ask; seeing it takes an answer."""
    grace = client_of("grace")
    made = grace.create_group({"name": "Quiet", "policies": {"join_requests": True}})["id"]
    zoe = GroupsManager(client_of("zoe"))
    with pytest.raises(globus_sdk.GroupsAPIError):
        zoe.client.get_group(made)
    assert zoe.request_join(made, ids("zoe"))["request_join"][0]["status"] == "pending"
    GroupsManager(grace).approve_pending(made, ids("zoe"))
    assert zoe.client.get_group(made)["name"] == "Quiet"


def test_a_reason_is_kept(client_of, ids):
    """``status_reason`` comes back with the membership."""
    row = {"identity_id": ids("alan"), "status_reason": "No telescope"}
    answer = client_of("ada").batch_membership_action(ids("observers"), {"reject": [row]})
    assert answer["reject"][0]["status_reason"] == "No telescope"


ALLOWED = {
    ("ada", "observers"): {"add", "invite", "approve", "reject", "remove", "leave", "request_join"},
    ("grace", "observers"): {"add", "invite", "approve", "reject", "remove", "change_role", "leave", "request_join"},
    ("zoe", "observers"): {"leave"},
    ("alan", "observers"): {"request_join"},
    ("alan", "reading_circle"): {"join"},
    ("zoe", "trusted"): {"accept", "decline"},
}


@pytest.mark.parametrize(("person", "group"), ALLOWED)
def test_allowed_actions(client_of, ids, person, group):
    """Which buttons a client should show, by identity."""
    answer = client_of(person).get_group(ids(group), include="allowed_actions")["allowed_actions"]
    assert {action for action, identities in answer.items() if identities} == ALLOWED[person, group]
    assert len(answer) == 11
