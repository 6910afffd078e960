"""What the sandbox remembers has an end, so that it can run for days; what is in use is what stays."""

from __future__ import annotations

from dataclasses import replace

import pytest
import requests

from trivet.sandbox.script.in_force import MAX_IN_FORCE
from trivet.sandbox.world.accounts import MAX_IDENTITIES, add_person, new_identity
from trivet.sandbox.world.applications import MAX_APPLICATIONS, SDK_TUTORIAL
from trivet.sandbox.world.browsers import MAX_ATTEMPTS, MAX_OPEN, Attempt, Browser, Browsers
from trivet.sandbox.world.clients import MAX_ADDRESSES, MAX_CREDENTIALS, Client, Credential
from trivet.sandbox.world.codes import MAX_CODES, AuthorizationCode, Codes
from trivet.sandbox.world.consents import MAX_CONSENTS, Consents
from trivet.sandbox.world.directory import MAX_PROVISIONED
from trivet.sandbox.world.groups import MAX_GROUPS, MAX_MEMBERSHIPS, Group, Membership
from trivet.sandbox.world.orders import DeleteOrder
from trivet.sandbox.world.policies import MAX_POLICIES, Policies, Policy
from trivet.sandbox.world.projects import MAX_PROJECTS, Project, Projects
from trivet.sandbox.world.redaction import MAX_BODY, MAX_TEXT, redacted
from trivet.sandbox.world.room import FullError
from trivet.sandbox.world.scope_register import MAX_REGISTERED, RegisteredScope, ScopeRegister
from trivet.sandbox.world.scopes import Scope
from trivet.sandbox.world.task_book import MAX_ROWS, MAX_TASKS
from trivet.sandbox.world.tasks import Task
from trivet.sandbox.world.tokens import MAX_TOKENS, Token, TokenBook


def test_access_tokens(grant):
    """The access token that was issued first is the first to be forgotten; the rest keep their order."""
    book = TokenBook(lambda: 0.0)
    issued = [book.issue("access", grant) for _ in range(MAX_TOKENS + 2)]
    assert [book.find(each.value) for each in issued[:2]] == [None, None]
    assert book.all() == issued[2:]


def test_refresh_tokens(grant):
    """A refresh token that is used stays, and so do access tokens, however many refresh tokens are issued."""
    book = TokenBook(lambda: 0.0)
    access, used, unused = (book.issue(kind, grant) for kind in ("access", "refresh", "refresh"))
    for _ in range(MAX_TOKENS):
        book.issue("refresh", grant)
        book.used(used)
    assert [book.find(each.value) for each in (access, used, unused)] == [access, used, None]
    assert book.all()[:2] == [access, used]


def test_a_token_in_use_outlives_a_flood(globus, endpoint, tokens):
    """Whoever refreshes goes on being served, while somebody else has thousands of tokens issued."""
    old = tokens["access_token"]
    for _ in range(3):
        with globus.world.lock:
            book = globus.world.tokens
            given: Token | None = book.find(tokens["refresh_token"])
            assert given is not None
            for _ in range(MAX_TOKENS // 2):
                book.issue("refresh", given.grant)
                book.issue("access", given.grant)
        renewed = endpoint.refresh(tokens["refresh_token"]).json()
        assert endpoint.introspect(renewed["access_token"])["active"] is True
    assert endpoint.introspect(old) == {"active": False}


def test_codes(globus, visitor):
    """Codes are remembered after they were spent, to know a replay, but not for ever."""
    first = globus.world.codes.find(visitor.sign_in()["code"])
    codes = Codes()
    made = [AuthorizationCode(first.request, first.person, "s", {}, 0.0) for _ in range(MAX_CODES + 1)]
    for code in made:
        codes.add(code)
    assert (codes.find(made[0].value), codes.find(made[1].value)) == (None, made[1])


@pytest.fixture
def new_task(globus):
    """A task of Ada's to delete so many files, which nobody begins."""

    def make(number, size=0):
        order = DeleteOrder(
            source=globus.collections["laptop"],
            paths=("/x",) * size,
            recursive=False,
            ignore_missing=False,
            interpret_globs=False,
        )
        return Task(
            id=f"task-{number}",
            submission_id=f"submission-{number}",
            owner=globus.people["ada"].primary,
            order=order,
            label=None,
            deadline=globus.world.now() + 1e6,
            now=globus.world.now,
            woken=lambda: None,
        )

    return make


def test_tasks(globus, new_task):
    """Of the tasks that have ended the oldest go; one that goes on is never forgotten."""
    world, ada = globus.world, globus.people["ada"]
    tasks = [new_task(number) for number in range(MAX_TASKS + 1)]
    for task in tasks[:-1]:
        world.tasks.add(task)
        if task is not tasks[0]:
            task.cancel()
    world.tasks.add(tasks[-1])
    assert world.tasks.find(ada, "task-0") is tasks[0]
    assert world.tasks.find(ada, "task-1") is None
    assert world.tasks.submitted(ada, "submission-1") is None
    assert len(world.tasks.all()) == MAX_TASKS


def test_tasks_with_many_files(globus, new_task):
    """A few huge tasks are as much to remember as many small ones, and go as these do."""
    book = globus.world.tasks
    tasks = [new_task(number, MAX_ROWS // 3) for number in range(5)]
    for task in tasks[:3]:
        book.add(task)
    with pytest.raises(FullError, match="cancel some"):
        book.add(tasks[3])
    tasks[1].cancel()
    book.add(tasks[3])
    assert book.all() == [tasks[0], tasks[2], tasks[3]]


def test_nothing_is_forgotten_in_vain(globus, new_task):
    """A task that has no room beside those that go on costs none of those that have ended."""
    book = globus.world.tasks
    over, going = new_task(0, 1), new_task(1, MAX_ROWS - 1)
    for task in (over, going):
        book.add(task)
    over.cancel()
    with pytest.raises(FullError):
        book.add(new_task(2, 2))
    assert book.all() == [over, going]


def test_tasks_that_go_on(globus, visitor, endpoint, new_task):
    """When all that are remembered go on, Transfer takes no more, and says so in its own shape."""
    for number in range(MAX_TASKS):
        globus.world.tasks.add(new_task(number))
    scope = "urn:globus:auth:scope:transfer.api.globus.org:all"
    token = endpoint.redeem(visitor.sign_in(scope=scope)["code"]).json()["access_token"]
    url, headers = f"{globus.url}/v0.10", {"Authorization": f"Bearer {token}"}
    document = {
        "DATA_TYPE": "delete",
        "submission_id": requests.get(f"{url}/submission_id", headers=headers).json()["value"],
        "endpoint": globus.collections["laptop"].id,
        "DATA": [{"DATA_TYPE": "delete_item", "path": "/x"}],
    }
    refused = requests.post(f"{url}/delete", json=document, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "Conflict")
    globus.world.tasks.all()[0].cancel()
    assert requests.post(f"{url}/delete", json=document, headers=headers).status_code == 202


def test_identities_made_beforehand(globus):
    """Nobody fills the directory with names without end: beyond the bound, an unknown username stays unknown."""
    directory = globus.world.directory
    directory._provisioned.update({str(n): globus.people["ada"].primary for n in range(MAX_PROVISIONED - 1)})
    assert directory.named("last@uni.example", provision=True) is not None
    assert directory.named("one.more@uni.example", provision=True) is None


def test_clients_of_templates(globus):
    """Nobody has to sign in to make one, so there is an end to them: a refusal that says what to do, until then."""
    applications = globus.world.applications
    for number in range(MAX_APPLICATIONS - len(list(applications))):
        applications.add(Client(f"key {number}", f"id {number}", "Filler"))
    document = {"client": {"name": "one more", "template_id": SDK_TUTORIAL}}
    refused = requests.post(f"{globus.url}/v2/api/clients", json=document)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (409, "RESOURCE_CONFLICT")
    assert refused.json()["errors"][0]["detail"] == globus.requests[-1].reason
    assert "delete some, or reset it" in globus.requests[-1].reason
    applications.remove(applications.find("id 0"))
    assert requests.post(f"{globus.url}/v2/api/clients", json=document).status_code == 200


def test_groups(globus, visitor, endpoint):
    """Groups have an end too, and Groups says so in its own shape."""
    scope = "urn:globus:auth:scope:groups.api.globus.org:all"
    token = endpoint.redeem(visitor.sign_in(scope=scope)["code"]).json()["access_token"]
    for number in range(MAX_GROUPS - len(list(globus.world.groups))):
        globus.world.groups.add(Group(f"Filler {number}"))
    headers = {"Authorization": f"Bearer {token}"}
    refused = requests.post(f"{globus.url}/v2/groups", json={"name": "one more"}, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "CONFLICT")
    assert "delete some" in refused.json()["detail"]


def test_projects():
    """A project beyond the bound is refused, and nothing of it is kept."""
    projects = Projects(Project(f"Filler {number}", "x@x.example", []) for number in range(MAX_PROJECTS))
    with pytest.raises(FullError, match=f"keeps {MAX_PROJECTS} projects"):
        projects.add(Project("One more", "x@x.example", []))
    assert len(list(projects)) == MAX_PROJECTS


def test_policies():
    """A policy beyond the bound is refused; one that is there can still be changed."""
    made = [Policy(id=f"{n}", project_id="p", display_name="x", description="") for n in range(MAX_POLICIES + 1)]
    policies = Policies({each.id: each for each in made[:-1]})
    with pytest.raises(FullError, match="policies"):
        policies.keep(made[-1])
    policies.keep(replace(made[0], display_name="y"))
    assert policies.find("0") == replace(made[0], display_name="y")


def test_scopes():
    """A scope beyond the bound is refused; one that is there can still be renamed."""
    scopes = [RegisteredScope("client", f"scope {number}", "x", "") for number in range(MAX_REGISTERED)]
    register = ScopeRegister({}, scopes)
    with pytest.raises(FullError, match="scopes"):
        register.enter(RegisteredScope("client", "", "x", ""), "one more")
    register.enter(register.named("scope 0"), "renamed")
    assert (register.named("scope 0"), register.named("renamed").name) == (None, "x")


def test_what_the_log_remembers_of_a_request():
    """Long values and long lists of them are cut off; the beginning, and what is secret in it, stays as it was."""
    pairs = [("code", "abcdefghij"), ("a", "x" * 10_000), ("b", "y")]
    shown = redacted(pairs)
    assert shown[0] == ("code", "abcdef…")
    assert len(shown) == 2
    assert sum(len(name) + len(value) for name, value in shown) <= MAX_BODY
    assert len(redacted([("", "")] * 1_000_000)) <= MAX_BODY / 2


def test_what_the_log_remembers_of_a_refusal(globus):
    """Method, path and reason are cut off too, which may be as long as what was sent."""
    requests.request("X" * 10_000, f"{globus.url}/{'x' * 10_000}")
    record = globus.requests[-1]
    assert max(map(len, (record.method, record.path, record.reason))) <= MAX_TEXT + 1


@pytest.fixture
def manage(globus, visitor, endpoint):
    """Ask Auth's API as Ada, who may manage projects."""
    scope = "urn:globus:auth:scope:auth.globus.org:manage_projects"
    token = endpoint.redeem(visitor.sign_in(scope=scope)["code"]).json()["access_token"]

    def send(path, document):
        url = f"{globus.url}/v2/api/{path}"
        return requests.post(url, json=document, headers={"Authorization": f"Bearer {token}"})

    return send


def test_credentials(globus, manage):
    """A client has so many secrets and no more."""
    project = {"display_name": "Demo", "contact_email": "x@y.example", "admin_ids": [globus.people["ada"].id]}
    project_id = manage("projects", {"project": project}).json()["project"]["id"]
    document = {"client": {"name": "Mine", "project": project_id, "public_client": False}}
    client = globus.world.client(manage("clients", document).json()["client"]["id"])
    client.credentials += [Credential(client.id, "Filler") for _ in range(MAX_CREDENTIALS)]
    refused = manage(f"clients/{client.id}/credentials", {"credential": {"name": "one more"}})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (409, "RESOURCE_CONFLICT")
    assert len(client.credentials) == MAX_CREDENTIALS


def test_redirect_addresses(globus):
    """A client has so many redirect addresses; one of them can be registered again, which changes nothing."""
    globus.clients["portal"].redirect_uris[:] = [f"https://x.example/{number}" for number in range(MAX_ADDRESSES)]
    globus.register_redirect_uri("portal", "https://x.example/1")
    with pytest.raises(FullError, match="redirect addresses"):
        globus.register_redirect_uri("portal", "https://x.example/one-more")


def test_memberships(globus, visitor, endpoint):
    """A full group takes nobody in, says so of each, and goes on changing what it has."""
    ada, zoe, group = globus.people["ada"].id, globus.people["zoe"].id, globus.groups["reading_circle"]
    for number in range(MAX_MEMBERSHIPS - len(group.memberships)):
        group.set(Membership(f"filler {number}", "filler@uni.example"))
    token = endpoint.redeem(visitor.sign_in("zoe", scope="urn:globus:auth:scope:groups.api.globus.org:all")["code"])
    headers = {"Authorization": f"Bearer {token.json()['access_token']}"}
    rows = [{"identity_id": globus.people["grace"].id}, {"identity_id": ada}]
    answer = requests.post(f"{globus.url}/v2/groups/{group.id}", json={"invite": rows}, headers=headers).json()
    assert [each["code"] for each in answer["errors"]["invite"]] == ["GROUP_FULL"]
    assert [each["identity_id"] for each in answer["invite"]] == [ada]
    assert (group.memberships[zoe].role, len(group.memberships)) == ("admin", MAX_MEMBERSHIPS)


def test_consents():
    """What was agreed to and not used for longest is forgotten, as if it had been taken back: the whole tree of it."""
    now = iter(range(10 * MAX_CONSENTS))
    consents = Consents(lambda: next(now))
    for number in range(MAX_CONSENTS // 2):
        consents.allow("ada", f"app {number}", (Scope("a", dependencies=(Scope("b"),)),), offline=False)
    consents.use("ada", "app 0", [("a", "b")])
    consents.allow("zoe", "app", (Scope("c"),), offline=False)
    assert [len(consents.of("ada", f"app {number}")) for number in (0, 1, 2)] == [2, 0, 2]
    assert len(consents.of("zoe")) == 1
    assert len(consents.all()) <= MAX_CONSENTS


def test_consents_given_again():
    """Whoever agrees to the same again takes nobody's place, nor does what they decline."""
    consents, asked = Consents(lambda: 0.0), (Scope("a", dependencies=(Scope("b", optional=True),)),)
    declined = frozenset({("a", "b")})
    consents.allow("zoe", "app", tuple(Scope(f"s{n}") for n in range(MAX_CONSENTS - 1)), offline=False)
    consents.allow("ada", "app", asked, offline=False, declined=declined)
    before = consents.all()
    assert len(before) == MAX_CONSENTS
    consents.allow("ada", "app", asked, offline=True, declined=declined)
    assert consents.all() == before
    assert consents.of("ada", "app")[0].allows_refresh


def test_labels_of_consents():
    """What somebody called an installation goes with its client; anybody can make one, and have it deleted."""
    consents = Consents(lambda: 0.0)
    consents.name("ada", "app", "My laptop")
    consents.forget_client("app")
    assert consents.label("ada", "app") == ""


def test_identities(globus):
    """There are so many identities, and so people; whoever is there can still be changed."""
    provider = globus.people["ada"].primary.provider

    def new(number):
        username = f"filler{number}@{provider.domain}"
        return new_identity(globus.world, f"id {number}", username, name="Filler", email=None, organization=None)

    filler = add_person(globus.world, new(0))
    filler.account.identities *= MAX_IDENTITIES
    with pytest.raises(FullError, match="identities"):
        new(1)


def test_what_is_in_force(globus):
    """Faults that nobody ends do not pile up without end, of whatever kind they are; one that is ended makes room."""
    for _ in range(MAX_IN_FORCE):
        globus.fail("/never")
        globus.fail_file("/never", "TIMEOUT")
        globus.script_id_token(lambda claims, header: None)
    refused = requests.post(f"{globus.url}/sandbox/api/faults", json={"path": "/never"})
    assert (refused.status_code, refused.json()["code"]) == (400, "BadRequest")
    with pytest.raises(ValueError, match="in force already"):
        globus.fail_file("/never", "TIMEOUT")
    with pytest.raises(ValueError, match="in force already"):
        globus.script_id_token(lambda claims, header: None)
    globus.clear_fault(globus.faults[0].id)
    globus.fail("/never")


def test_sign_ins_under_way(globus, visitor):
    """Of the sign-ins that nobody goes on with the oldest are forgotten; the browsers are still known."""
    visitor.visit()
    [first] = globus.world.browsers
    asked = next(iter(first.attempts.values())).request
    browsers, made = Browsers(), [Browser() for _ in range(MAX_OPEN // MAX_ATTEMPTS + 1)]
    for browser in made:
        for _ in range(MAX_ATTEMPTS):
            browsers.keep(browser, Attempt(asked))
    assert list(browsers) == made
    assert [len(each.attempts) for each in made] == [0, *[MAX_ATTEMPTS] * (len(made) - 1)]
