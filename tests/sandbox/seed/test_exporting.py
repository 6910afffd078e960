"""What is exported is a seed, and its world the same one."""

from __future__ import annotations

import dataclasses
import tempfile
import time
from pathlib import Path

import globus_sdk
import pytest
from hypothesis import given, settings

from any_seed import seeds
from trivet.sandbox import Sandbox
from trivet.sandbox.seed.exporting import exported
from trivet.sandbox.seed.reading import Seed, read_seed
from trivet.sandbox.seed.settling import Settling
from trivet.sandbox.switches import Switches
from trivet.sandbox.world import World
from trivet.sandbox.world.groups import Group, Membership
from trivet.sandbox.world.projects import Project


def begun_with(seed: Seed, own: Path) -> World:
    inhabitants = Settling(seed, own=own).inhabitants()
    return World(issuer="http://localhost:1", inhabitants=inhabitants, clock=time.time, switches=Switches())


def contents(world, *, names=True):
    """Everything in *world* that a seed can say, by id; without names, whatever the seed calls it."""

    def described(entry, *unsaid):
        return {name: value for name, value in dataclasses.asdict(entry).items() if name not in unsaid}

    def client(each):
        secrets = [credential.secret for credential in each.credentials]
        return {**described(each, "credentials", *([] if names else ["key"])), "secrets": secrets}

    def group(each):
        members = {(one.identity_id, one.username, one.role, one.status) for one in each.memberships.values()}
        return {**described(each, "memberships"), "members": members}

    def policy(each):
        return described(each, *([] if world.projects.find(each.project_id) else ["project_id"]))

    registered = list(world.clients.values())
    return {
        "providers": {key: described(each) for key, each in world.directory.providers.items()},
        "people": {key: described(each) for key, each in world.people.items()},
        "projects": {each.id: described(each) for each in world.projects},
        "clients": {each.id: client(each) for each in registered},
        "scopes": {scope.id: described(scope) for each in registered for scope in world.scopes.of_client(each.id)},
        "policies": {each.id: policy(each) for each in world.policies},
        "collections": {key: described(each) for key, each in world.collections.items()},
        "groups": {each.id: group(each) for each in world.groups},
        "called": [world.policies.seed_ids, world.groups.seed_ids] if names else [],
    }


def again(world, directory):
    """The world that begins with what *world* exports, through a file as a person would."""
    path = Path(directory) / "exported.toml"
    path.write_text(exported(world), "utf-8", newline="")
    return begun_with(read_seed(path), Path(directory))


def check_round_trip(seed):
    with tempfile.TemporaryDirectory() as directory:
        world = begun_with(Seed(seed), Path(directory).resolve())
        copy = again(world, Path(directory).resolve())
        assert contents(copy) == contents(world)
        assert exported(copy) == exported(world)


@settings(max_examples=8)
@given(seeds())
def test_a_round_trip(seed):
    """Whatever a seed says, its world exports one that begins the same world, and exports the same once more."""
    check_round_trip(seed)


@pytest.mark.soak
@settings(max_examples=300)
@given(seeds())
def test_many_round_trips(seed):
    """The same, for many more seeds."""
    check_round_trip(seed)


def test_the_built_in_world(globus, tmp_path):
    """The built-in seed too; files are not part of it."""
    globus.reset()
    with Sandbox() as fresh, Sandbox(write(fresh.export_seed(), tmp_path), data_dir=tmp_path / "data") as copy:
        assert copy.people.keys() == fresh.people.keys()
        assert copy.groups.keys() == fresh.groups.keys()
        assert {key: each.id for key, each in copy.collections.items()} == {
            key: each.id for key, each in fresh.collections.items()
        }
        assert list(copy.collections["laptop"].root.iterdir()) == []


def test_what_nobody_administers(globus, tmp_path):
    """A group and a project whose administrator is gone are left out, and what was in them is in none."""
    world, robot, ada = globus.world, globus.clients["gateway"], globus.people["ada"]
    itself = robot.as_person().primary
    group, project = Group("Orphaned"), Project("Orphaned", "x@y.example", [itself.id])
    below = Group("Below", parent_id=group.id)
    group.set(Membership(itself.id, itself.username, "admin"))
    below.set(Membership(ada.id, ada.username, "admin"))
    for each in (group, below):
        world.groups.add(each)
    world.projects.add(project)
    globus.clients["portal"].project = project.id
    world.forget_client(robot)
    with Sandbox(write(globus.export_seed(), tmp_path)) as copy:
        parents = {each.name: each.parent_id for each in copy.world.groups}
        assert ("Orphaned" in parents, parents["Below"]) == (False, None)
        assert "Orphaned" not in {each.display_name for each in copy.world.projects}
        assert copy.clients["portal"].project is None


def write(text, directory):
    path = directory / "exported.toml"
    path.write_text(text, "utf-8", newline="")
    return path


@pytest.fixture
def ada(globus, visitor, endpoint, monkeypatch):
    """An SDK client by which she registers things."""
    for name, value in globus.environ.items():
        monkeypatch.setenv(name, value)
    scope = (
        "openid urn:globus:auth:scope:auth.globus.org:manage_projects urn:globus:auth:scope:groups.api.globus.org:all"
    )
    answer = endpoint.redeem(visitor.sign_in(scope=scope)["code"]).json()
    token, groups = answer["access_token"], answer["other_tokens"][0]["access_token"]
    return (
        globus_sdk.AuthClient(authorizer=globus_sdk.AccessTokenAuthorizer(token)),
        globus_sdk.GroupsClient(authorizer=globus_sdk.AccessTokenAuthorizer(groups)),
        answer["access_token"],
    )


def test_what_came_later(globus, ada, tmp_path):
    """What was registered and changed since is exported with its ids; tokens are not, and secrets still open."""
    auth, groups, token = ada
    person = globus.people["ada"]
    globus.register_redirect_uri("portal", "https://later.example/callback")
    project = auth.create_project("Later", "ada@uni.example", admin_ids=[person.id])["project"]["id"]
    made = auth.create_client("Made later", project=project, client_type="hybrid_confidential_client_resource_server")
    client = made["client"]["id"]
    secret = auth.create_client_credential(client, "main")["credential"]["secret"]
    auth.create_scope(client, "Run", "Run it", "run", dependent_scopes=[])
    auth.create_policy(project_id=project, high_assurance=True, display_name="Strict", description="Very")
    group = groups.create_group({"name": "Sky Survey Observers", "description": "Others of that name"})["id"]
    globus_sdk.GroupsManager(groups).add_member(group, globus.people["zoe"].id)
    text = globus.export_seed()
    assert token not in text
    copy = again(globus.world, tmp_path)
    before, after = contents(globus.world, names=False), contents(copy, names=False)
    for world in (before, after):
        for collection in world["collections"].values():
            collection.pop("root")  # each sandbox has directories of its own
    assert after == before
    assert copy.clients["made_later"].check_client_secret(secret)
    assert "https://later.example/callback" in copy.clients["portal"].redirect_uris
    assert copy.groups.seed_ids["sky_survey_observers"] == group


@pytest.mark.parametrize("status", ["invited", "removed", "left"])
def test_managers_who_are_not_in_the_group(globus, tmp_path, status):
    """A seed says no role of those who are no members; that they are what they are is kept nevertheless."""
    world = globus.world
    group, ada = globus.groups["observers"], globus.people["ada"].id
    group.set(dataclasses.replace(group.memberships[ada], role="manager", status=status))
    assert again(world, tmp_path).groups.find(group.id).memberships[ada].status == status


def test_identities_that_nobody_has_used(globus, visitor, tmp_path):
    """An identity that is only provisioned has no place in a seed; memberships of it are left out."""
    world = globus.world
    provisioned = world.directory.named("later@uni.example", provision=True)
    group = world.groups.find(globus.groups["observers"].id)
    group.set(dataclasses.replace(group.admins[0], identity_id=provisioned.identity.id, role="member"))
    copy = again(world, tmp_path)
    members = copy.groups.find(group.id).memberships
    assert members.keys() == group.memberships.keys() - {provisioned.identity.id}
