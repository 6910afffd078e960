"""Pages that ask for more by themselves, with ``globus.require``: a recent sign-in, a group, a second factor."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from conftest import Clock
from journeys.pictures import Picture
from journeys.visitor import Visitor
from site_under_test import Site
from trivet.sandbox import Sandbox


@pytest.fixture
def place(make_site: Callable[..., Site], sandbox: Sandbox) -> Site:
    """An application with one page for each condition, as authors write them."""
    site = make_site(GLOBUS_APP_NAME="Example Records")
    globus = site.globus

    @site.app.get("/exam")
    @globus.require(max_age=600, message="Exam papers are shown to whoever has just signed in.")
    def exam() -> str:
        return "the exam papers"

    @site.app.get("/telescope")
    @globus.require(group=sandbox.groups["observers"].id)
    def telescope() -> str:
        return "the telescope"

    @site.app.get("/books")
    @globus.require(group=sandbox.groups["reading_circle"].id)
    def books() -> str:
        return "the books"

    @site.app.get("/patients")
    @globus.require(mfa=True, domain="lab.example", message="Because of the patients.")
    def patients() -> str:
        return "the patients"

    return site


def expect_content(page: Page, address: str, content: str) -> None:
    expect(page).to_have_url(address)
    expect(page.locator("body")).to_have_text(content)


def test_sign_in_that_has_grown_old(visitor: Visitor, place: Site, clock: Clock, picture: Picture) -> None:
    """A page for those who have just signed in lets Ada in at first, asks her some time later, and is there again."""
    page = visitor.be_signed_in("ada")
    visitor.open("/exam")
    expect_content(page, f"{place.url}/exam", "the exam papers")
    clock.advance(601)
    visitor.open("/exam")
    main = page.get_by_role("main")
    expect(main).to_contain_text("Globus will ask you to sign in once more.")
    expect(main).to_contain_text("Exam papers are shown to whoever has just signed in.")
    picture(page, "max-age")
    visitor.to_globus()
    visitor.choose("ada")
    page.wait_for_url(f"{place.url}/**")
    expect_content(page, f"{place.url}/exam", "the exam papers")
    page.reload()
    expect_content(page, f"{place.url}/exam", "the exam papers")


def test_page_for_a_group(visitor: Visitor, place: Site, picture: Picture) -> None:
    """A page for a group asks to see the groups, and lets Ada in, a member; at another she reads who can let her in."""
    page = visitor.be_signed_in("ada")
    visitor.open("/telescope")
    main = page.get_by_role("main")
    expect(main).to_contain_text("Globus will ask you to allow this site to see which groups you are in.")
    picture(page, "group-consent")
    visitor.to_globus()
    visitor.consent()
    expect_content(page, f"{place.url}/telescope", "the telescope")
    visitor.open("/books")
    expect(page.get_by_role("heading", level=1)).to_have_text("This page is not for this account")
    expect(main).to_contain_text("You are signed in as ada@uni.example (University of Example), who is not among them.")
    expect(main).to_contain_text("Its managers can let you in.")
    picture(page, "group")
    page.get_by_role("link", name="Try again").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This page is not for this account")


def test_second_factor_of_a_linked_identity(visitor: Visitor, place: Site, picture: Picture) -> None:
    """Two conditions at once, and the author's own reason: Ada reads which account will do, and comes in with it."""
    page = visitor.be_signed_in("ada")
    visitor.open("/patients")
    main = page.get_by_role("main")
    for part in (
        "with an account of lab.example, with a second factor",
        "aquist@lab.example (Example National Laboratory) will do.",
        "Because of the patients.",
    ):
        expect(main).to_contain_text(part)
    picture(page, "mfa")
    visitor.to_globus()
    visitor.choose("aquist@lab.example")
    visitor.confirm()
    expect_content(page, f"{place.url}/patients", "the patients")


def test_account_that_will_never_do(visitor: Visitor, place: Site, picture: Picture) -> None:
    """Who has no account of the kind is not sent anywhere: the page names theirs, and how to link another."""
    page = visitor.be_signed_in("zoe")
    visitor.open("/patients")
    main = page.get_by_role("main")
    expect(main).to_contain_text("This page is for people with an account of lab.example. Because of the patients.")
    expect(main).to_contain_text("You are signed in as zoe.o'brien@uni.example (University of Example).")
    expect(main.locator(".first")).to_have_text(["Try again"])  # the one button that stands out
    expect(main.get_by_role("link", name="See your linked accounts at Globus")).to_be_visible()
    expect(main.get_by_role("link", name="Continue to Globus")).to_have_count(0)
    picture(page, "no-account")
