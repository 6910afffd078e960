"""Subscriptions: the group that stands for one, and the groups that belong to it."""

from __future__ import annotations

import globus_sdk
import pytest
from globus_sdk.testing import get_response_set

NOBODY = "00000000-0000-4000-8000-000000000000"


def _types(document):
    return {key: type(value) for key, value in document.items()}


def _refused(call, status):
    with pytest.raises(globus_sdk.GroupsAPIError) as caught:
        call()
    assert caught.value.http_status == status


@pytest.fixture
def subscription(globus):
    """The id of the seed's one subscription, that of the group ``trusted``."""
    return globus.groups["trusted"].subscription.id


def test_the_group_of_a_subscription(client_of, ids, subscription):
    """The document of ``get_group`` for one that stands for a subscription, names included."""
    theirs = get_response_set("groups.get_group").lookup("subscription").json
    ours = client_of().get_group(ids("trusted"), include=["my_memberships", "policies"]).data
    assert _types(theirs).items() <= _types(ours).items()
    assert _types(ours["subscription_info"]) == _types(theirs["subscription_info"])
    assert (ours["group_type"], ours["subscription_id"]) == ("plus", subscription)
    assert ours["subscription_info"]["subscriber_name"] == "Example National Laboratory"


def test_found_by_its_id(client_of, ids, subscription):
    """Anybody may ask, and is told no names: ``get_group_by_subscription_id``."""
    theirs = get_response_set("groups.get_group_by_subscription_id").lookup("default").json
    for person in ("ada", "alan"):
        ours = client_of(person).get_group_by_subscription_id(subscription).data
        assert _types(ours) == _types(theirs)
        assert _types(ours["subscription_info"]) == _types(theirs["subscription_info"])
        assert (ours["group_id"], ours["subscription_id"]) == (ids("trusted"), subscription)
    for unknown in (NOBODY, ids("trusted"), "x"):
        _refused(lambda unknown=unknown: client_of().get_group_by_subscription_id(unknown), 404)


def test_verified_and_not_any_more(client_of, ids, subscription):
    """An administrator of the subscription's group says what belongs to it: ``set_subscription_admin_verified``."""
    theirs = get_response_set("groups.set_subscription_admin_verified").lookup("default").json
    grace = client_of("grace")
    ours = grace.set_subscription_admin_verified(ids("reading_circle"), subscription).data
    assert _types(ours) == _types(theirs)
    group = client_of("zoe").get_group(ids("reading_circle"))
    assert group["subscription_admin_verified_id"] == ours["subscription_admin_verified_id"] == subscription
    assert (group["group_type"], group["subscription_id"]) == ("regular", None)
    ended = grace.set_subscription_admin_verified(ids("reading_circle"), None)
    assert ended.data == {"group_id": ids("reading_circle"), "subscription_admin_verified_id": None}


@pytest.mark.parametrize("person", ["ada", "zoe", "alan"])
def test_who_may_not_say_so(client_of, ids, globus, subscription, person):
    """Whoever does not administer the subscription's group, be it to begin or to end it."""
    client = client_of(person)
    _refused(lambda: client.set_subscription_admin_verified(ids("reading_circle"), subscription), 403)
    client_of("grace").set_subscription_admin_verified(ids("reading_circle"), subscription)
    _refused(lambda: client.set_subscription_admin_verified(ids("reading_circle"), None), 403)
    assert globus.groups["reading_circle"].verified_by == subscription


def test_it_takes_a_recent_sign_in(client_of, ids, globus, subscription):
    """The seed's subscription is that of a group of high assurance: an old session is refused with a demand."""
    grace = client_of("grace")
    globus.advance("2h")
    with pytest.raises(globus_sdk.GroupsAPIError) as caught:
        grace.set_subscription_admin_verified(ids("reading_circle"), subscription)
    assert caught.value.info.authorization_parameters.session_required_identities == [ids("grace")]


@pytest.mark.parametrize(
    ("group", "document", "status"),
    [
        ("reading_circle", {"subscription_admin_verified_id": NOBODY}, 403),
        ("reading_circle", {"subscription_admin_verified_id": "x"}, 422),
        ("reading_circle", {}, 422),
        (NOBODY, {"subscription_admin_verified_id": None}, 404),
    ],
)
def test_documents_that_are_none(client_of, ids, globus, group, document, status):
    """No such subscription is 403, what means nothing 422, no such group 404."""
    where = f"/v2/groups/{ids(group) if group in globus.groups else group}/subscription_admin_verified"
    _refused(lambda: client_of("grace").put(where, data=document), status)


def test_a_groups_own_administrator_may_end_it(client_of, ids, globus, subscription):
    """By changing the group, with null; to no other subscription, and a change of the name alone changes nothing."""
    zoe = client_of("zoe")
    client_of("grace").set_subscription_admin_verified(ids("reading_circle"), subscription)
    assert (
        zoe.update_group(ids("reading_circle"), {"name": "Readers"})["subscription_admin_verified_id"] == subscription
    )
    other = {"name": "x", "subscription_admin_verified_id": NOBODY}
    _refused(lambda: zoe.update_group(ids("reading_circle"), other), 403)
    assert globus.groups["reading_circle"].name == "Readers"
    ended = zoe.update_group(ids("reading_circle"), {"subscription_admin_verified_id": None})
    assert (ended["name"], ended["subscription_admin_verified_id"]) == ("Readers", None)
