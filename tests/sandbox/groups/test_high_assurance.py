"""Groups of high assurance: acting in one takes a recent sign-in with the identity that may."""

from __future__ import annotations

import globus_sdk
import pytest
from globus_sdk.gare import to_gare
from globus_sdk.scopes import GroupsScopes

from trivet.sandbox import Sandbox
from trivet.sandbox.switches import Switches


def _invite(client, group, identity):
    return client.batch_membership_action(group, {"invite": [{"identity_id": identity}]}).data


def test_the_right_identity_just_now(client_of, ids):
    """With the identity that manages the group in the session, everything is as elsewhere."""
    answer = _invite(client_of("ada", identity=2), ids("trusted"), ids("alan"))
    assert answer["invite"][0]["status"] == "invited"


@pytest.mark.parametrize(("identity", "age"), [(0, 0), (2, 3601)])
def test_another_identity_or_too_long_ago(globus, client_of, ids, identity, age):
    """A demand that names the identity to sign in with; the SDK recognises it."""
    client = client_of("ada", identity=identity)
    globus.advance(age)
    with pytest.raises(globus_sdk.GroupsAPIError) as caught:
        _invite(client, ids("trusted"), ids("alan"))
    assert caught.value.http_status == 401
    demanded = to_gare(caught.value).authorization_parameters
    assert demanded.session_required_identities == [ids("ada", 2)]
    assert demanded.session_message


@pytest.mark.parametrize(
    "call",
    [
        lambda client, group: client.update_group(group, {"name": "x"}),
        lambda client, group: client.set_group_policies(group, {"is_high_assurance": False}),
        lambda client, group: client.delete_group(group),
        lambda client, group: client.create_group({"name": "x", "parent_id": group}),
    ],
)
def test_nothing_is_changed_without(client_of, ids, call):
    """Not the policies either: nobody turns the demand off without meeting it."""
    with pytest.raises(globus_sdk.GroupsAPIError) as caught:
        call(client_of("grace", identity=1), ids("trusted"))
    assert to_gare(caught.value).authorization_parameters.session_required_identities == [ids("grace")]


def test_accepting_an_invitation(globus, client_of, ids):
    """What one does with one's own identity takes a recent sign-in with it as well."""
    zoe = client_of("zoe")
    globus.advance(3601)
    accept = {"accept": [{"identity_id": ids("zoe")}]}
    with pytest.raises(globus_sdk.GroupsAPIError) as caught:
        zoe.batch_membership_action(ids("trusted"), accept)
    assert to_gare(caught.value).authorization_parameters.session_required_identities == [ids("zoe")]
    assert client_of("zoe").batch_membership_action(ids("trusted"), accept)["accept"][0]["status"] == "active"


def test_joining_is_by_invitation(globus, client_of, ids):
    """Nobody joins a group of high assurance on their own."""
    answer = client_of("alan").batch_membership_action(ids("trusted"), {"join": [{"identity_id": ids("alan")}]})
    assert answer["errors"]["join"][0]["code"] == "JOIN_NOT_ALLOWED"


def test_it_is_listed_with_what_is_left_of_the_session(globus, client_of, ids):
    """``my_groups`` lists it whatever the session; ``session_timeouts`` says for how long which identity will do."""
    client = client_of("ada", identity=2)
    globus.advance(600)
    [group] = [each for each in client.get_my_groups() if each["id"] == ids("trusted")]
    assert (group["enforce_session"], group["session_limit"]) == (True, 3600)
    [(identity, left)] = group["session_timeouts"].items()
    assert identity == ids("ada", 2)
    assert left["expires_in"] == pytest.approx(3000, abs=10)
    globus.advance(3600)
    [group] = [each for each in client.get_my_groups() if each["id"] == ids("trusted")]
    assert group["session_timeouts"][identity]["expires_in"] == 0


@pytest.fixture
def client_with(visit_at, monkeypatch):
    """A sandbox with switches set, and somebody's client there."""
    running = []

    def start(person, identity, **switches):
        own = Sandbox(switches=Switches(**switches)).start()
        running.append(own)
        for name, value in own.environ.items():
            monkeypatch.setenv(name, value)
        visitor, endpoint = visit_at(own)
        code = visitor.sign_in(person, identity=identity, scope=str(GroupsScopes.all))["code"]
        token = endpoint.redeem(code).json()["access_token"]
        return own, globus_sdk.GroupsClient(authorizer=globus_sdk.AccessTokenAuthorizer(token))

    yield start
    for own in running:
        own.stop()


def test_the_status_of_the_demand(client_with):
    """403 is what most services send."""
    own, client = client_with("ada", 0, high_assurance_group_status=403)
    with pytest.raises(globus_sdk.GroupsAPIError) as caught:
        _invite(client, own.groups["trusted"].id, own.people["alan"].id)
    assert caught.value.http_status == 403
    assert to_gare(caught.value) is not None


@pytest.mark.parametrize(("identity", "listed"), [(0, False), (2, True)])
def test_leaving_it_out_of_the_list(client_with, identity, listed):
    """On: only sessions that would do see the group in ``my_groups``."""
    own, client = client_with("ada", identity, my_groups_wants_sessions=True)
    assert (own.groups["trusted"].id in [each["id"] for each in client.get_my_groups()]) is listed
