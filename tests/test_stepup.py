"""What happens when a page needs more of a person than signing in has given."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from globus_sdk import AuthClient
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import Clock
from navigator import Navigator, Seen
from site_under_test import TRANSFER, Site
from trivet.answered import MAX_IN_A_ROW
from trivet.sandbox import Sandbox

MakeSite = Callable[..., Site]
NewBrowser = Callable[[], Navigator]

ALL = f"urn:globus:auth:scope:{TRANSFER}:all"
MFA = {"authorization_parameters": {"session_required_mfa": True, "session_message": "Because of the patients."}}


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    """One where signing in allows to use Transfer, so that only what a collection demands is missing."""
    return make_site(GLOBUS_SCOPES=[ALL])


def files_of(sandbox: Sandbox, site: Site, collection: str) -> str:
    return f"{site.url}/files/{sandbox.collections[collection].id}?from=here"


def asked_of_globus(seen: Seen) -> dict[str, str]:
    """What the last redirect to Globus asked for."""
    address = next(hop for hop in reversed(seen.hops) if "/v2/oauth2/authorize" in hop)
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def scopes_of(sandbox: Sandbox) -> set[str]:
    return {scope for token in sandbox.tokens if token.active and token.kind == "access" for scope in token.scopes}


@pytest.mark.parametrize("collection", ["tape", "second_factor", "lab_staff", "one_identity", "by_policy", "just_now"])
def test_every_demand_is_met_on_the_way(
    site: Site, browser: Navigator, sandbox: Sandbox, clock: Clock, collection: str
) -> None:
    """
    Consent, a second factor, a domain, an identity, a policy, a fresh sign-in: whatever a collection demands, the
    person reads a page, goes on to Globus, and ends at the address they wanted, where the files are.
    """
    browser.sign_in(f"{site.url}/private")
    clock.advance(700)  # more than what counts as just now
    address = files_of(sandbox, site, collection)
    word = browser.open(address)
    assert (word.status, word.url) == (403, address)
    seen = browser.agree(word)
    assert (seen.status, seen.url) == (200, address)
    assert seen.response.json()
    assert browser.open(address).hops == []


def test_the_page_before_says_who_wants_what_and_why(site: Site, browser: Navigator, sandbox: Sandbox) -> None:
    """Before anybody is sent away they read who they are, what Globus will ask for, and the service's own reason."""
    browser.sign_in(f"{site.url}/private")
    sandbox.fail("/v0.10/*", status=502, body=MFA)
    text = browser.open(f"{site.url}/mine").text
    for part in ("ada@uni.example", "University of Example", "second factor", "Because of the patients.", "Transfer"):
        assert part in text
    assert "linked accounts" not in text
    lab = browser.open(files_of(sandbox, site, "lab_staff")).text
    assert "lab.example" in lab
    assert "aquist@lab.example" in lab


def test_what_a_service_says_is_text(site: Site, browser: Navigator, sandbox: Sandbox) -> None:
    """Whatever stands in a service's reason is shown as text, in one line, and no longer than a sentence or two."""
    browser.sign_in(f"{site.url}/private")
    message = "<script>alert(1)</script>\n\x1b[31m" + "long " * 1000
    sandbox.fail(
        "/v0.10/*", status=403, body={"authorization_parameters": {"prompt": "login", "session_message": message}}
    )
    response = browser.step(f"{site.url}/mine")
    assert "<script" not in response.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; [31m" in response.text
    assert len(response.text) < 5000


def test_the_page_before_can_be_left_out(make_site: MakeSite, browser: Navigator, sandbox: Sandbox) -> None:
    """With the setting off, the person is sent to Globus at once."""
    site = make_site(GLOBUS_SCOPES=[ALL], GLOBUS_EXPLAIN_STEP_UP=False)
    browser.sign_in(f"{site.url}/private")
    seen = browser.open(files_of(sandbox, site, "second_factor"))
    assert seen.url.startswith(sandbox.url)
    assert browser.agree(seen).status == 200


def test_consent_needs_no_new_sign_in_and_a_session_does(site: Site, browser: Navigator, sandbox: Sandbox) -> None:
    """Consent is asked for with all scopes and no ``prompt``; what is about the session with ``prompt=login``."""
    browser.sign_in(f"{site.url}/private")
    consent = asked_of_globus(browser.open(browser.open(files_of(sandbox, site, "tape")).link("Continue")))
    assert f"{ALL}[*https://auth.globus.org/scopes/{sandbox.collections['tape'].id}/data_access]" in consent["scope"]
    assert {"openid", "profile", "email"} <= set(consent["scope"].split())
    assert "prompt" not in consent
    session = asked_of_globus(browser.open(browser.open(files_of(sandbox, site, "lab_staff")).link("Continue")))
    assert session["prompt"] == "login"
    assert session["session_required_single_domain"] == "lab.example"
    assert session["session_message"]
    assert {ALL, "openid", "profile", "email"} == set(session["scope"].split())


def test_scopes_can_be_known_beforehand(make_site: MakeSite, browser: Navigator, sandbox: Sandbox) -> None:
    """
    A view that says which scopes it needs gets them with the sign-in itself: one trip to Globus, nothing in between.
    Who is signed in already without them is asked before the view runs.
    """
    site = make_site()
    calls = []

    @site.app.get("/needs")
    @site.globus.login_required(scopes=[ALL])
    def needs() -> str:
        calls.append(1)
        return "here"

    assert browser.sign_in(f"{site.url}/needs").text == "here"
    assert sum(request.path == "/v2/oauth2/token" for request in sandbox.requests) == 1
    other = Navigator(sandbox)
    other.sign_in(f"{site.url}/private", "grace")
    assert other.open(f"{site.url}/needs").status == 403
    assert other.agree(other.open(f"{site.url}/needs"), "grace").text == "here"
    assert len(calls) == 2


def test_a_demand_nobody_can_meet_has_an_end(site: Site, browser: Navigator, sandbox: Sandbox) -> None:
    """Who has no identity of the kind is told before they leave; giving up at Globus leads to a page of ours."""
    browser.sign_in(f"{site.url}/private", "zoe")
    word = browser.open(files_of(sandbox, site, "lab_staff"))
    assert "None of your linked accounts will do" in word.text
    assert "/v2/web/identities" in word.link("See your linked accounts")
    seen = browser.agree(word, "zoe")
    assert "/sandbox/not-you" in seen.url
    seen = browser.press(seen, "give-up")
    assert seen.status == 403
    assert "not signed in at Globus in the way" in seen.text
    assert seen.offers("Go to the start page")
    assert "zoe" in browser.open(f"{site.url}/").text


def test_consent_denied_midway_changes_nothing(site: Site, browser: Navigator, sandbox: Sandbox) -> None:
    """Who denies at Globus reads so, stays signed in with what they had, and can go on from there."""
    browser.sign_in(f"{site.url}/private")
    before = scopes_of(sandbox)
    seen = browser.agree(browser.open(files_of(sandbox, site, "tape")), decision="deny")
    assert seen.status == 403
    assert "You are signed in as before" in seen.text
    assert "Nothing was changed" in seen.text
    assert scopes_of(sandbox) == before
    assert browser.agree(browser.open(seen.link("Continue"))).status == 200


def test_somebody_else_comes_back(site: Site, browser: Navigator, sandbox: Sandbox) -> None:
    """A step-up that returns as another person is refused, and what it brought is revoked."""
    browser.sign_in(f"{site.url}/private")
    browser.open(f"{sandbox.url}/v2/web/logout")
    seen = browser.agree(browser.open(files_of(sandbox, site, "second_factor")), "grace")
    assert seen.status == 403
    for part in ("You are signed in as before", "You came back as gokafor@lab.example"):
        assert part in seen.text
    assert {token.sub for token in sandbox.tokens if token.active} == {sandbox.people["ada"].sub}


@pytest.mark.parametrize("explained", [True, False])
def test_the_same_demand_again_is_explained(
    make_site: MakeSite, browser: Navigator, sandbox: Sandbox, clock: Clock, explained: bool
) -> None:
    """A service that demands what has just been met ends in a page that says so; half a minute later it is new."""
    site = make_site(GLOBUS_SCOPES=[ALL], GLOBUS_EXPLAIN_STEP_UP=explained)
    browser.sign_in(f"{site.url}/private")
    sandbox.fail("/v0.10/*", times=None, status=502, body=MFA)
    seen = browser.agree(browser.open(f"{site.url}/mine"))
    assert seen.status == 502
    assert "the same is asked for again" in seen.text
    clock.advance(29)
    assert browser.fetch(f"{site.url}/mine").json()["code"] == "sign_in_in_vain"
    clock.advance(1)
    assert browser.step(f"{site.url}/mine").status_code == (403 if explained else 303)


def test_a_row_of_different_demands_has_an_end(make_site: MakeSite, browser: Navigator, sandbox: Sandbox) -> None:
    """A service that thinks of something else each time does not send people to and fro for ever."""
    site = make_site(GLOBUS_SCOPES=[ALL], GLOBUS_EXPLAIN_STEP_UP=False)
    browser.sign_in(f"{site.url}/private")
    for identity in (*sandbox.people["ada"].identities, *sandbox.people["ada"].identities):
        for mfa in (True, False):
            demand = {"session_required_identities": [identity.id], "session_required_mfa": mfa}
            sandbox.fail("/v0.10/*", status=403, body={"authorization_parameters": demand})
    seen = browser.agree(browser.open(f"{site.url}/mine"))
    assert seen.status == 502
    assert sum(request.path == "/v2/oauth2/token" for request in sandbox.requests) == 1 + MAX_IN_A_ROW


def test_two_tabs_step_up_at_once(site: Site, browser: Navigator, sandbox: Sandbox) -> None:
    """Two pages that were opened side by side, each demanding something of its own, are both shown in the end."""
    browser.sign_in(f"{site.url}/private")
    addresses = [files_of(sandbox, site, collection) for collection in ("tape", "second_factor")]
    words = [browser.open(address) for address in addresses]
    at_globus = [browser.open(word.link("Continue")) for word in words]
    for seen, address in reversed(list(zip(at_globus, addresses, strict=True))):
        assert browser.agree(seen).url == address
    assert [browser.open(address).status for address in addresses] == [200, 200]


def test_a_page_opened_before_another_tab_stepped_up_still_works(
    site: Site, browser: Navigator, sandbox: Sandbox
) -> None:
    """The button of a page that another tab's step-up has overtaken leads on all the same."""
    browser.sign_in(f"{site.url}/private")
    early = browser.open(files_of(sandbox, site, "tape"))
    browser.agree(browser.open(files_of(sandbox, site, "second_factor")))
    seen = browser.agree(early)
    assert (seen.status, seen.url) == (200, early.url)


def test_no_tab_takes_away_what_another_was_given(make_site: MakeSite, browser: Navigator, sandbox: Sandbox) -> None:
    """
    Two tabs ask for different scopes of one service at once. Globus gives each only its own, and one token holds them
    all: whoever comes back last goes by Globus once more, which knows, and nothing is lost.
    """
    site = make_site()
    scopes = [f"urn:globus:auth:scope:auth.globus.org:{name}" for name in ("view_identity_set", "view_consents")]
    for number, scope in enumerate(scopes):

        def page(scope: str = scope) -> str:
            return str(site.globus.client(AuthClient, scopes=[scope]).userinfo()["sub"])

        site.app.add_url_rule(f"/needs-{number}", f"needs_{number}", site.globus.login_required(page))
    browser.sign_in(f"{site.url}/private")
    words = [browser.open(f"{site.url}/needs-{number}") for number in (0, 1)]
    at_globus = [browser.open(word.link("Continue")) for word in words]
    for seen in at_globus:
        assert browser.agree(seen).status == 200
    assert [browser.open(f"{site.url}/needs-{number}").hops for number in (0, 1)] == [[], []]


def test_a_script_is_told_what_to_do(site: Site, browser: Navigator, sandbox: Sandbox) -> None:
    """A ``fetch`` gets the demand in Globus's own shape and an address; going there meets it and leads back."""
    browser.sign_in(f"{site.url}/private")
    address = files_of(sandbox, site, "lab_staff")
    response = browser.fetch(address, referrer=f"{site.url}/public")
    assert response.status_code == 403
    document = response.json()
    assert document["code"] == "AuthorizationRequired"
    assert document["authorization_parameters"]["session_required_single_domain"] == ["lab.example"]
    assert browser.sign_in(document["login_url"]).url == f"{site.url}/public"
    assert browser.fetch(address).status_code == 200


@pytest.fixture
def sites(make_site: MakeSite) -> dict[bool, Site]:
    """A site that says a word before it sends people away, and one that does not."""
    return {each: make_site(GLOBUS_SCOPES=[ALL], GLOBUS_EXPLAIN_STEP_UP=each) for each in (True, False)}


def demands(sandbox: Sandbox) -> st.SearchStrategy[dict[str, Any]]:
    """Error documents of every variant, of which some can be met by Ada, some by nobody, and some mean nothing."""
    ids = [identity.id for identity in sandbox.people["ada"].identities]
    strangers = [sandbox.people["grace"].sub, "x"]
    scopes = [f"{ALL}[*https://auth.globus.org/scopes/{sandbox.collections['tape'].id}/data_access]", "email", ALL]
    parameters = st.fixed_dictionaries(
        {},
        optional={
            "required_scopes": st.lists(st.sampled_from([*scopes, "[", "no-such-scope"]), max_size=2),
            "session_required_identities": st.lists(st.sampled_from([*ids, *ids, *strangers]), max_size=2),
            "session_required_single_domain": st.sampled_from(
                ["lab.example", "uni.example,lab.example", ["no.example"]]
            ),
            "session_required_mfa": st.booleans(),
            "session_required_policies": st.sampled_from([sandbox.policies["second_factor"].id, ["unheard-of"]]),
            "prompt": st.sampled_from(["login", "none"]),
            "session_message": st.text(max_size=20),
        },
    )
    canonical = st.builds(lambda found: {"code": "Whatever", "authorization_parameters": found}, parameters)
    consent = st.sampled_from(scopes).map(lambda scope: {"code": "ConsentRequired", "required_scopes": [scope]})
    provider = st.sampled_from(scopes).map(lambda scope: {"code": "ConsentRequired", "required_scope": scope})
    return canonical | consent | provider | st.builds(lambda part: {"errors": [part]}, canonical)


@pytest.mark.parametrize("explained", [True, False])
@settings(max_examples=10)
@given(data=st.data())
def test_no_row_of_demands_goes_wrong(
    sites: dict[bool, Site], sandbox: Sandbox, clock: Clock, explained: bool, data: st.DataObject
) -> None:
    """
    Whatever services demand, one thing after the other, in whatever form and with whatever status: nobody goes in
    circles, no page is an accident, and a session never has fewer permissions than before.
    """
    site = sites[explained]
    sandbox.reset()
    sandbox.register_redirect_uri("portal", f"{site.url}/login/callback")
    browser = Navigator(sandbox)
    browser.sign_in(f"{site.url}/private")
    held = scopes_of_session(site, browser)
    for document in data.draw(st.lists(demands(sandbox), max_size=4), label="documents"):
        status = data.draw(st.sampled_from([401, 403, 502]), label="status")
        sandbox.fail("/v0.10/*", status=status, body=document)
        seen = browser.agree(browser.open(f"{site.url}/mine"))
        if seen.has("give-up"):
            seen = browser.press(seen, "give-up")
        if seen.url.startswith(site.url):
            assert seen.status in {200, 403, 502, 503}
            assert "Internal Server Error" not in seen.text
        now = scopes_of_session(site, browser)
        assert held <= now
        held = now
        clock.advance(data.draw(st.sampled_from([0, 0, 200]), label="seconds"))
        sandbox.clear_faults()


def scopes_of_session(site: Site, browser: Navigator) -> set[str]:
    cookie = f"{site.session_cookie}={browser.cookies[site.session_cookie]}"
    with site.app.test_request_context(headers={"Cookie": cookie}):
        return {scope for grant in site.globus.grants for scope in grant.scopes}


def test_what_is_wanted_is_an_event(site: Site, browser: Navigator, sandbox: Sandbox, caplog: Any) -> None:
    """The audit log says of whom what was demanded, and not why."""
    browser.sign_in(f"{site.url}/private")
    sandbox.fail("/v0.10/*", status=502, body=MFA)
    with caplog.at_level("INFO", "trivet.audit"):
        browser.open(f"{site.url}/mine")
    (event,) = [json.loads(record.message) for record in caplog.records if "consent_required" in record.message]
    assert event["demanded"] == ["session_required_mfa"]
    assert event["sub"] == sandbox.people["ada"].sub
    assert "patients" not in caplog.text
