"""Seeds: what they may say, what is wrong with them, and the ids that follow from names."""

from __future__ import annotations

import copy

import pytest

from trivet.sandbox import Sandbox
from trivet.sandbox.seed import SeedError, seed_id
from trivet.sandbox.world.scopes import scope_id

GOOD = {
    "identity_providers": {"u": {"display_name": "U", "domain": "u.example"}},
    "people": {"ada": {"name": "Ada", "identities": [{"idp": "u", "username": "ada@u.example"}]}},
    "clients": {"app": {"name": "App", "redirect_uris": ["https://app.example/cb"]}},
    "collections": {"data": {"display_name": "Data", "owner": "ada"}},
    "groups": {"all": {"name": "All", "admins": ["ada"]}},
    "policies": {"strict": {"display_name": "Strict", "high_assurance": True}},
}


def _changed(path, value):
    """A copy of the good seed with one place set to *value*."""
    seed = copy.deepcopy(GOOD)
    table = seed
    *above, last = path.split("/")
    for step in above:
        table = table[int(step)] if step.isdigit() else table[step]
    table[last] = value
    return seed


@pytest.mark.parametrize(
    ("path", "value", "problem"),
    [
        ("poeple", {}, "poeple: there is no such section; did you mean people?"),
        ("applications", {}, "applications: there is no such section; there are identity_providers, people,"),
        ("people", [], "people: is not a table of named entries"),
        ("people/ada", 7, "people.ada: is not a table"),
        ("people/ada/name", "", "people.ada.name: a text is needed here"),
        ("people/ada/nmae", "x", "people.ada.nmae: there is no such field; did you mean name?"),
        (
            "clients/app/redirect_uri",
            [],
            "redirect_uri: there is no such field; did you mean redirect_uris?",
        ),
        ("clients/app/colour", "x", "clients.app.colour: there is no such field"),
        ("clients/app", {"name": "App", 7: 7}, "clients.app[7]: there is no such field"),
        ("people/ada/identities", [], "people.ada.identities: a person has at least one identity"),
        ("people/ada/identities", "x", "people.ada.identities: a list of tables is needed here"),
        ("people/ada/identities/0/idp", "x", "people.ada.identities[0].idp: 'x' is not one of: u"),
        ("people/ada/identities/0/username", "ada@v.example", "identities[0].username: usernames of this"),
        ("people/ada/identities/0/id", "7", "people.ada.identities[0].id: a UUID is needed here"),
        ("people/ada/identities/0/email", 7, "people.ada.identities[0].email: a text is needed here"),
        ("clients/app/type", "secret", "clients.app.type: 'secret' is not one of: confidential, public"),
        ("clients/app/redirect_uris", ["http://app.example/"], "clients.app.redirect_uris[0]: not https"),
        ("clients/app/redirect_uris", ["http://localhost.evil.example/"], "clients.app.redirect_uris[0]: not https"),
        ("clients/app/redirect_uris", ["https://a.example/#f"], "clients.app.redirect_uris[0]: not https"),
        ("clients/app/redirect_uris", "https://a.example/", "a list of texts is needed here"),
        ("collections/data/owner", "bob", "collections.data.owner: 'bob' is not one of: ada"),
        ("collections/data/public", "yes", "collections.data.public: true or false is needed here"),
        ("collections/data/root", "/no/such/place", "collections.data.root: there is no such directory"),
        ("collections/data/shared_with", ["bob"], "collections.data.shared_with[0]: there is nobody called 'bob'"),
        ("collections/data/writable_by", ["bob"], "collections.data.writable_by[0]: there is nobody called 'bob'"),
        ("collections/data/entity_type", "disk", "collections.data.entity_type: 'disk' is not one of"),
        ("collections/data/required_mfa", True, "collections.data: only a collection with high_assurance can demand"),
        ("collections/data/required_domains", ["u.example"], "only a collection with high_assurance can demand"),
        ("collections/data/authentication_timeout_minutes", 5, "only a collection with high_assurance can demand"),
        ("collections/data/high_assurance", True, "data.high_assurance: only GCSv5 collections can have it"),
        ("collections/data/required_identity", "bob@u.example", "required_identity: nobody has an identity 'bob@u"),
        ("collections/data/required_policy", "lax", "required_policy: there is no policy 'lax'"),
        ("policies/strict/required_mfa", 1, "policies.strict.required_mfa: true or false is needed here"),
        ("policies/strict", {"display_name": "S", "required_mfa": True}, "only a policy with high_assurance can"),
        ("policies/strict/authentication_assurance_timeout", 0, "timeout: a whole number above zero is needed here"),
        ("policies/strict/authentication_assurance_timeout", True, "timeout: a whole number above zero is needed"),
        ("policies/strict/domain_constraints_include", "x", "domain_constraints_include: a list of texts is needed"),
        ("groups/all/admins", [], "groups.all.admins: a group has at least one administrator"),
        ("groups/all/members", ["ada@u.example"], "groups.all.admins: ada@u.example is named more than once"),
        ("groups/all/invited", ["bob"], "groups.all.invited[0]: there is nobody called 'bob'"),
        ("groups/all/parent", "all", "groups.all.parent: no group 'all' stands above this one"),
        ("groups/all/visibility", "hidden", "groups.all.visibility: 'hidden' is not one of: authenticated, private"),
        ("groups/all/subscription_id", seed_id("x", "y"), "subscription_id: a subscription has a subscriber"),
        ("groups/all/belongs_to", "all", "belongs_to: there is no group 'all' with a subscriber"),
        ("groups/all/id", seed_id("client", "app"), "groups.all: has the same id as clients.app"),
        ("groups/all/admins", ["ada", "ada@u.example"], "groups.all.admins: ada@u.example is named more than once"),
        ("people/bob", {"name": "B", "identities": [{"idp": "u", "username": "Ada@u.example"}]}, "identity is called"),
        ("clients/app/project", "lab", "clients.app.project: there is no project 'lab'"),
        ("clients/app/parent_client", "x", "clients.app.parent_client: a UUID is needed here"),
        ("projects", {"lab": {"display_name": "Lab"}}, "projects.lab.admins: a project has at least one administrator"),
        ("projects", {"lab": {"display_name": "L", "admins": ["bob"]}}, "lab.admins[0]: there is nobody called 'bob'"),
        ("projects", {"lab": {"display_name": "L", "admin_groups": ["x"]}}, "admin_groups[0]: there is no group 'x'"),
        ("policies/strict/project", "lab", "policies.strict.project: no 'lab': the seed has none"),
        ("policies/strict/owner", "bob", "policies.strict.owner: there is nobody called 'bob'"),
        ("policies/strict/id", seed_id("client", "app"), "policies.strict: has the same id as clients.app"),
        ("clients/app/id", seed_id("collection", "data"), "collections.data: has the same id as clients.app"),
    ],
)
def test_problems_name_their_entry(path, value, problem):
    """Each mistake stops the start with a sentence that says where it is."""
    with pytest.raises(SeedError) as caught:
        Sandbox(_changed(path, value)).start()
    assert problem in str(caught.value)


def test_a_public_client_has_no_secret():
    """Both at once is a contradiction."""
    with pytest.raises(SeedError, match="a public client has no secret"):
        Sandbox(_changed("clients/app", {"name": "A", "type": "public", "secret": "x"})).start()


def test_all_problems_at_once():
    """Three mistakes, three sentences."""
    seed = _changed("clients/app/type", "x")
    seed["people"]["ada"]["name"] = 1
    seed["collections"]["data"]["owner"] = "bob"
    with pytest.raises(SeedError) as caught:
        Sandbox(seed).start()
    assert len(caught.value.problems) == 3


def test_ids_follow_from_names():
    """The same names give the same ids, in every sandbox and without starting one."""
    with Sandbox(GOOD) as one, Sandbox(GOOD) as two:
        assert one.clients["app"].id == two.clients["app"].id == seed_id("client", "app")
        assert one.people["ada"].id == two.people["ada"].id == seed_id("identity", "ada@u.example")
        assert one.collections["data"].id == seed_id("collection", "data")
        assert one.clients["app"].secret != two.clients["app"].secret


def test_given_ids_are_kept():
    """An id in the seed wins, in lower case."""
    given = "0D4C7A10-1111-4222-8333-9A0B1C2D3E4F"
    with Sandbox(_changed("clients/app/id", given)) as globus:
        assert globus.clients["app"].id == given.lower()


def test_seed_file_with_relative_directories(tmp_path):
    """A file's relative directories start where the file is."""
    (tmp_path / "things").mkdir()
    (tmp_path / "seed.toml").write_text(
        """
        [identity_providers.u]
        display_name = "U"
        domain = "u.example"
        [people.ada]
        name = "Ada"
        identities = [{ idp = "u", username = "ada@u.example" }]
        [collections.data]
        display_name = "Data"
        owner = "ada"
        root = "things"
        """
    )
    with Sandbox(tmp_path / "seed.toml") as globus:
        assert globus.collections["data"].root == (tmp_path / "things").resolve()


SERVICE = {"suffix": "run", "description": "Run it"}
RUN_ID = scope_id(f"https://auth.globus.org/scopes/{seed_id('client', 'app')}/run")


@pytest.mark.parametrize(
    ("scope", "problem"),
    [
        ({**SERVICE, "suffix": "Run!"}, "clients.app.scopes[0].suffix: only lower-case letters"),
        ({"suffix": "run"}, "clients.app.scopes[0].description: a text is needed here"),
        ({**SERVICE, "depends_on": ["no:such"]}, "scopes[0].depends_on[0]: there is no such scope: no:such"),
        ({**SERVICE, "needs_refresh_tokens_of": ["openid"]}, "tokens_of[0]: the scope does not depend on this one"),
        ({**SERVICE, "depends": []}, "clients.app.scopes[0].depends: there is no such field"),
    ],
)
def test_problems_with_scopes_of_services(scope, problem):
    """A service's scopes are checked like everything else."""
    with pytest.raises(SeedError) as caught:
        Sandbox(_changed("clients/app/scopes", [scope])).start()
    assert problem in str(caught.value)


@pytest.mark.parametrize(
    ("again", "problem"),
    [
        ({**SERVICE, "id": seed_id("client", "other")}, ".suffix: this client has another scope of that suffix"),
        ({**SERVICE, "suffix": "go", "id": RUN_ID}, ": has the same id as clients.app.scopes[0]"),
    ],
)
def test_scopes_that_cannot_be_told_apart(again, problem):
    """A suffix is there once, and so is an id."""
    with pytest.raises(SeedError) as caught:
        Sandbox(_changed("clients/app/scopes", [SERVICE, again])).start()
    assert caught.value.problems == [f"clients.app.scopes[1]{problem}"]


def test_a_scope_may_depend_on_one_further_down():
    """The order in the file does not matter, and a star makes a dependency optional."""
    later = f"https://auth.globus.org/scopes/{seed_id('client', 'app')}/later"
    scopes = [{**SERVICE, "depends_on": [later, "*openid"]}, {**SERVICE, "suffix": "later"}]
    with Sandbox(_changed("clients/app/scopes", scopes)) as globus:
        run = later.removesuffix("later") + "run"
        assert globus.world.scopes.needed_by(run) == [later]


@pytest.mark.parametrize("field", ["required_idp", "preselect_idp"])
def test_providers_of_applications(field):
    """An identity provider that an application names has to exist."""
    with pytest.raises(SeedError) as caught:
        Sandbox(_changed(f"clients/app/{field}", "v")).start()
    assert caught.value.problems == [f"clients.app.{field}: 'v' is not one of: u"]
    with Sandbox(_changed(f"clients/app/{field}", "u")) as globus:
        assert getattr(globus.clients["app"], field) == globus.people["ada"].primary.identity_provider


def test_one_slip_is_one_problem():
    """A person whose identity is wrong can still own and administer things: only the identity is complained about."""
    with pytest.raises(SeedError) as caught:
        Sandbox(_changed("people/ada/identities/0/idp", "x")).start()
    assert caught.value.problems == ["people.ada.identities[0].idp: 'x' is not one of: u"]
