"""What people tell about themselves in a group when they sign up."""

from __future__ import annotations

import globus_sdk
import pytest

from trivet.sandbox.groups.membership_fields import FIELDS

NOTHING = dict.fromkeys(FIELDS)


def _refused(call, status):
    with pytest.raises(globus_sdk.GroupsAPIError) as caught:
        call()
    assert caught.value.http_status == status


def test_each_identity_has_its_own(client_of, ids):
    """What is told of one identity comes back for it, empty for the others, and stands in its membership."""
    ada, group = client_of(), ids("observers")
    mine = [ids("ada", number) for number in range(3)]
    assert ada.get_membership_fields(group).data == dict.fromkeys(mine, NOTHING)
    answer = ada.set_membership_fields(group, {mine[0]: {"institution": "University of Example", "zip": "12345"}}).data
    told = {"institution": "University of Example", "zip": "12345"}
    assert answer == {**dict.fromkeys(mine, NOTHING), mine[0]: {**NOTHING, **told}}
    assert ada.get_membership_fields(group).data == answer
    memberships = client_of("grace").get_group(group, include="memberships")["memberships"]
    found = {each["identity_id"]: each["membership_fields"] for each in memberships}
    assert found.pop(mine[0]) == told
    assert not any(found.values())


def test_what_is_told_anew_replaces_what_was_told(client_of, ids):
    """The document is the whole of it, for each identity that is in it, and for no other."""
    ada, group = client_of(), ids("observers")
    first, second = ids("ada"), ids("ada", 1)
    ada.set_membership_fields(group, {first: {"city": "Example"}, second: {"city": "Elsewhere"}})
    answer = ada.set_membership_fields(group, {first: {"phone": "1"}}).data
    assert (answer[first]["city"], answer[first]["phone"], answer[second]["city"]) == (None, "1", "Elsewhere")


def test_before_one_is_let_in(client_of, ids):
    """Whoever may ask to be let in may tell first; of a group that nobody may ask, only who sees it."""
    grace = client_of("grace")
    asked, quiet = (
        grace.create_group({"name": "Quiet", "policies": {"join_requests": requests}})["id"]
        for requests in (True, False)
    )
    zoe = client_of("zoe")
    assert zoe.set_membership_fields(asked, {ids("zoe"): {"city": "Example"}}).http_status == 200
    globus_sdk.GroupsManager(zoe).request_join(asked, ids("zoe"))
    [pending] = [
        each for each in grace.get_group(asked, include="memberships")["memberships"] if each["status"] == "pending"
    ]
    assert pending["membership_fields"] == {"city": "Example"}
    _refused(lambda: zoe.get_membership_fields(quiet), 403)
    _refused(lambda: zoe.get_membership_fields(ids("zoe")), 404)


@pytest.mark.parametrize(
    ("document", "status"),
    [
        (lambda ids: {ids("zoe"): {"city": "x"}}, 403),
        (lambda ids: {ids("ada"): {"city": "x"}, ids("zoe"): {"city": "x"}}, 403),
        (lambda ids: {ids("ada"): {"city": 7}}, 422),
        (lambda ids: {ids("ada"): "x"}, 422),
        (lambda _: {"institution": "x"}, 422),
        (lambda _: [], 422),
    ],
)
def test_documents_that_are_none(client_of, ids, document, status):
    """Somebody else's identity is 403, what means nothing 422; nothing has changed."""
    ada, group = client_of(), ids("observers")
    _refused(lambda: ada.set_membership_fields(group, document(ids)), status)
    assert ada.get_membership_fields(group)[ids("ada")] == NOTHING


def test_a_reset_forgets_it(client_of, ids, globus):
    """What was told is not in the seed."""
    client_of().set_membership_fields(ids("observers"), {ids("ada"): {"city": "x"}})
    globus.reset()
    assert client_of().get_membership_fields(ids("observers"))[ids("ada")] == NOTHING
