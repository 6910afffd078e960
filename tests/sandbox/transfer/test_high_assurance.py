"""Collections of high assurance look at the session of the token, and say what another one has to be."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import globus_sdk
import pytest
from globus_sdk.gare import to_gare
from globus_sdk.scopes import TransferScopes

from trivet.sandbox import Sandbox
from trivet.sandbox.switches import Switches

SESSION_MESSAGE = "Session reauthentication required (Globus Transfer)"
CALLBACK = "http://localhost:5000/login/callback"
LOGIN_FAILED = (502, "ExternalError.DirListingFailed.LoginFailed")
POLICY_FAILED = (403, "AuthPolicyFailed")


def _ada(globus, number):
    return globus.people["ada"].identities[number].id


SESSIONS = {
    "uni": lambda go: go(),
    "lab": lambda go: go(identity=2),
    "researcher": lambda go: go(identity=1),
    "mfa": lambda go: go(mfa=True),
    "mfa, old": lambda go: go(mfa=True, age=3601),
    "uni, old": lambda go: go(age=601),
    "uni, not so old": lambda go: go(age=590),
    "lab, old": lambda go: go(identity=2, age=86_400),
    "refreshed": lambda go: go(identity=2, mfa=True, refreshed=True),
}
DEMANDED = {
    "second_factor": lambda _: {"session_required_mfa": True},
    "lab_staff": lambda _: {"session_required_single_domain": ["lab.example"]},
    "one_identity": lambda globus: {"session_required_identities": [_ada(globus, 1)]},
    "just_now": lambda globus: {"session_required_identities": [_ada(globus, 0)]},
    "by_policy": lambda globus: {"session_required_policies": globus.policies["second_factor"].id},
}
OPEN = {
    "second_factor": {"mfa", "mfa, old"},
    "lab_staff": {"lab", "lab, old"},
    "one_identity": {"researcher"},
    "just_now": {"uni", "lab", "researcher", "mfa", "uni, not so old"},
    "by_policy": {"mfa"},
}


class _Portal:
    """A portal's sign-ins, and TransferClients with what came of them."""

    def __init__(self, visitor, endpoint, read_page):
        self.visitor, self.endpoint, self.read = visitor, endpoint, read_page
        self.globus = visitor.globus

    def sign_in(self, *, identity=0, mfa=False, age=0, refreshed=False, person="ada"):
        """A client from a sign-in with an identity, perhaps a second factor, some seconds ago."""
        extra = {"session_required_mfa": "true"} if mfa else {}
        response = self.visitor.visit(scope=str(TransferScopes.all), prompt="login", **extra)
        tokens = self._redeem(self._walk(self.visitor.identify(response, person, identity)))
        if refreshed:
            tokens = self.endpoint.refresh(tokens["refresh_token"]).json()
        self.globus.advance(age)
        return self._client(tokens["access_token"])

    def step_up(self, error, **params):
        """A client after going to the authorize page with what the error demands."""
        gare = to_gare(error)
        auth = globus_sdk.ConfidentialAppAuthClient(self.globus.clients["portal"].id, "secret")
        auth.oauth2_start_flow(CALLBACK, TransferScopes.all)
        demanded = gare.authorization_parameters
        url = auth.oauth2_get_authorize_url(
            session_required_identities=demanded.session_required_identities or (),
            session_required_single_domain=demanded.session_required_single_domain or (),
            session_required_policies=demanded.session_required_policies or (),
            session_required_mfa=demanded.session_required_mfa or False,
            query_params={"session_message": demanded.session_message, **params},
        )
        response = self.visitor.follow(self.visitor.visit(url))
        return self._client(self._redeem(self._walk(response))["access_token"])

    def _walk(self, response):
        while not response.is_redirect:
            page = self.read(response.text)
            name = next(name for name in ("decision", "factor", "identity") if page.offers(name))
            response = self.visitor.follow(self.visitor.press(response, name, page.offers(name)[0]))
        return parse_qs(urlsplit(response.headers["Location"]).query)["code"][0]

    def _redeem(self, code):
        return self.endpoint.redeem(code).json()

    def _client(self, token):
        client = globus_sdk.TransferClient(authorizer=globus_sdk.AccessTokenAuthorizer(token))
        client.retry_config.max_retries = 0
        return client


@pytest.fixture
def portal(globus, visitor, endpoint, read_page, monkeypatch):
    for name, value in globus.environ.items():
        monkeypatch.setenv(name, value)
    return _Portal(visitor, endpoint, read_page)


@pytest.mark.parametrize("session", SESSIONS)
@pytest.mark.parametrize("key", DEMANDED)
def test_who_gets_in(globus, portal, key, session):
    """Each collection lets in the sessions it wants, and answers all others with a demand the SDK recognises."""
    client, collection = SESSIONS[session](portal.sign_in), globus.collections[key].id
    if session in OPEN[key]:
        assert "README.txt" in [each["name"] for each in client.operation_ls(collection)]
        return
    with pytest.raises(globus_sdk.TransferAPIError) as caught:
        client.operation_ls(collection)
    refusal = POLICY_FAILED if key == "by_policy" else LOGIN_FAILED
    assert (caught.value.http_status, caught.value.code) == refusal
    assert to_gare(caught.value).code == refusal[1]
    demanded = dict(caught.value.raw_json["authorization_parameters"])
    assert demanded.pop("session_message")
    assert {name: value for name, value in demanded.items() if value} == _expected(globus, key, session)


def _expected(globus, key, session):
    if key == "just_now" and session == "lab, old":
        return {"session_required_identities": [_ada(globus, 2)]}
    return DEMANDED[key](globus)


@pytest.mark.parametrize("session", ["uni", "mfa, old", "lab, old", "refreshed"])
@pytest.mark.parametrize("key", DEMANDED)
def test_the_demand_can_be_met(globus, portal, key, session):
    """Going to the authorize page with what was demanded, and ``prompt=login`` as the vendor's apps do, opens it."""
    client, collection = SESSIONS[session](portal.sign_in), globus.collections[key].id
    try:
        client.operation_ls(collection)
    except globus_sdk.TransferAPIError as error:
        client = portal.step_up(error, prompt="login")
    assert client.operation_ls(collection)["length"] == 2


def test_the_demand_of_a_collection(globus, portal):
    """All fields are there, as in the recorded answer, whether they demand something or not."""
    with pytest.raises(globus_sdk.TransferAPIError) as caught:
        portal.sign_in().operation_ls(globus.collections["lab_staff"].id)
    assert caught.value.raw_json["authorization_parameters"] == {
        "session_message": SESSION_MESSAGE,
        "session_required_identities": [],
        "session_required_mfa": False,
        "session_required_single_domain": ["lab.example"],
    }
    assert "LOGIN_DENIED" in caught.value.message


def test_other_operations(globus, portal):
    """Each operation on files is refused, with its own name in the code where it has one."""
    client, collection = portal.sign_in(), globus.collections["lab_staff"].id
    codes = []
    for operation in (
        lambda: client.operation_stat(collection, "/README.txt"),
        lambda: client.operation_mkdir(collection, "/new"),
        lambda: client.operation_rename(collection, "/a", "/b"),
        lambda: client.submit_delete(_delete(collection)),
        lambda: client.submit_transfer(_transfer(collection, globus.collections["laptop"].id)),
    ):
        with pytest.raises(globus_sdk.TransferAPIError) as caught:
            operation()
        codes.append((caught.value.http_status, caught.value.code))
    names = ("DirListingFailed", "MkdirFailed", "RenameFailed", "DeleteFailed", "DirListingFailed")
    assert codes == [(502, f"ExternalError.{name}.LoginFailed") for name in names]


def _delete(collection):
    data = globus_sdk.DeleteData(endpoint=collection)
    data.add_item("/README.txt")
    return data


def _transfer(source, destination):
    data = globus_sdk.TransferData(source_endpoint=source, destination_endpoint=destination)
    data.add_item("/README.txt", "/copy.txt")
    return data


def test_without_prompt_a_stale_session_stays_stale(globus, portal):
    """Nobody has seen such a demand name a prompt; a client that adds none comes back with the session it had."""
    client, collection = portal.sign_in(age=601), globus.collections["just_now"].id
    with pytest.raises(globus_sdk.TransferAPIError) as caught:
        client.operation_ls(collection)
    assert to_gare(caught.value).authorization_parameters.prompt is None
    with pytest.raises(globus_sdk.TransferAPIError, match="LoginFailed"):
        portal.step_up(caught.value).operation_ls(collection)


def test_with_the_switch_the_demand_names_the_prompt(visit_at, read_page, monkeypatch):
    """On: a demand with a time limit says ``prompt=login``; one without does not."""
    with Sandbox(switches=Switches(stale_sessions_demand_prompt=True)) as own:
        for name, value in own.environ.items():
            monkeypatch.setenv(name, value)
        client = _Portal(*visit_at(own), read_page).sign_in(age=601)
        prompts = []
        for key in ("just_now", "lab_staff"):
            with pytest.raises(globus_sdk.TransferAPIError) as caught:
                client.operation_ls(own.collections[key].id)
            prompts.append(to_gare(caught.value).authorization_parameters.prompt)
    assert prompts == ["login", None]


def test_no_consent_is_asked_for(globus, portal):
    """A mapped collection of high assurance has no ``data_access`` scope."""
    assert portal.sign_in(mfa=True).operation_ls(globus.collections["second_factor"].id)["length"] == 2


def test_looking_at_the_collection(globus, portal):
    """Describing it demands nothing, and the document says what can be known."""
    client = portal.sign_in()
    fields = ("high_assurance", "mfa_required", "authentication_timeout_mins", "authentication_policy_id")
    said = {
        key: [client.get_endpoint(globus.collections[key].id)[each] for each in fields] for key in (*DEMANDED, "tape")
    }
    assert said == {
        "second_factor": [True, True, None, None],
        "lab_staff": [True, False, None, None],
        "one_identity": [True, False, None, None],
        "just_now": [True, False, 10, None],
        "by_policy": [True, False, None, globus.policies["second_factor"].id],
        "tape": [False, False, None, None],
    }


def test_somebody_who_never_will(globus, portal):
    """Whoever has no such identity gets the same demand; the authorize page tells them."""
    with pytest.raises(globus_sdk.TransferAPIError) as caught:
        portal.sign_in(person="alan").operation_ls(globus.collections["lab_staff"].id)
    demanded = to_gare(caught.value).authorization_parameters.session_required_single_domain
    page = portal.visitor.follow(portal.visitor.visit(session_required_single_domain=",".join(demanded)))
    assert "demanded" in portal.read(page.text).by_id
