"""Pages with conditions, in front of real people with linked identities."""

from collections.abc import Callable
from typing import Any

import pytest

from conftest import Clock
from navigator import Navigator, Seen
from site_under_test import Site
from trivet.sandbox import Sandbox

MakeSite = Callable[..., Site]
Gated = Callable[..., str]


@pytest.fixture
def gated(make_site: MakeSite) -> Gated:
    """Makes a page with conditions, and returns its address."""

    def make(**conditions: Any) -> str:
        settings = {name: conditions.pop(name) for name in list(conditions) if name.startswith("GLOBUS_")}
        site = make_site(**settings)

        @site.app.get("/gated")
        @site.globus.require(**conditions)
        def page() -> str:
            return "come in"

        return f"{site.url}/gated"

    return make


def arrives(browser: Navigator, address: str, person: str = "ada") -> Seen:
    """Sign in at the site first, and then go to the page."""
    browser.sign_in(address.replace("/gated", "/private"), person)
    return browser.open(address)


@pytest.mark.parametrize(
    "conditions",
    [
        {"mfa": True},
        {"domain": "lab.example"},
        {"domain": ["elsewhere.example", "lab.example"], "mfa": True},
        {"policies": "second_factor"},
        {"scopes": "urn:globus:auth:scope:groups.api.globus.org:view_my_groups_and_memberships"},
        {"identity_provider": "41143743-f3c8-4d60-bbdb-eeecaba85bd9"},
    ],
    ids=" ".join,
)
def test_conditions_are_met_on_the_way(
    gated: Gated, browser: Navigator, sandbox: Sandbox, conditions: dict[str, Any]
) -> None:
    """Who can meet a condition is told what Globus will ask for, does it, and is let in; so is who signs in there."""
    if "policies" in conditions:
        conditions = {"policies": sandbox.policies["second_factor"].id}
    person = "alan" if "identity_provider" in conditions else "ada"
    address = gated(**conditions)
    word = arrives(browser, address, person)
    if person == "ada":
        assert word.status == 403
    seen = browser.agree(word, person)
    assert (seen.text, seen.url) == ("come in", address)
    assert browser.open(address).hops == []
    assert Navigator(sandbox).sign_in(address, person).text == "come in"


def test_a_linked_identity_is_offered_by_name(gated: Gated, browser: Navigator, sandbox: Sandbox) -> None:
    """The page before says which of the person's accounts will do; at Globus, that one is asked for."""
    provider = sandbox.people["ada"].identities[1].identity_provider
    address = gated(identity_provider=provider, message="Reviewers only.")
    word = arrives(browser, address)
    assert "0000-0002-1825-0097@researcher-id.example" in word.text
    assert "Reviewers only." in word.text
    assert browser.agree(word).text == "come in"


@pytest.mark.parametrize("person", ["zoe", "alan"])
def test_who_has_no_such_account_reads_so(gated: Gated, browser: Navigator, person: str) -> None:
    """Nobody is sent to Globus in vain: the page names who they are and their accounts, and offers to link or leave."""
    seen = arrives(browser, gated(domain="lab.example", message="Because of the laser."), person)
    assert seen.status == 403
    assert seen.hops == []
    assert "for people with an account of lab.example. Because of the laser." in seen.text
    assert {"zoe": "zoe.o'brien@uni.example", "alan": "abrandt@globusid.org"}[person] in seen.text
    assert "/v2/web/identities" in seen.link("See your linked accounts")
    assert any(form.action.endswith("/logout") for form in seen.forms)


def test_an_account_that_only_looks_like_it_does_not_pass(gated: Gated, browser: Navigator) -> None:
    """A mail account named after a university address is not the university's."""
    assert arrives(browser, gated(domain="uni.example"), "alan").status == 403


def test_a_sign_in_gets_too_old(gated: Gated, browser: Navigator, clock: Clock) -> None:
    """A page for those who have just signed in lets them in, and some time later asks again."""
    address = gated(max_age=600)
    assert arrives(browser, address).text == "come in"
    clock.advance(601)
    word = browser.open(address)
    assert word.status == 403
    assert browser.agree(word).text == "come in"


def test_the_shortest_age_lets_people_in_again_and_again(gated: Gated, browser: Navigator, clock: Clock) -> None:
    """Where a sign-in counts for a minute only, the same is asked for each minute, and meeting it helps each time."""
    address = gated(max_age=60)
    assert arrives(browser, address).text == "come in"
    for _ in range(3):
        clock.advance(61)
        assert browser.agree(browser.open(address)).text == "come in"


def test_members_of_a_group_come_in(gated: Gated, browser: Navigator, sandbox: Sandbox) -> None:
    """A page for a group asks to see the groups, and lets in whoever is a member, with whichever linked identity."""
    address = gated(group=sandbox.groups["observers"].id)
    assert browser.agree(arrives(browser, address)).text == "come in"
    assert Navigator(sandbox).sign_in(address, "alan").text == "come in"  # through a subgroup, by his mail account


def test_who_is_not_in_the_group_reads_so(gated: Gated, browser: Navigator, sandbox: Sandbox) -> None:
    """An outsider reads which group it is, who they are, and that its managers decide: having left is being outside."""
    groups_scope = "urn:globus:auth:scope:groups.api.globus.org:all"  # without it the group has no name
    group = sandbox.groups["reading_circle"].id
    address = gated(group=group, message="Books are few.", GLOBUS_SCOPES=[groups_scope])
    seen = browser.agree(arrives(browser, address))
    assert seen.status == 403
    for part in (
        "members of the group Reading Circle. Books are few.",
        "ada@uni.example",
        "Its managers can let you in",
    ):
        assert part in seen.text


def test_who_can_let_somebody_in_is_named_where_it_is_known(gated: Gated, browser: Navigator, sandbox: Sandbox) -> None:
    """Where Globus tells an outsider who manages a group, the page names them, and nobody else."""
    group_id = sandbox.groups["reading_circle"].id
    address = gated(group=group_id)
    browser.agree(arrives(browser, address))
    members = [
        {"username": "boss@lab.example", "role": "admin", "status": "active"},
        {"username": "gone@lab.example", "role": "manager", "status": "left"},
        {"username": "mate@lab.example", "role": "member", "status": "active"},
    ]
    body = {"id": group_id, "name": "Reading Circle", "memberships": members}
    sandbox.fail(f"/v2/groups/{group_id}", status=200, body=body)
    seen = browser.open(address)
    assert "boss@lab.example can let you in" in seen.text
    assert "gone@" not in seen.text
    assert "mate@" not in seen.text


@pytest.mark.parametrize("answer", [{}, "[", 7, None])
def test_groups_that_cannot_be_read_let_nobody_in(
    gated: Gated, browser: Navigator, sandbox: Sandbox, answer: object
) -> None:
    """Where Groups sends no list, the page is closed, with a page that says to try again."""
    address = gated(group=sandbox.groups["observers"].id)
    sandbox.fail("/v2/groups/my_groups", status=200, body=answer)
    assert browser.agree(arrives(browser, address)).status == 503
    assert browser.open(address).text == "come in"


@pytest.mark.parametrize(
    ("group", "shown"),
    [
        ({"name": "Circle\ud800 <b>\nX", "memberships": [7, {"username": "b\ud800"}]}, "the group Circle <b> X."),
        ({"name": 7, "memberships": 7}, "a group."),
        ([], "a group."),
    ],
)
def test_a_group_may_be_called_anything(
    gated: Gated, browser: Navigator, sandbox: Sandbox, group: object, shown: str
) -> None:
    """An outsider reads the group's name as plain text, whatever is in it, or that it is a group."""
    address = gated(group=sandbox.groups["reading_circle"].id)
    sandbox.fail(f"/v2/groups/{sandbox.groups['reading_circle'].id}", status=200, body=group)
    seen = browser.agree(arrives(browser, address))
    assert seen.status == 403
    assert f"This page is for members of {shown}" in seen.text


def test_answers_are_remembered_for_a_while(gated: Gated, browser: Navigator, sandbox: Sandbox, clock: Clock) -> None:
    """Globus is asked about a session once in the stated time, and again after it, or after a step-up."""
    address = gated(domain="uni.example", GLOBUS_CONDITIONS_SECONDS=100)
    arrives(browser, address)

    def asked() -> int:
        return sum(request.path == "/v2/oauth2/token/introspect" for request in sandbox.requests)

    browser.open(address)
    assert asked() == 1
    clock.advance(101)
    browser.open(address)
    assert asked() == 2


def test_globus_that_does_not_say_lets_nobody_in(gated: Gated, browser: Navigator, sandbox: Sandbox) -> None:
    """When Globus gives no answer the page is closed, with a page that says to try again."""
    address = gated(mfa=True)
    browser.sign_in(address.replace("/gated", "/private"))
    sandbox.fail("/v2/oauth2/token/introspect", times=None)
    assert browser.open(address).status == 503


def test_a_sign_in_that_globus_has_ended_is_no_pass(
    gated: Gated, browser: Navigator, sandbox: Sandbox, clock: Clock
) -> None:
    """Who has taken back their consent signs in again, whatever they had authenticated with."""
    address = gated(domain="uni.example")
    assert arrives(browser, address).text == "come in"
    sandbox.rescind("ada", "portal")
    clock.advance(301)
    assert browser.open(address).url.startswith(sandbox.url)


def test_a_view_can_ask_in_the_middle(make_site: MakeSite, browser: Navigator) -> None:
    """A condition that depends on what is looked at is checked inside a view; the person comes back to it."""
    site = make_site()

    @site.app.get("/records/<kind>")
    @site.globus.login_required
    def records(kind: str) -> str:
        if kind == "secret":
            site.globus.require(mfa=True).check()
        return kind

    assert browser.sign_in(f"{site.url}/records/open").text == "open"
    seen = browser.open(f"{site.url}/records/secret")
    assert seen.status == 403
    assert browser.agree(seen).text == "secret"
