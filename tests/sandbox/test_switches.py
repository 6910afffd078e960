"""Each switch does what it says, is documented, and is strict by default."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import itertools
import time
import uuid

import globus_sdk
import pytest
import requests

from depot import Depot
from trivet.sandbox import Sandbox, switches
from trivet.sandbox.switches import Switches

TRANSFER_ALL = "urn:globus:auth:scope:transfer.api.globus.org:all"


@pytest.fixture
def with_switch(visit_at):
    """Run a sandbox with switches set, and give somebody with a browser and the token endpoint."""
    running = []

    def start(**set_to):
        sandbox = Sandbox(switches=Switches(**set_to)).start()
        running.append(sandbox)
        return visit_at(sandbox)

    yield start
    for sandbox in running:
        sandbox.stop()


def test_every_switch_is_documented():
    """Under each field stands what is unknown and why the default is the stricter reading."""
    [body] = [each.body for each in ast.parse(inspect.getsource(switches)).body if isinstance(each, ast.ClassDef)]
    documented = {
        field.target.id
        for field, text in itertools.pairwise(body)
        if isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant)
    }
    assert documented == {field.name for field in dataclasses.fields(Switches)}


def test_page_error_status(with_switch):
    """The status of errors that are shown."""
    visitor, _ = with_switch(page_error_status=403)
    assert visitor.visit(client_id="x").status_code == 403


def test_logins_share_access_tokens(with_switch):
    """On: a second login in one session brings the same access token, with what is left of it, while it is good."""
    visitor, endpoint = with_switch(logins_share_access_tokens=True)
    first = endpoint.redeem(visitor.sign_in()["code"]).json()
    visitor.globus.advance(3600)
    second = endpoint.redeem(visitor.sign_in()["code"]).json()
    assert first["access_token"] == second["access_token"]
    assert (first["expires_in"], second["expires_in"]) == (172_800, 172_800 - 3600)
    other_scopes = endpoint.redeem(visitor.sign_in(scope="openid")["code"]).json()
    endpoint.post("/revoke", token=first["access_token"])
    after_that = endpoint.redeem(visitor.sign_in()["code"]).json()
    assert len({each["access_token"] for each in (second, other_scopes, after_that)}) == 3


def test_a_shared_token_ends_with_each_login(with_switch):
    """It came out of either login's code, and stands beside either's refresh token: the end of one is its end."""
    visitor, endpoint = with_switch(
        logins_share_access_tokens=True, revoking_refresh_token_kills_access_tokens=True, code_reuse_revokes=True
    )

    def log_in_twice():
        codes = [visitor.sign_in(access_type="offline")["code"] for _ in "12"]
        first, second = (endpoint.redeem(code).json() for code in codes)
        assert first["access_token"] == second["access_token"]
        assert endpoint.introspect(second["access_token"])["active"]
        return codes[1], second

    code, second = log_in_twice()
    assert endpoint.redeem(code).status_code == 401
    assert not endpoint.introspect(second["access_token"])["active"]
    _, second = log_in_twice()
    endpoint.post("/revoke", token=second["refresh_token"])
    assert not endpoint.introspect(second["access_token"])["active"]


def test_pkce_of_confidential_clients(with_switch, pkce):
    """Off: a client with a secret needs no verifier, and a public one still does."""
    visitor, endpoint = with_switch(verify_pkce_of_confidential_clients=False)
    assert endpoint.redeem(visitor.sign_in(**pkce.asked)["code"]).status_code == 200
    public = {"client_id": visitor.globus.clients["notebook"].id, "redirect_uri": "http://localhost:5002/callback"}
    code = visitor.sign_in(**public, **pkce.asked)["code"]
    assert endpoint.redeem(code, client=None, **public).status_code == 400


def test_refused_grant_status(with_switch):
    """400 is the RFC's own choice."""
    _, endpoint = with_switch(refused_grant_status=400)
    assert [endpoint.redeem("x").status_code, endpoint.refresh("x").status_code] == [400, 400]


def test_code_seconds(with_switch):
    """Codes that live a minute."""
    visitor, endpoint = with_switch(code_seconds=60)
    code = visitor.sign_in()["code"]
    visitor.globus.advance(60)
    assert endpoint.redeem(code).status_code == 401


def test_code_reuse(with_switch):
    """Off: a spent code is refused and nothing is taken back."""
    visitor, endpoint = with_switch(code_reuse_revokes=False)
    code = visitor.sign_in()["code"]
    assert [endpoint.redeem(code).status_code, endpoint.redeem(code).status_code] == [200, 401]
    assert all(token.active for token in visitor.globus.tokens)


def test_revoking_a_refresh_token(with_switch):
    """On: its access tokens go with it, those of other services stay."""
    visitor, endpoint = with_switch(revoking_refresh_token_kills_access_tokens=True)
    tokens = endpoint.redeem(visitor.sign_in()["code"]).json()
    endpoint.post("/revoke", token=tokens["refresh_token"])
    assert not visitor.globus.token_is_active(tokens["access_token"])
    assert visitor.globus.token_is_active(tokens["other_tokens"][0]["access_token"])


def test_identity_set_scope(with_switch):
    """On: without ``view_identity_set`` the claim is missing."""
    visitor, endpoint = with_switch(identity_set_needs_its_scope=True)
    wanted = "openid urn:globus:auth:scope:auth.globus.org:view_identity_set"
    for scope, there in (("openid", False), (wanted, True)):
        token = endpoint.redeem(visitor.sign_in(scope=scope)["code"]).json()["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        claims = visitor.http.get(f"{visitor.globus.url}/v2/oauth2/userinfo", headers=headers).json()
        assert ("identity_set" in claims) is there


def test_offline_consent(with_switch):
    """Off: who agreed without refresh tokens is not asked again."""
    visitor, _ = with_switch(offline_needs_its_own_consent=False)
    visitor.sign_in(access_type="online")
    assert "code=" in visitor.visit(access_type="offline").headers["Location"]


def test_logout_link(with_switch, read_page):
    """On: only registered addresses become a link."""
    visitor, _ = with_switch(check_logout_redirect_uri=True)
    portal = visitor.globus.clients["portal"]
    for address, shown in ((portal.redirect_uris[0], True), ("https://other.example/", False)):
        params = {"client_id": portal.id, "redirect_uri": address}
        page = visitor.http.get(f"{visitor.globus.url}/v2/web/logout", params=params)
        assert ("continue" in read_page(page.text).links) is shown


@pytest.mark.parametrize(("switch", "status"), [(False, 502), (True, 200)])
def test_rename_replaces(with_switch, switch, status):
    """On: renaming onto a file replaces it."""
    visitor, endpoint = with_switch(rename_replaces=switch)
    tokens = endpoint.redeem(visitor.sign_in(scope=TRANSFER_ALL)["code"]).json()
    laptop = visitor.globus.collections["laptop"]
    answer = requests.post(
        f"{visitor.globus.url}/v0.10/operation/endpoint/{laptop.id}/rename",
        json={"DATA_TYPE": "rename", "old_path": "/README.txt", "new_path": "/latest.csv"},
        headers={"Authorization": f"Bearer {tokens['access_token']}"},
    )
    assert answer.status_code == status
    assert (laptop.root / "README.txt").exists() is not switch


def test_sharing_authentications(with_switch):
    """On: what was shown for one application counts in another's session in the same browser."""
    visitor, endpoint = with_switch(sessions_share_authentications=True)
    visitor.sign_in("ada")
    visitor.sign_in("ada", identity=2, prompt="login")
    gateway = {"client_id": visitor.globus.clients["gateway"].id, "redirect_uri": "http://localhost:5001/callback"}
    code = visitor.sign_in(**gateway)["code"]
    token = endpoint.redeem(code, client="gateway", redirect_uri=gateway["redirect_uri"]).json()["access_token"]
    session = endpoint.introspect(token, include="session_info")["session_info"]
    uni, _, lab = visitor.globus.people["ada"].identities
    assert set(session["authentications"]) == {uni.id, lab.id}


def test_authentications_after_a_refresh(with_switch):
    """On: a refreshed token has the authentications of the session it came from, as old as they are."""
    visitor, endpoint = with_switch(refreshed_tokens_keep_authentications=True)
    tokens = endpoint.redeem(visitor.sign_in()["code"]).json()
    before = endpoint.introspect(tokens["access_token"], include="session_info")["session_info"]
    visitor.globus.advance(3600)
    refreshed = endpoint.refresh(tokens["refresh_token"]).json()["access_token"]
    assert endpoint.introspect(refreshed, include="session_info")["session_info"] == before


@pytest.fixture
def depot_with(monkeypatch):
    """Collections to move files between, in a sandbox with switches set."""
    running = []

    def start(**set_to):
        depot = Depot(time.time, switches=Switches(**set_to))
        running.append(depot)
        depot.globus.start()
        for name, value in depot.globus.environ.items():
            monkeypatch.setenv(name, value)
        depot.fill({"a": "a"})
        return depot

    yield start
    for depot in running:
        depot.sign_out()
        depot.globus.stop()


def test_submission_status(depot_with):
    """The status of an accepted task; that of a duplicate stays 200."""
    depot = depot_with(submission_status=200)
    assert depot.client().submit_transfer(depot.order(("/a", "/b"))).http_status == 200


def test_submission_ids(depot_with):
    """Off: any UUID will do, and twice is still once."""
    depot = depot_with(submission_id_must_be_ours=False)
    data = depot.order(("/a", "/b"), submission_id=uuid.uuid4())
    assert [depot.client().submit_transfer(data)["code"] for _ in range(2)] == ["Accepted", "Duplicate"]


def test_transfer_tries(depot_with):
    """How often a file is tried, which is at least once."""
    with pytest.raises(ValueError, match="1 or more"):
        Switches(transfer_tries=0)
    depot = depot_with(transfer_tries=5)
    assert depot.transfer(("/nothing", "/x"))["faults"] == 5


def test_bookmark_status(depot_with):
    """The status of a new bookmark."""
    depot = depot_with(bookmark_created_status=200)
    bookmark = {"name": "n", "endpoint_id": depot.id("here"), "path": "/"}
    assert depot.client().create_bookmark(bookmark).http_status == 200


def test_operation_paused_status(depot_with):
    """The status of what a paused collection refuses."""
    depot = depot_with(operation_paused_status=403)
    depot.globus.pause_collection("here")
    with pytest.raises(globus_sdk.TransferAPIError) as caught:
        depot.client().operation_ls(depot.id("here"))
    assert (caught.value.http_status, caught.value.code) == (403, "OperationPaused")
