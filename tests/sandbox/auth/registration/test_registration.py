"""Registration by program, through the SDK's ``AuthClient``, as somebody with a ``manage_projects`` token."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import globus_sdk
import pytest
from globus_sdk import DependentScopeSpec
from globus_sdk.scopes import AuthScopes, TransferScopes
from globus_sdk.testing import get_response_set

SCOPE = f"openid {AuthScopes.manage_projects}"
CALLBACK = "https://app.example/callback"
NOBODY = "00000000-0000-4000-8000-000000000000"
NULL = type(None)


def _types(document):
    return {key: type(value) for key, value in document.items()}


def _theirs(name, case="default"):
    return get_response_set(f"auth.{name}").lookup(case).json


def _alike(ours, theirs):
    """The same keys, with values of the same types or null."""
    assert set(ours) >= set(theirs)
    for key, value in theirs.items():
        assert type(ours[key]) in (type(value), NULL) or value is None, key


@pytest.fixture
def as_person(globus, new_visitor, endpoint, monkeypatch):
    """An ``AuthClient`` for somebody who has signed in at the portal."""
    for name, value in globus.environ.items():
        monkeypatch.setenv(name, value)

    def as_person(person="ada", scope=SCOPE, **params):
        answer = endpoint.redeem(new_visitor().sign_in(person, scope=scope, **params)["code"]).json()
        return globus_sdk.AuthClient(authorizer=globus_sdk.AccessTokenAuthorizer(answer["access_token"]))

    return as_person


@pytest.fixture
def ada(as_person):
    return as_person()


@pytest.fixture
def project(globus, ada):
    created = ada.create_project("Demo", "ops@lab.example", admin_ids=globus.people["ada"].id)
    return created["project"]["id"]


@pytest.fixture
def service(ada, project):
    """A client that can be anything, and its credential."""
    client = ada.create_client("Service", project, public_client=False, redirect_uris=[CALLBACK])["client"]["id"]
    secret = ada.create_client_credential(client, "main")["credential"]["secret"]
    return globus_sdk.ConfidentialAppAuthClient(client, secret)


def _refused(call, status, code):
    with pytest.raises(globus_sdk.AuthAPIError) as caught:
        call()
    assert (caught.value.http_status, caught.value.code) == (status, code)


def test_projects(globus, ada, project):
    """Create, read, list, change and delete, with the documents of the fixtures."""
    found = ada.get_project(project)["project"]
    _alike(found, _theirs("create_project")["project"])
    assert found["admins"]["identities"][0]["username"] == "ada@uni.example"
    assert [each["id"] for each in ada.get_projects()] == [project]
    changed = ada.update_project(project, display_name="Renamed")["project"]
    assert (changed["display_name"], changed["contact_email"]) == ("Renamed", "ops@lab.example")
    assert ada.delete_project(project)["project"]["id"] == project
    _refused(lambda: ada.get_project(project), 404, "NOT_FOUND")


def test_a_project_belongs_to_its_administrators(globus, as_person, ada, project):
    """Somebody else may not look, change or delete; once they are an administrator they may."""
    grace = as_person("grace")
    assert list(grace.get_projects()) == []
    for call in (grace.get_project, grace.delete_project, grace.update_project):
        _refused(lambda call=call: call(project), 403, "FORBIDDEN")
    ada.update_project(project, admin_ids=[globus.people["ada"].id, globus.people["grace"].id])
    assert grace.get_project(project)["project"]["id"] == project


def test_any_linked_identity_will_do(globus, ada):
    """A project run by one identity of a person is run by the person."""
    linked = globus.people["ada"].identities[1].id
    created = ada.create_project("Linked", "x@y.example", admin_ids=linked)["project"]["id"]
    assert ada.get_project(created)["project"]["admin_ids"] == [linked]


@pytest.mark.parametrize(
    ("client_type", "public", "grants"),
    [
        ("confidential_client", False, 3),
        ("public_installed_client", True, 2),
        ("public_webapp_client", True, 2),
        ("client_identity", False, 3),
        ("resource_server", False, 4),
        ("globus_connect_server", False, 4),
        ("hybrid_confidential_client_resource_server", False, 4),
    ],
)
def test_clients_of_every_type(ada, project, client_type, public, grants):
    """Each type has its grants, with the document of the fixture."""
    theirs = _theirs("create_client", f"client_type_{client_type}")["client"]
    ours = ada.create_client("Mine", project, client_type=client_type)["client"]
    _alike(ours, {key: value for key, value in theirs.items() if key != "project"})
    assert (ours["client_type"], ours["public_client"], len(ours["grant_types"])) == (client_type, public, grants)
    assert ours["prompt_for_named_grant"] is (client_type == "public_installed_client")


def test_clients(ada, project):
    """Create with everything, read, list, change, delete."""
    links = {"terms_and_conditions": "https://app.example/terms", "privacy_policy": "https://app.example/privacy"}
    provider = next(iter(ada.get_identity_providers(domains="uni.example")))["id"]
    created = ada.create_client(
        "Mine",
        project,
        public_client=True,
        visibility="public",
        redirect_uris=[CALLBACK],
        required_idp=provider,
        preselect_idp=provider,
        **links,
    )["client"]
    assert ada.get_client(client_id=created["id"])["client"] == created
    assert [each["id"] for each in ada.get_clients()] == [created["id"]]
    assert (created["links"], created["required_idp"], created["preselect_idp"]) == (links, provider, provider)
    changed = ada.update_client(created["id"], name="Yours", terms_and_conditions=None, privacy_policy=None)["client"]
    assert (changed["name"], changed["visibility"], changed["redirect_uris"]) == ("Yours", "public", [CALLBACK])
    assert changed["links"] == dict.fromkeys(links)
    assert ada.delete_client(created["id"])["client"]["id"] == created["id"]
    _refused(lambda: ada.get_client(client_id=created["id"]), 404, "NOT_FOUND")


def test_visibility(as_person, ada, project):
    """Others see public clients, and may change none."""
    grace = as_person("grace")
    for visibility in ("public", "private"):
        client = ada.create_client("Mine", project, public_client=True, visibility=visibility)["client"]["id"]
        if visibility == "public":
            assert grace.get_client(client_id=client)["client"]["id"] == client
        else:
            _refused(lambda client=client: grace.get_client(client_id=client), 403, "FORBIDDEN")
        _refused(lambda client=client: grace.update_client(client, name="Hers"), 403, "FORBIDDEN")
        _refused(lambda client=client: grace.delete_client(client), 403, "FORBIDDEN")
    assert list(grace.get_clients()) == []


def test_a_registered_client_signs_people_in(globus, service, visitor, endpoint):
    """What was registered a moment ago works at once: address, credential, code and tokens."""
    service.oauth2_start_flow(CALLBACK, ["openid", TransferScopes.all])
    code = visitor.sign_in(client_id=service.client_id, redirect_uri=CALLBACK, scope="openid")["code"]
    assert service.oauth2_exchange_code_for_tokens(code)["resource_server"] == "auth.globus.org"


def test_credentials(ada, service):
    """A secret is shown once; several work side by side; a deleted one is dead."""
    client = str(service.client_id)
    second = ada.create_client_credential(client, "second")["credential"]
    assert _types(second) == _types(_theirs("create_client_credential")["credential"])
    listed = list(ada.get_client_credentials(client))
    assert [(each["name"], each["secret"]) for each in listed] == [("main", None), ("second", None)]
    other = globus_sdk.ConfidentialAppAuthClient(client, second["secret"])
    for each in (service, other):
        assert each.oauth2_client_credentials_tokens("openid")["access_token"]
    assert ada.delete_client_credential(client, second["id"])["credential"]["secret"] is None
    _refused(lambda: other.oauth2_client_credentials_tokens("openid"), 401, None)
    assert service.oauth2_client_credentials_tokens("openid")["access_token"]
    _refused(lambda: ada.delete_client_credential(client, second["id"]), 404, "NOT_FOUND")


def test_public_clients_have_no_credentials(ada, project):
    """There is nothing they could keep secret."""
    client = ada.create_client("Mine", project, public_client=True)["client"]["id"]
    _refused(lambda: ada.create_client_credential(client, "main"), 400, "INVALID_PARAMETERS")


def test_scopes(ada, service):
    """Create, read, list, change, delete; the scope string follows the suffix and the id stays."""
    client = str(service.client_id)
    created = ada.create_scope(client, "Run", "Run it", "run")["scope"]
    assert _types(created) == _types(_theirs("create_scope")["scope"])
    assert created["scope_string"] == f"https://auth.globus.org/scopes/{client}/run"
    assert ada.get_scope(created["id"])["scope"] == created
    assert [each["id"] for each in ada.get_scopes()] == [created["id"]]
    assert ada.get_client(client_id=client)["client"]["scopes"] == [created["id"]]
    changed = ada.update_scope(created["id"], scope_suffix="go", advertised=True, required_domains=["uni.example"])
    assert changed["scope"]["scope_string"] == f"https://auth.globus.org/scopes/{client}/go"
    assert (changed["scope"]["id"], changed["scope"]["name"]) == (created["id"], "Run")
    assert [each["id"] for each in ada.get_scopes(scope_strings=changed["scope"]["scope_string"])] == [created["id"]]
    assert list(ada.get_scopes(scope_strings=created["scope_string"])) == []
    assert ada.delete_scope(created["id"])["scope"]["id"] == created["id"]
    _refused(lambda: ada.get_scope(created["id"]), 404, "NOT_FOUND")


def test_a_suffix_is_taken_once(ada, service):
    """Two scopes of one client have different suffixes, also after a change."""
    client = str(service.client_id)
    ada.create_scope(client, "Run", "Run it", "run")
    _refused(lambda: ada.create_scope(client, "Again", "Run it", "run"), 409, "RESOURCE_CONFLICT")
    other = ada.create_scope(client, "Go", "Go", "go")["scope"]["id"]
    _refused(lambda: ada.update_scope(other, scope_suffix="run"), 409, "RESOURCE_CONFLICT")


def test_a_suffix_that_is_free_again(ada, service):
    """A scope made under the former suffix of another is a scope of its own, and each can go without the other."""
    client = str(service.client_id)
    moved = ada.create_scope(client, "Run", "Run it", "run")["scope"]["id"]
    ada.update_scope(moved, scope_suffix="go")
    new = ada.create_scope(client, "Run again", "Run it", "run")["scope"]["id"]
    assert [each["name"] for each in ada.get_scopes(ids=[moved, new])] == ["Run", "Run again"]
    ada.delete_scope(new)
    assert ada.delete_scope(moved)["scope"]["name"] == "Run"


def test_a_service_from_nothing(ada, service, visitor, endpoint):
    """Register a scope that needs Transfer, have somebody consent at the portal, trade the token for Transfer's."""
    [transfer] = ada.get_scopes(scope_strings=str(TransferScopes.all))
    needed = DependentScopeSpec(transfer["id"], optional=False, requires_refresh_token=False)
    scope = ada.create_scope(str(service.client_id), "Run", "Run it", "run", dependent_scopes=[needed])["scope"]
    assert scope["dependent_scopes"] == [dict(needed)]
    sent = endpoint.redeem(visitor.sign_in(scope=scope["scope_string"])["code"]).json()["access_token"]
    answer = service.oauth2_get_dependent_tokens(sent)
    assert list(answer.by_resource_server) == ["transfer.api.globus.org"]


def test_a_service_that_needs_more_than_it_did(ada, service, visitor, endpoint):
    """What a scope came to depend on after somebody agreed to it is missing from the trade, and not left out of it."""
    scope = ada.create_scope(str(service.client_id), "Run", "Run it", "run")["scope"]
    sent = endpoint.redeem(visitor.sign_in(scope=scope["scope_string"])["code"]).json()["access_token"]
    [transfer] = ada.get_scopes(scope_strings=str(TransferScopes.all))
    needed = DependentScopeSpec(transfer["id"], optional=False, requires_refresh_token=False)
    ada.update_scope(scope["id"], dependent_scopes=[needed])
    with pytest.raises(globus_sdk.AuthAPIError) as caught:
        service.oauth2_get_dependent_tokens(sent)
    assert (caught.value.http_status, caught.value.raw_json["error"]) == (403, "dependent_consent_required")


def test_a_client_that_is_renamed(ada, service):
    """It is called so as an identity too, at once."""
    for name in ("Service", "Renamed"):
        ada.update_client(str(service.client_id), name=name)
        token = service.oauth2_client_credentials_tokens("openid")["access_token"]
        assert service.oauth2_token_introspect(token)["name"] == name


@pytest.mark.parametrize("how", ["deleted", "renamed", "client deleted"])
def test_a_scope_that_is_gone_leaves_nothing_behind(globus, ada, service, visitor, endpoint, how):
    """Tokens, codes and consents for it are dead, also of an application that asked for more than it."""
    scope = ada.create_scope(str(service.client_id), "Run", "Run it", "run")["scope"]
    asked = f"openid {scope['scope_string']}"
    token = endpoint.redeem(visitor.sign_in(scope=asked)["code"]).json()["other_tokens"][0]
    code = visitor.sign_in(scope=asked)["code"]
    open_page = visitor.visit(scope=asked, prompt="login")
    if how == "deleted":
        ada.delete_scope(scope["id"])
    elif how == "renamed":
        ada.update_scope(scope["id"], scope_suffix="go")
    else:
        ada.delete_client(str(service.client_id))
    assert not globus.token_is_active(token["access_token"])
    assert endpoint.refresh(token["refresh_token"]).status_code == 401
    assert endpoint.redeem(code).json() == {"error": "invalid_grant"}
    late = visitor.press(visitor.identify(open_page), "decision", "allow")
    assert endpoint.redeem(parse_qs(urlsplit(late.headers["Location"]).query)["code"][0]).status_code == 401
    given = globus.world.consents.of_person(globus.people["ada"])
    assert endpoint.post(grant_type="client_credentials", scope=asked).json() == {"error": "invalid_scope"}
    assert [each.scope_name for each in given if each.scope_name == "openid"] == ["openid"]


def test_advertised_scopes_are_everybodys_to_find(as_person, ada, service):
    """Another developer finds a scope by name only if it is advertised or its client public."""
    grace, client = as_person("grace"), str(service.client_id)
    scope = ada.create_scope(client, "Run", "Run it", "run")["scope"]
    assert list(grace.get_scopes(ids=scope["id"])) == []
    _refused(lambda: grace.get_scope(scope["id"]), 403, "FORBIDDEN")
    ada.update_client(client, visibility="public")
    assert grace.get_scope(scope["id"])["scope"] == scope
    ada.update_client(client, visibility="private")
    ada.update_scope(scope["id"], advertised=True)
    assert [each["id"] for each in grace.get_scopes(ids=scope["id"])] == [scope["id"]]
    _refused(lambda: grace.update_scope(scope["id"], name="Hers"), 403, "FORBIDDEN")


def test_nobody_changes_globus_own_scopes(ada):
    """Transfer's scope belongs to Transfer."""
    [transfer] = ada.get_scopes(scope_strings=str(TransferScopes.all))
    _refused(lambda: ada.delete_scope(transfer["id"]), 403, "FORBIDDEN")


@pytest.fixture
def registered(ada, project, service):
    """One of each thing that can be registered, by name: its id."""
    client = str(service.client_id)
    return {
        "project": project,
        "client": client,
        "credential": ada.create_client_credential(client, "second")["credential"]["id"],
        "scope": ada.create_scope(client, "Run", "Run it", "run")["scope"]["id"],
        "policy": ada.create_policy(project_id=project, display_name="P", description="P")["policy"]["id"],
    }


def test_every_answer_is_like_the_vendors(ada, registered):
    """Whatever is read, changed or deleted, the document has the members of its fixture, with values of their types."""
    project, client, credential, scope, policy = registered.values()
    calls = {
        "get_project": lambda: ada.get_project(project),
        "get_projects": ada.get_projects,
        "get_client": lambda: ada.get_client(client_id=client),
        "get_clients": ada.get_clients,
        "get_client_credentials": lambda: ada.get_client_credentials(client),
        "get_scope": lambda: ada.get_scope(scope),
        "get_scopes": ada.get_scopes,
        "get_policy": lambda: ada.get_policy(policy),
        "get_policies": ada.get_policies,
        "update_project": lambda: ada.update_project(project, display_name="X"),
        "update_client": lambda: ada.update_client(client, name="X"),
        "update_scope": lambda: ada.update_scope(scope, name="X"),
        "update_policy": lambda: ada.update_policy(policy, display_name="X"),
        "delete_policy": lambda: ada.delete_policy(policy),
        "delete_scope": lambda: ada.delete_scope(scope),
        "delete_client_credential": lambda: ada.delete_client_credential(client, credential),
        "delete_client": lambda: ada.delete_client(client),
        "delete_project": lambda: ada.delete_project(project),
    }
    for name, call in calls.items():
        case = next(iter(get_response_set(f"auth.{name}")))
        response = call()
        assert (response.http_status, list(response.data)) == (case.status, list(case.json)), name
        [ours], [theirs] = response.data.values(), case.json.values()
        _alike(ours[0], theirs[0]) if isinstance(theirs, list) else _alike(ours, theirs)


def test_child_clients(ada, service):
    """A client registers others with its credentials, and looks after them and itself."""
    child = service.create_child_client("Child", public_client=False, redirect_uris=[CALLBACK])["client"]
    _alike(child, next(iter(get_response_set("auth.create_child_client"))).json["client"])
    assert child["parent_client"] == str(service.client_id)
    assert child["project"] == ada.get_client(client_id=str(service.client_id))["client"]["project"]
    secret = service.post(f"/v2/api/clients/{child['id']}/credentials", data={"credential": {"name": "main"}})
    assert secret["credential"]["secret"]
    assert service.get(f"/v2/api/clients/{service.client_id}")["client"]["name"] == "Service"
    assert ada.get_client(client_id=child["id"])["client"]["id"] == child["id"]
    assert service.delete(f"/v2/api/clients/{child['id']}")["client"]["id"] == child["id"]


def test_a_childs_tokens_are_its_own(globus, ada, service):
    """Whoever has registered a client cannot revoke what was issued to it, as a template can for its instances."""
    child = service.create_child_client("Child", public_client=False)["client"]["id"]
    secret = ada.create_client_credential(child, "main")["credential"]["secret"]
    answer = globus_sdk.ConfidentialAppAuthClient(child, secret).oauth2_client_credentials_tokens("openid")
    assert service.oauth2_revoke_token(answer["access_token"])["active"] is False
    assert globus.token_is_active(answer["access_token"])


def test_deleting_a_client_ends_all_it_had(globus, ada, service, visitor):
    """Consents, codes, tokens and scopes go with it."""
    scope = ada.create_scope(str(service.client_id), "Run", "Run it", "run")["scope"]["scope_string"]
    asked = {"client_id": service.client_id, "redirect_uri": CALLBACK, "scope": f"openid {scope}"}
    service.oauth2_start_flow(CALLBACK, "openid")
    tokens = service.oauth2_exchange_code_for_tokens(visitor.sign_in(**asked)["code"]).by_resource_server
    ada.delete_client(str(service.client_id))
    assert not any(globus.token_is_active(each["access_token"]) for each in tokens.values())
    assert visitor.visit(**asked).status_code == 400
    assert "Unknown scope" in visitor.visit(scope=scope).text


def test_nobody_ends_a_sign_in_at_a_deleted_client(globus, ada, service, visitor):
    """A consent page that was open meanwhile is stale: there is no code, and nothing was agreed to."""
    page = visitor.identify(visitor.visit(client_id=service.client_id, redirect_uri=CALLBACK, scope="openid"))
    ada.delete_client(str(service.client_id))
    assert visitor.press(page, "decision", "allow").status_code == 403
    assert globus.world.consents.of(globus.people["ada"].sub, str(service.client_id)) == []


def test_a_project_with_clients_stays(ada, project, service):
    """It can be deleted once its clients are gone."""
    _refused(lambda: ada.delete_project(project), 409, "RESOURCE_CONFLICT")
    ada.delete_client(str(service.client_id))
    assert ada.delete_project(project)["project"]["id"] == project


def test_deleting_a_project_takes_a_recent_sign_in(globus, as_person, ada, project):
    """After half an hour the SDK finds in the refusal what the session lacks; signing in again is enough."""
    globus.advance(1801)
    with pytest.raises(globus_sdk.AuthAPIError) as caught:
        ada.delete_project(project)
    [policy] = caught.value.info.authorization_parameters.session_required_policies
    assert caught.value.http_status == 403
    again = as_person(scope=SCOPE, session_required_policies=policy)
    assert again.delete_project(project)["project"]["id"] == project


def test_a_project_with_policies_stays(ada, project):
    """Until they are gone."""
    policy = ada.create_policy(project_id=project, display_name="P", description="P")["policy"]["id"]
    _refused(lambda: ada.delete_project(project), 409, "RESOURCE_CONFLICT")
    ada.delete_policy(policy)
    assert ada.delete_project(project)["project"]["id"] == project


def test_a_group_may_run_a_project(globus, as_person, ada):
    """Whoever is an active member of a group that administers it may do what its administrators may."""
    groups, zoe = globus.world.groups, globus.people["zoe"]
    group = next(each for each in groups if not groups.memberships_of(zoe, each))
    member = next(each for each in group.memberships.values() if each.status == "active")
    person, _ = globus.world.find_identity(member.identity_id)
    created = ada.create_project("Groups", "x@y.example", admin_group_ids=group.id)["project"]
    _alike(created, _theirs("create_project", "admin_group")["project"])
    assert (created["admin_ids"], created["admin_group_ids"]) == (None, [group.id])
    assert created["admins"]["groups"][0]["name"] == group.name
    assert as_person(person.key).get_project(created["id"])["project"] == created
    _refused(lambda: as_person("zoe").get_project(created["id"]), 403, "FORBIDDEN")


def test_scopes_for_some_domains(as_person, ada, service, new_visitor, read_callback):
    """A scope with ``required_domains`` is for people with an identity in each of them."""
    scope = ada.create_scope(str(service.client_id), "Run", "Run it", "run", required_domains=["lab.example"])["scope"]
    visitor = new_visitor()
    page = visitor.identify(visitor.visit(scope=scope["scope_string"]), "zoe")
    assert read_callback(visitor.press(page, "give-up", "yes"))["error"] == "access_denied"
    assert "code" in new_visitor().sign_in("grace", scope=scope["scope_string"])


def test_scopes_without_refresh_tokens(ada, service, visitor, endpoint):
    """A scope that allows no refresh token comes without one, whatever was asked for."""
    client = str(service.client_id)
    scope = ada.create_scope(client, "Run", "Run it", "run", allows_refresh_token=False)["scope"]["scope_string"]
    answer = endpoint.redeem(visitor.sign_in(scope=f"openid {scope}")["code"]).json()
    assert "refresh_token" in answer
    assert "refresh_token" not in answer["other_tokens"][0]


def test_needs_manage_projects(as_person, project, service):
    """Any other token is 403, and none is 401."""
    without, nobody = as_person(scope="openid"), globus_sdk.AuthClient()
    client = str(service.client_id)
    calls = [
        lambda auth: auth.get_projects(),
        lambda auth: auth.create_project("X", "x@y.example", admin_ids=NOBODY),
        lambda auth: auth.get_project(project),
        lambda auth: auth.get_clients(),
        lambda auth: auth.create_client("X", project, public_client=True),
        lambda auth: auth.get_client(client_id=client),
        lambda auth: auth.get_client_credentials(client),
        lambda auth: auth.get_scopes(),
        lambda auth: auth.create_scope(client, "X", "X", "x"),
    ]
    for call in calls:
        _refused(lambda call=call: call(without), 403, "FORBIDDEN")
        _refused(lambda call=call: call(nobody), 401, "UNAUTHORIZED")


def test_what_does_not_exist(ada):
    """Unknown ids are 404, whatever is wanted of them."""
    calls = [
        lambda: ada.get_project(NOBODY),
        lambda: ada.update_project(NOBODY),
        lambda: ada.delete_project(NOBODY),
        lambda: ada.create_client("X", NOBODY, public_client=True),
        lambda: ada.get_client(client_id=NOBODY),
        lambda: ada.get_client(fqdn="app.example"),
        lambda: ada.update_client(NOBODY, name="X"),
        lambda: ada.delete_client(NOBODY),
        lambda: ada.get_client_credentials(NOBODY),
        lambda: ada.create_scope(NOBODY, "X", "X", "x"),
        lambda: ada.get_scope(NOBODY),
        lambda: ada.update_scope(NOBODY, name="X"),
        lambda: ada.delete_scope(NOBODY),
    ]
    for call in calls:
        _refused(call, 404, "NOT_FOUND")


def test_reset_forgets_registrations(globus, ada, project, service):
    """Projects and clients that were registered go; those of the seed stay."""
    client = str(service.client_id)
    assert client in globus.clients
    globus.reset()
    assert client not in globus.clients
    assert list(globus.world.projects) == []
