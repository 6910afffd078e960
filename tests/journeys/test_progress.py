"""A script on a page that finds out that something is wanted of the person."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from journeys.visitor import SECONDS, Visitor
from trivet.demo import Demo

A_WHILE = 15 * SECONDS  # for the script to ask once more, on a busy machine


@pytest.fixture
def hold(demo: Demo) -> Iterator[Any]:
    """What every file waits for, until it is released or the test ends."""
    with demo.sandbox.hold_files() as hold:
        yield hold


@pytest.fixture
def ada(visitor: Visitor, demo: Demo, hold: Any) -> Visitor:
    """Ada, at the page of a transfer that goes on."""
    visitor.be_signed_in("ada")
    page = visitor.open(f"/collections/{demo.sandbox.collections['laptop'].id}/send?path=/")
    page.get_by_role("checkbox", name="README.txt").check()
    page.get_by_label("Collection", exact=True).select_option(label="Sky Survey, Data Release 3")
    page.get_by_label("Label").fill("Readme for everybody")
    page.get_by_role("button", name="Send", exact=True).click()
    page.wait_for_url("**/transfers/*")
    hold.wait_until_reached()
    return visitor


def is_still_there(visitor: Visitor, address: str) -> None:
    """Expect the page of the transfer, in its good days."""
    expect(visitor.page).to_have_url(address)
    expect(visitor.page.get_by_role("status")).to_contain_text("On its way")
    expect(visitor.page.get_by_role("alert")).to_be_hidden()


def test_a_page_keeps_itself_up_to_date(ada: Visitor, hold: Any) -> None:
    """The page of a transfer tells its end without being opened again."""
    expect(ada.page.get_by_role("status")).to_contain_text("On its way")
    hold.release()
    expect(ada.page.get_by_role("status")).to_contain_text("Done 1 file arrived", timeout=A_WHILE)
    expect(ada.page.get_by_role("link", name="Refresh")).to_be_hidden()
    expect(ada.page.get_by_role("progressbar")).to_have_js_property("value", 1)


def test_a_session_that_ended_elsewhere(ada: Visitor, new_visitor: Callable[..., Visitor], screenshots: Path) -> None:
    """Signed out from her phone, Ada reads so on the page open on her desk, and one link leads in and back to it."""
    address = ada.page.url
    phone = new_visitor()
    phone.be_signed_in("ada")
    phone.open("/sessions/").get_by_role("button", name="End all others").click()
    expect(ada.page.get_by_role("alert")).to_contain_text("You are not signed in.", timeout=A_WHILE)
    expect(ada.page).to_have_url(address)
    ada.page.screenshot(path=screenshots / "progress-signed-out.png", full_page=True)
    ada.page.get_by_role("link", name="Continue to Globus").click()
    is_still_there(ada, address)


def test_a_consent_that_is_missing(ada: Visitor, demo: Demo) -> None:
    """When Globus wants one more consent for what the script asks, Ada reads why, agrees, and is back at the page."""
    address = ada.page.url
    tape = demo.sandbox.collections["tape"].id
    scope = f"urn:globus:auth:scope:transfer.api.globus.org:all[*https://auth.globus.org/scopes/{tape}/data_access]"
    wanted = {"code": "ConsentRequired", "message": "The archive has to know you.", "required_scopes": [scope]}
    demo.sandbox.fail("/v0.10/task/*", status=403, body=wanted, times=None)
    expect(ada.page.get_by_role("alert")).to_contain_text("The archive has to know you.", timeout=A_WHILE)
    demo.sandbox.clear_faults()
    ada.page.get_by_role("link", name="Continue to Globus").click()
    ada.consent()
    is_still_there(ada, address)


def test_the_way_does_not_lead_elsewhere(ada: Visitor) -> None:
    """An address that is not of this site is neither followed nor offered, whoever put it into the answer."""
    address = ada.page.url
    document = {"authorization_parameters": {"session_message": "Go on."}, "login_url": "https://evil.example/login"}
    ada.page.route(address, lambda route: route.fulfill(status=401, json=document))
    ada.page.evaluate("refresh()")
    is_still_there(ada, address)
