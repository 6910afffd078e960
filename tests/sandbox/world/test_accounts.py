"""Changing who there is, seen from everywhere at once."""

from __future__ import annotations

import globus_sdk
import pytest
import requests

from trivet.sandbox.seed import seed_id
from trivet.sandbox.world import accounts
from trivet.sandbox.world.accounts import AccountError

SETS = "openid email urn:globus:auth:scope:auth.globus.org:view_identity_set"


@pytest.fixture
def make(globus):
    """A new identity, by username."""

    def new(username="mary@lab.example", name="Mary", email=None):
        identity_id = seed_id("identity", username)
        return accounts.new_identity(globus.world, identity_id, username, name=name, email=email, organization=None)

    return new


@pytest.fixture
def ask(globus):
    def get(path, token):
        return requests.get(globus.url + path, headers={"Authorization": f"Bearer {token}"})

    return get


def test_somebody_new_can_sign_in(globus, make, visitor, endpoint, ask):
    """Who is added is in the account picker, in the directory and in the claims; their id follows from the username."""
    person = accounts.add_person(globus.world, make(email="mary@example.org"))
    assert person.key == "mary"
    assert "mary@lab.example" in visitor.visit().text
    token = endpoint.redeem(visitor.sign_in("mary", scope="openid email")["code"]).json()["access_token"]
    claims = ask("/v2/oauth2/userinfo", token).json()
    assert (claims["sub"], claims["email"]) == (seed_id("identity", "mary@lab.example"), "mary@example.org")
    found = ask("/v2/api/identities?usernames=mary@lab.example", token).json()["identities"]
    assert [each["status"] for each in found] == ["used"]


def test_reset_brings_back_the_seed(globus, make):
    """Whoever was added is gone after a reset, names are the old ones, and identities are linked as the seed says."""
    ada = globus.people["ada"]
    before = (ada.name, [each.username for each in ada.identities])
    accounts.add_person(globus.world, make())
    accounts.rename(ada, "Countess")
    accounts.link(globus.world, ada, make("ada2@lab.example"))
    accounts.unlink(globus.world, ada.identities[1])
    globus.reset()
    assert "mary" not in globus.people
    assert (globus.people["ada"].name, [each.username for each in globus.people["ada"].identities]) == before


def test_links_show_in_tokens_that_are_alive(globus, make, sign_in, endpoint, ask):
    """A token from before sees the identity linked since, and one edited since: ``identity_set`` in both places."""
    token = sign_in(scope=SETS)["access_token"]
    new = make("countess@lab.example")
    accounts.link(globus.world, globus.people["ada"], new)
    primary = globus.people["ada"].primary
    accounts.describe(globus.world, primary, name="Ada K.", email="new@example.org", organization=None)
    claims = ask("/v2/oauth2/userinfo", token).json()
    assert new.id in [each["sub"] for each in claims["identity_set"]]
    assert claims["email"] == "new@example.org"
    assert new.id in endpoint.introspect(token, include="identity_set")["identity_set"]


def test_unlinking_makes_two_people(globus, sign_in, endpoint):
    """An identity that is taken off is somebody of their own; what rests on it is dead, what does not is not."""
    ada = globus.people["ada"]
    first, second = ada.identities[:2]
    token = sign_in(scope=SETS)["access_token"]
    person = accounts.unlink(globus.world, second)
    assert (person.identities, second in ada.identities) == ((second,), False)
    assert second.id not in endpoint.introspect(token, include="identity_set")["identity_set"]
    accounts.unlink(globus.world, first)
    assert endpoint.introspect(token) == {"active": False}
    assert "was revoked: ada@uni.example was linked to somebody else" in globus.requests[-1].reason


def test_sign_ins_end_with_the_link(globus, visitor, new_visitor):
    """A browser where the identity has authenticated has to sign in anew; another one does not."""
    ada, other = globus.people["ada"], new_visitor()
    visitor.sign_in("ada", scope="openid", access_type=None)
    other.sign_in("ada", identity=1, scope="openid", access_type=None)
    accounts.unlink(globus.world, ada.identities[1])
    assert visitor.visit(scope="openid", access_type=None).status_code == 302
    assert 'name="identity"' in other.visit(scope="openid", access_type=None).text


def test_linking_somebody_elses(globus, make):
    """An identity moves with all it has; who is left without any is nobody any more."""
    mary = accounts.add_person(globus.world, make())
    accounts.link(globus.world, globus.people["zoe"], mary.primary)
    assert "mary" not in globus.people
    assert globus.world.find_identity(seed_id("identity", "mary@lab.example"))[0].key == "zoe"


def test_owners_stay(globus):
    """The only identity of somebody who owns a collection is not taken from them."""
    owner = next(iter(globus.collections.values())).owner
    for identity in owner.identities[1:]:
        accounts.unlink(globus.world, identity)
    with pytest.raises(AccountError, match="who owns “"):
        accounts.link(globus.world, globus.people["zoe"], owner.primary)


def test_primary(globus, visitor, endpoint):
    """Applications that have not seen somebody yet see the identity that is first now."""
    second = globus.people["grace"].identities[-1]
    accounts.make_primary(globus.world, second)
    tokens = endpoint.redeem(visitor.sign_in("grace", scope="openid")["code"]).json()
    assert endpoint.introspect(tokens["access_token"])["sub"] == second.id


def test_provisioned_identities_become_somebodys(globus, make, sign_in, ask):
    """An id that was given out beforehand is the one that the person then has."""
    portal = globus.clients["portal"]
    address = f"{globus.url}/v2/api/identities?usernames=mary@lab.example&provision=true"
    [before] = requests.get(address, auth=(portal.id, portal.secret)).json()["identities"]
    accounts.add_person(globus.world, make())
    [after] = requests.get(address, auth=(portal.id, portal.secret)).json()["identities"]
    assert (before["id"], before["status"], after["id"], after["status"]) == (
        after["id"],
        "unused",
        before["id"],
        "used",
    )


def test_what_cannot_be_leaves_the_directory_alone(globus, make):
    """Somebody who is described in vain takes no id that was given out beforehand."""
    listed = globus.world.directory.named("mary@lab.example", provision=True)
    with pytest.raises(AccountError):
        make(name="")
    assert globus.world.directory.named("mary@lab.example") == listed


@pytest.mark.parametrize(
    ("username", "words"),
    [
        ("mary", "such as ada@uni.example"),
        ("", "such as ada@uni.example"),
        ("a b@lab.example", "such as ada@uni.example"),
        ("@lab.example", "such as ada@uni.example"),
        ("mary\0@lab.example", "such as ada@uni.example"),
        ("\x1b[31mmary@lab.example", "such as ada@uni.example"),
        ("\u202eyram@lab.example", "such as ada@uni.example"),
        ("m" * 300 + "@lab.example", "such as ada@uni.example"),
        ("mary@nowhere.example", "No identity provider has nowhere.example. There are: .*uni.example"),
        ("x@clients.auth.globus.org", "No identity provider has"),
        ("ADA@uni.example", "is somebody's already"),
    ],
)
def test_usernames_that_will_not_do(make, username, words):
    """A username has a domain that some provider here has, and is nobody's yet."""
    with pytest.raises(AccountError, match=words):
        make(username)


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "a\0", "n" * 201])
def test_names_that_will_not_do(globus, make, name):
    """A name is one line, and not endless."""
    for change in (lambda: make(name=name), lambda: accounts.rename(globus.people["ada"], name)):
        with pytest.raises(AccountError, match="The name is one line"):
            change()


def test_names_in_the_seeds_manner(globus, make):
    """Keys are made from usernames, and no two are the same."""
    keys = [accounts.add_person(globus.world, make(each)).key for each in ("ada@lab.example", "Ünï.X@lab.example")]
    assert keys == ["ada-2", "n-x"]


def test_tasks_and_bookmarks_stay_with_their_identity(globus, sign_in, endpoint, monkeypatch):
    """What one submitted and marked as one identity goes with it, and sending the same submission again stays harmless.

    Another identity of the same person has tasks and bookmarks of its own.
    """
    monkeypatch.setenv("GLOBUS_SDK_SERVICE_URL_TRANSFER", f"{globus.url}/")
    laptop, ada = globus.collections["laptop"].id, globus.people["ada"]
    first, second = ada.identities[:2]

    def client():
        token = sign_in(scope="urn:globus:auth:scope:transfer.api.globus.org:all")["access_token"]
        return globus_sdk.TransferClient(authorizer=globus_sdk.AccessTokenAuthorizer(token))

    def seen(client):
        tasks, bookmarks = client.task_list(filter="type:DELETE"), client.bookmark_list()
        return [each["owner_id"] for each in tasks], [each["name"] for each in bookmarks]

    before = client()
    deletion = globus_sdk.DeleteData(laptop, submission_id=before.get_submission_id()["value"], ignore_missing=True)
    deletion.add_item("/nothing")
    before.submit_delete(deletion)
    before.create_bookmark({"name": "mine", "endpoint_id": laptop, "path": "/~/"})
    globus.wait_for_tasks()
    accounts.make_primary(globus.world, second)
    assert before.submit_delete(deletion)["code"] == "Duplicate"
    assert seen(before) == ([first.id], ["mine"])
    accounts.unlink(globus.world, first)
    after = client()
    assert seen(after) == ([], [])
    assert [each.owner for each in globus.world.tasks.all()] == [first]
