"""Every page, as it looks on a desk and on a phone; pictures are kept in artifacts/screenshots for people to judge."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from journeys.pictures import SIZES, assert_fits, assert_labelled
from journeys.visitor import Visitor
from trivet.demo import Demo

Look = tuple[Visitor, Callable[[str], None]]


@pytest.fixture
def look(visitor: Visitor, screenshots: Path) -> Look:
    """Somebody who looks at pages, and a way to keep what they see on either screen."""

    def keep(name: str) -> None:
        page = visitor.page
        assert_labelled(page, name)
        for screen, size in SIZES.items():
            page.set_viewport_size(size)
            assert_fits(page, name)
            page.screenshot(path=screenshots / f"{name}-{screen}.png", full_page=True)
        page.set_viewport_size(SIZES["desktop"])

    return visitor, keep


def test_pages_for_everybody(look: Look, demo: Demo) -> None:
    """The start page, an address that does not exist, a refused sign-in and a callback out of nowhere."""
    visitor, keep = look
    page = visitor.open("/")
    keep("home")
    visitor.open("/no/such/page")
    expect(page.get_by_role("heading", level=1)).to_have_text("There is nothing at this address.")
    keep("not-found")
    visitor.open("/login/callback?code=x&state=y")
    keep("sign-in-not-completed")
    visitor.start_sign_in()
    visitor.choose("ada")
    visitor.consent("Deny")
    keep("sign-in-denied")


def test_pages_of_ada(look: Look, demo: Demo) -> None:
    """The dashboard, both lists of collections, folders full and empty, and the question before signing out."""
    visitor, keep = look
    laptop, survey = demo.sandbox.collections["laptop"].id, demo.sandbox.collections["survey"].id
    page = visitor.be_signed_in("ada")
    visitor.open("/dashboard")
    keep("dashboard")
    visitor.open("/")
    keep("home-signed-in")
    visitor.open("/collections/")
    keep("collections-nothing-recent")
    visitor.open("/collections/mine")
    keep("collections-mine")
    visitor.open("/collections/?q=data")
    page.get_by_label("Search collections").fill("open data")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("heading", name="Results for “open data”")).to_be_visible()
    keep("collections-found")
    visitor.open("/collections/?q=nothing+like+this")
    keep("collections-none-found")
    visitor.open(f"/collections/{laptop}/")
    keep("files")
    page.get_by_role("link", name="figures").click()
    expect(page.get_by_role("table")).to_contain_text("a & b <draft>.svg")
    keep("files-odd-names")
    visitor.open(f"/collections/{laptop}/?path=/empty folder/")
    expect(page.get_by_role("main")).to_contain_text("This folder is empty.")
    keep("files-empty")
    visitor.open(f"/collections/{survey}/")
    keep("files-first-page")
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_role("main")).to_contain_text("101 to 120")
    keep("files-last-page")
    visitor.open("/collections/")
    expect(page.get_by_role("heading", name="Visited recently")).to_be_visible()
    keep("collections-recent")
    visitor.open("/logout")
    keep("sign-out")


def test_pages_of_transfers(look: Look, demo: Demo) -> None:
    """The form for sending, as it comes and as it comes back, a transfer on its way and at its end, and the list."""
    visitor, keep = look
    collections = demo.sandbox.collections
    page = visitor.be_signed_in("ada")
    visitor.open("/transfers/")
    keep("transfers-none")
    visitor.open(f"/collections/{collections['laptop'].id}/?path=/")
    page.get_by_role("link", name="Send files from here").click()
    keep("send")
    page.get_by_label("Collection", exact=True).select_option(label="Ada's laptop")
    page.get_by_label("Folder there").fill("/figures/old")
    page.get_by_role("checkbox", name="figures").check()
    page.get_by_text("README.txt").click()
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("main")).to_contain_text("A folder cannot be sent into itself.")
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(2)
    keep("send-refused")
    page.get_by_label("Folder there").fill("/in")
    with demo.sandbox.hold_files():
        page.get_by_role("button", name="Send", exact=True).click()
        expect(page.get_by_role("status")).to_contain_text("On its way")
        keep("transfer-going")
    demo.sandbox.wait_for_tasks()
    page.reload()
    expect(page.get_by_role("status")).to_contain_text("Done 3 files arrived")
    keep("transfer-done")
    visitor.open("/transfers/")
    keep("transfers")


def test_pages_of_trouble(look: Look, demo: Demo) -> None:
    """What cannot be shown is explained in plain words, on a page that looks like all the others."""
    visitor, keep = look
    sandbox = demo.sandbox
    visitor.expected |= {502, 503}
    page = visitor.be_signed_in("ada")
    laptop = f"/collections/{sandbox.collections['laptop'].id}/"
    listing = f"/v0.10/operation/endpoint/{sandbox.collections['laptop'].id}/ls"
    visitor.open(f"{laptop}?path=/no/such/folder")
    expect(page.get_by_role("alert")).to_contain_text("There is no such folder.")
    keep("trouble-no-such-folder")
    visitor.open(f"/collections/{sandbox.collections['embargoed'].id}/")
    expect(page.get_by_role("heading", level=1)).to_have_text("You have no access to this collection.")
    keep("trouble-no-access")
    document = {
        "code": "ExternalError.DirListingFailed.LoginFailed",
        "message": "x",
        "request_id": "x",
        "resource": "x",
    }
    sandbox.fail(listing, status=502, body=document, times=None)
    visitor.open(laptop)
    expect(page.get_by_role("alert")).to_contain_text("The computer behind this collection is not answering.")
    keep("trouble-collection-down")
    sandbox.clear_faults()
    sandbox.fail("/v0.10/*", status=503, times=None)
    visitor.open(laptop)
    expect(page.get_by_role("heading", level=1)).to_have_text("Globus is not answering")
    keep("trouble-globus-down")
    sandbox.clear_faults()
    page.get_by_role("link", name="Try again").click()
    expect(page.get_by_role("table")).to_be_visible()


def test_pages_of_zoe(look: Look, demo: Demo) -> None:
    """A name full of markup and quotes is only a name."""
    visitor, keep = look
    page = visitor.be_signed_in("zoe")
    visitor.open("/dashboard")
    expect(page.get_by_role("heading", level=1)).to_have_text(demo.sandbox.people["zoe"].name)
    keep("dashboard-odd-name")
    visitor.open("/collections/mine")
    expect(page.get_by_role("main")).to_contain_text("You have no collections of your own.")
    keep("collections-none-mine")


def test_everything_works_without_scripts(new_visitor: Callable[..., Visitor], demo: Demo) -> None:
    """With JavaScript switched off one can sign in, search, browse, send and sign out."""
    visitor = new_visitor(java_script_enabled=False)
    page = visitor.sign_in("ada")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Collections").click()
    page.get_by_label("Search collections").fill("laptop")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Ada's laptop").click()
    page.get_by_role("link", name="field notes").click()
    expect(page.get_by_role("table")).to_contain_text("2026-03 stream gauge.csv")
    page.get_by_role("link", name="Send files from here").click()
    page.get_by_role("checkbox", name="2026-03 stream gauge.csv").check()
    page.get_by_label("Collection", exact=True).select_option(label="Sky Survey, Data Release 3")
    page.get_by_role("button", name="Send", exact=True).click()
    page.wait_for_url("**/transfers/*")
    demo.sandbox.wait_for_tasks()
    page.reload()
    expect(page.get_by_role("status")).to_contain_text("Done 1 file arrived")
    visitor.sign_out()
