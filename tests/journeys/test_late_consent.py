"""Permissions that are asked for when they are needed: the collection that somebody has just clicked wants consent."""

from playwright.sync_api import Page, expect

from journeys.pictures import Picture
from journeys.visitor import Visitor
from trivet.demo import Demo


def listings(demo: Demo, collection: str) -> list[int | None]:
    """How Transfer has answered when it was asked for the files of a collection."""
    path = f"/v0.10/operation/endpoint/{demo.sandbox.collections[collection].id}/ls"
    return [request.status for request in demo.sandbox.requests if request.path == path]


def transfers(demo: Demo) -> list[str | None]:
    """What Transfer was given to do, as it was asked."""
    return [
        request.body for request in demo.sandbox.requests if (request.path, request.status) == ("/v0.10/transfer", 202)
    ]


def click_through_to(page: Page, visitor: Visitor, name: str) -> str:
    """Search for a collection and click it; return where the browser is then."""
    visitor.open("/collections/?q=step-up")
    page.get_by_role("link", name=name).click()
    return page.url


def test_consent_for_the_collection_just_clicked(visitor: Visitor, demo: Demo, picture: Picture) -> None:
    """Ada clicks a collection, reads one sentence, allows it at Globus, and is in the folder she wanted to see."""
    page = visitor.be_signed_in("ada")
    address = click_through_to(page, visitor, "Tape Archive")
    expect(page.get_by_role("heading", level=1)).to_have_text("Permission needed")
    main = page.get_by_role("main")
    expect(main).to_contain_text("Globus will ask you to allow this site to reach your files on this collection.")
    expect(main).to_contain_text("ada@uni.example")
    expect(main).to_contain_text("Globus Transfer")
    picture(page, "consent")
    visitor.to_globus()
    visitor.consent()
    expect(page).to_have_url(address)
    expect(page.get_by_role("table")).to_be_visible()
    assert listings(demo, "tape") == [403, 200]
    visitor.open(address)
    expect(page.get_by_role("table")).to_be_visible()


def test_consent_for_a_transfer_that_is_being_sent(visitor: Visitor, demo: Demo, picture: Picture) -> None:
    """Grace fills in a transfer to a collection that wants consent: she types nothing twice, and it is sent once."""
    page = visitor.be_signed_in("grace")
    visitor.open(f"/collections/{demo.sandbox.collections['climate'].id}/send?path=/")
    page.get_by_role("checkbox", name="README.txt").check()
    page.get_by_role("checkbox", name="control").check()
    page.get_by_label("Collection", exact=True).select_option(label="Tape Archive (asks for your consent)")
    page.get_by_label("Folder there").fill("/model runs/")
    page.get_by_label("Label").fill("Runs & <means>")
    page.get_by_role("button", name="Send", exact=True).click()
    main = page.get_by_role("main")
    expect(main).to_contain_text("Globus will ask you to allow this site to reach your files on this collection.")
    expect(main).to_contain_text("What you sent is kept until you come back.")
    visitor.to_globus()
    visitor.consent()
    expect(page.get_by_role("heading", level=1)).to_have_text("Carry on?")
    for typed in ("README.txt", "control/", "/model runs/", "Runs & <means>"):
        expect(main).to_contain_text(typed)
    picture(page, "transfer")
    assert transfers(demo) == []
    page.get_by_role("button", name="Carry on").click()
    page.wait_for_url("**/transfers/*")
    expect(page.get_by_role("heading", level=1)).to_have_text("Runs & <means>")
    page.reload()
    page.go_back()
    assert len(transfers(demo)) == 1
    demo.sandbox.wait_for_tasks()
    arrived = demo.sandbox.collections["tape"].root / "model runs"
    assert {path.name for path in arrived.iterdir()} == {"README.txt", "control"}


def test_consent_denied_midway(visitor: Visitor, demo: Demo, picture: Picture) -> None:
    """Who says no at Globus reads that nothing was changed, is signed in as before, and can still change their mind."""
    page = visitor.be_signed_in("ada")
    tokens = [token.value for token in demo.sandbox.tokens if token.active]
    address = click_through_to(page, visitor, "Tape Archive")
    visitor.to_globus()
    visitor.consent("Deny")
    expect(page.get_by_role("heading", level=1)).to_have_text("You are signed in as before")
    expect(page.get_by_role("main")).to_contain_text("Nothing was changed")
    picture(page, "denied")
    assert [token.value for token in demo.sandbox.tokens if token.active] == tokens
    visitor.open("/collections/mine")
    expect(page.get_by_role("main")).to_contain_text("Ada's laptop")
    visitor.open(address)
    visitor.to_globus()
    visitor.consent()
    expect(page).to_have_url(address)
    expect(page.get_by_role("table")).to_be_visible()


def test_two_tabs_at_once(visitor: Visitor, demo: Demo) -> None:
    """Two collections in two tabs, one wanting consent and one a second factor: both tabs arrive, and stay."""
    first = visitor.be_signed_in("ada")
    second = visitor.context.new_page()
    addresses = [
        click_through_to(first, visitor, "Tape Archive"),
        visitor.open(f"/collections/{demo.sandbox.collections['second_factor'].id}/", second).url,
    ]
    visitor.to_globus(first)
    visitor.to_globus(second)
    visitor.choose("ada", second)
    visitor.confirm(second)
    visitor.consent(page=first)
    for page, address in zip((first, second), addresses, strict=True):
        expect(page).to_have_url(address)
        expect(page.get_by_role("table")).to_be_visible()
        page.reload()
        expect(page.get_by_role("table")).to_be_visible()
