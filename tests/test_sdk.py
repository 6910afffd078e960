"""Globus SDK clients bound to the signed-in user."""

from collections.abc import Callable

import pytest
from globus_sdk import AuthClient, ConfidentialAppAuthClient, GroupsClient, TransferClient

from conftest import Clock
from navigator import Navigator
from site_under_test import TRANSFER, Site
from trivet.errors import ConsentNeeded, LoginNeeded, StepUpNeeded
from trivet.sandbox import Sandbox

MakeSite = Callable[..., Site]
NewBrowser = Callable[[], Navigator]


def test_a_client_acts_for_the_signed_in_user(site: Site, browser: Navigator, new_browser: NewBrowser) -> None:
    """The same page lists each person's own collections; the consent it needs is asked for on the way."""
    ada, grace = browser.sign_in(f"{site.url}/mine"), new_browser().sign_in(f"{site.url}/mine", "grace")
    assert ada.url == grace.url == f"{site.url}/mine"
    mine = {name: set(seen.response.json()) for name, seen in (("ada", ada), ("grace", grace))}
    assert mine["ada"]
    assert mine["grace"]
    assert not mine["ada"] & mine["grace"]


def test_consent_asks_for_everything_at_once(site: Site, browser: Navigator) -> None:
    """Asking for more never drops what was granted: identity scopes and earlier services stay."""
    browser.sign_in(f"{site.url}/mine")
    with site.app.test_request_context(
        headers={"Cookie": f"{site.session_cookie}={browser.cookies[site.session_cookie]}"}
    ):
        grants = {grant.resource_server: grant for grant in site.globus.grants}
    assert set(grants) == {"auth.globus.org", TRANSFER}
    assert grants["auth.globus.org"].scopes == {"openid", "profile", "email"}
    assert grants[TRANSFER].renewable


def test_denied_consent_keeps_the_session(site: Site, browser: Navigator) -> None:
    """Who denies a further permission stays signed in as before, reads why the page is not there, and can go on."""
    browser.sign_in(f"{site.url}/private")
    seen = browser.agree(browser.open(f"{site.url}/mine"), decision="deny")
    assert seen.status == 403
    assert "@" in browser.open(f"{site.url}/").text
    assert seen.link("Continue") == f"{site.url}/mine"


def test_consent_by_somebody_else_is_refused(site: Site, browser: Navigator, sandbox: Sandbox) -> None:
    """When another person comes back from a consent, nobody's session changes and their tokens are revoked."""
    browser.sign_in(f"{site.url}/private")
    browser.open(f"{sandbox.url}/v2/web/logout")
    seen = browser.agree(browser.open(f"{site.url}/mine"), "grace")
    assert seen.status == 403
    assert sandbox.people["grace"].username in seen.text
    assert browser.open(f"{site.url}/private").response.json()["sub"] == sandbox.people["ada"].sub
    assert {token.sub for token in sandbox.tokens if token.active} == {sandbox.people["ada"].sub}


def test_consent_for_a_script_is_a_document(site: Site, browser: Navigator) -> None:
    """A ``fetch`` that lacks consent gets 403 with the scopes and an address; going there grants them."""
    browser.sign_in(f"{site.url}/private")
    response = browser.fetch(f"{site.url}/mine", referrer=f"{site.url}/public")
    assert response.status_code == 403
    document = response.json()
    assert document["code"] == "ConsentRequired"
    assert document["authorization_parameters"]["required_scopes"] == [f"urn:globus:auth:scope:{TRANSFER}:all"]
    assert browser.sign_in(document["login_url"]).url == f"{site.url}/public"
    assert browser.fetch(f"{site.url}/mine").status_code == 200


def test_a_link_cannot_make_people_consent(site: Site, browser: Navigator, new_browser: NewBrowser) -> None:
    """The address that asks one person for consent asks nobody else for anything."""
    browser.sign_in(f"{site.url}/private")
    login_url = browser.fetch(f"{site.url}/mine", referrer=f"{site.url}/public").json()["login_url"]
    other = new_browser()
    other.sign_in(f"{site.url}/private", "grace")
    assert other.open(login_url).hops == [f"{site.url}/public"]
    for spoilt in (login_url.replace("ask=", "ask=x"), login_url.replace("ask=", "ask=%ff"), f"{login_url}&ask=x"):
        assert browser.open(spoilt).url == f"{site.url}/public"


def test_withheld_scopes_end_in_a_page(site: Site, browser: Navigator, sandbox: Sandbox) -> None:
    """When Globus grants less than the page needs, a page says so instead of asking for ever."""
    browser.sign_in(f"{site.url}/private")
    auth_only = {
        "access_token": "a", "scope": "openid", "expires_in": 172800, "token_type": "Bearer",
        "resource_server": "auth.globus.org", "other_tokens": [],
    }  # fmt: skip
    sandbox.fail("/v2/oauth2/token", times=1, status=200, body=auth_only)
    seen = browser.agree(browser.open(f"{site.url}/mine"))
    assert 400 <= seen.status < 504
    assert "@" in browser.open(f"{site.url}/").text


def test_a_token_that_a_service_refuses_is_replaced(
    site: Site, browser: Navigator, sandbox: Sandbox, clock: Clock
) -> None:
    """A token revoked at Globus before its time is refreshed at the first 401, and the page works."""
    browser.sign_in(f"{site.url}/mine")
    clock.advance(3600)
    for token in sandbox.tokens:
        if token.kind == "access" and token.resource_server == TRANSFER:
            revoke(sandbox, token.value)
    seen = browser.open(f"{site.url}/mine")
    assert seen.status == 200
    assert seen.hops == []


def test_a_service_that_refuses_new_tokens_is_no_loop(site: Site, browser: Navigator, sandbox: Sandbox) -> None:
    """A service that answers 401 to a brand-new token is explained; signing in again would only go in circles."""
    sandbox.fail("/v0.10/*", times=None, status=401, body={"code": "AuthenticationFailed", "message": "no"})
    seen = browser.sign_in(f"{site.url}/mine")
    assert seen.status == 502
    assert "does not accept" in seen.text


@pytest.mark.parametrize("fault", [{"status": 503}, {"status": 500}, {"drop": True}, {"status": 429}])
def test_a_service_out_of_order_is_a_page(
    site: Site, browser: Navigator, sandbox: Sandbox, fault: dict[str, object]
) -> None:
    """A service that does not answer is a page with a way on, not a stack trace."""
    sandbox.fail("/v0.10/*", times=None, headers={"Retry-After": "0"}, **fault)
    seen = browser.sign_in(f"{site.url}/mine")
    assert seen.status == 503
    assert seen.response.headers["Retry-After"]


def test_what_globus_refuses_keeps_its_meaning(site: Site, browser: Navigator) -> None:
    """A collection that does not exist is 404 in the portal too, in a page that repeats the service's reason."""
    seen = browser.sign_in(f"{site.url}/missing-collection")
    assert seen.status == 404


def test_a_reason_may_quote_anything(
    site: Site, browser: Navigator, sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    """A reason with half a surrogate pair, a line break or markup in it is one line, on the page and in the log."""
    browser.sign_in(f"{site.url}/mine")
    reason = "No folder \ud800 <b>here</b>\nERROR forged"
    sandbox.fail("/v0.10/endpoint_search", status=404, body={"code": "NotFound", "message": reason})
    seen = browser.open(f"{site.url}/mine")
    assert seen.status == 404
    assert "No folder <b>here</b> ERROR forged" in seen.text
    assert not any(record.getMessage().count("\n") for record in caplog.records if record.name == "trivet.explain")


@pytest.mark.parametrize(
    ("collection", "demand"),
    [
        ("tape", "required_scopes"),
        ("second_factor", "session_required_mfa"),
        ("lab_staff", "session_required_single_domain"),
        ("one_identity", "session_required_identities"),
        ("by_policy", "session_required_policies"),
    ],
)
def test_what_a_service_demands_is_one_exception(
    make_site: MakeSite, browser: Navigator, sandbox: Sandbox, collection: str, demand: str
) -> None:
    """Whatever a collection demands, with whatever status, a call raises ``StepUpNeeded`` with the parameters."""
    site = make_site(GLOBUS_SCOPES=[f"urn:globus:auth:scope:{TRANSFER}:all"])
    caught = []

    @site.app.get("/try")
    @site.globus.login_required
    def attempt() -> str:
        with pytest.raises(StepUpNeeded) as info:
            site.globus.client(TransferClient).operation_ls(sandbox.collections[collection].id)
        caught.append(info.value)
        return ""

    assert browser.sign_in(f"{site.url}/try").status == 200
    (error,) = caught
    assert demand in error.requirement.parameters()
    assert isinstance(error, ConsentNeeded) is (demand == "required_scopes")


def test_a_demand_costs_one_call(site: Site, browser: Navigator, sandbox: Sandbox) -> None:
    """A demand that comes as a 401 or a 502 is not taken for a dead token or a hiccup: nothing is tried again."""
    browser.sign_in(f"{site.url}/mine")
    body = {"authorization_parameters": {"session_required_mfa": True}}
    for status in (401, 403, 502):
        sandbox.fail("/v0.10/*", times=None, status=status, body=body)
        before = len(sandbox.requests)
        assert browser.fetch(f"{site.url}/mine").json()["authorization_parameters"]["session_required_mfa"] is True
        assert [request.path for request in sandbox.requests[before:]] == ["/v0.10/endpoint_search"]
        sandbox.clear_faults()


def test_a_demand_seen_by_a_client_made_by_hand_counts(
    make_site: MakeSite, browser: Navigator, sandbox: Sandbox
) -> None:
    """A client that an application builds around an authorizer raises the SDK's error, which is understood too."""
    site = make_site(GLOBUS_SCOPES=[f"urn:globus:auth:scope:{TRANSFER}:all"])

    @site.app.get("/by-hand")
    @site.globus.login_required
    def by_hand() -> str:
        with TransferClient(authorizer=site.globus.authorizer(TRANSFER)) as client:
            return str(client.operation_ls(sandbox.collections["second_factor"].id))

    browser.sign_in(f"{site.url}/private")
    document = browser.fetch(f"{site.url}/by-hand").json()
    assert document["code"] == "AuthorizationRequired"
    assert document["authorization_parameters"]["session_required_mfa"] is True


def test_a_token_that_nobody_asked_for_is_the_operators_mistake(
    site: Site, browser: Navigator, caplog: pytest.LogCaptureFixture
) -> None:
    """A view that wants a token without scopes gets a page for its users and a hint in the log for its author."""
    seen = browser.sign_in(f"{site.url}/nobody-asked")
    assert seen.status == 500
    assert "GLOBUS_SCOPES" not in seen.text
    assert "add its scopes to GLOBUS_SCOPES" in caplog.text


def test_a_scope_of_another_service_is_no_loop(
    make_site: MakeSite, browser: Navigator, caplog: pytest.LogCaptureFixture
) -> None:
    """A view that looks for a scope at the wrong service gets a hint in the log; its users are not sent in circles."""
    site = make_site(GLOBUS_SCOPES=[f"urn:globus:auth:scope:{TRANSFER}:all"])

    @site.app.get("/mistaken")
    @site.globus.login_required
    def mistaken() -> str:
        return str(site.globus.client(TransferClient, scopes=["email"]).get_endpoint("x"))

    assert browser.sign_in(f"{site.url}/mistaken").status == 500
    assert "belong to another service" in caplog.text


def test_any_service_client_can_be_bound(site: Site, browser: Navigator) -> None:
    """Every client of the SDK that belongs to a resource server can be had; its connections are the thread's own."""
    browser.sign_in(f"{site.url}/private")
    cookie = f"{site.session_cookie}={browser.cookies[site.session_cookie]}"
    with site.app.test_request_context(headers={"Cookie": cookie}):
        clients = [site.globus.client(kind) for kind in (TransferClient, GroupsClient, AuthClient)]
        assert len({id(client.transport) for client in clients}) == 1
        assert len({id(client.retry_config) for client in clients}) == 3
        assert clients[2].userinfo()["sub"] == browser.globus.people["ada"].sub
        by_hand = TransferClient(authorizer=site.globus.authorizer("auth.globus.org"))
        header = by_hand.authorizer.get_authorization_header() if by_hand.authorizer else None
        assert header == site.globus.access_token("auth.globus.org").authorization_header
        by_hand.transport.close()


def test_a_bound_client_cannot_be_rebound(site: Site, browser: Navigator) -> None:
    """Arguments that would untie a client from its user are refused, as is a class without a resource server."""
    browser.sign_in(f"{site.url}/private")
    cookie = f"{site.session_cookie}={browser.cookies[site.session_cookie]}"
    with site.app.test_request_context(headers={"Cookie": cookie}):
        for argument in ("authorizer", "app", "transport", "retry_config"):
            with pytest.raises(TypeError, match=argument):
                site.globus.client(TransferClient, **{argument: None})


def test_nobody_signed_in_has_no_client(site: Site) -> None:
    """Outside a session there is no client, no authorizer and no token, and the error says to sign in."""
    with site.app.test_request_context():
        for call in (
            lambda: site.globus.client(TransferClient),
            lambda: site.globus.authorizer(TRANSFER),
            lambda: site.globus.access_token(TRANSFER),
        ):
            with pytest.raises(LoginNeeded):
                call()
        assert site.globus.user is None
        assert site.globus.grants == []


def revoke(sandbox: Sandbox, token: str) -> None:
    client = sandbox.clients["portal"]
    auth = ConfidentialAppAuthClient(client.id, client.secret)
    auth.oauth2_revoke_token(token)
    auth.transport.close()
