"""Forms that Globus gets in the way of: nothing is typed twice, nothing is sent twice, and nothing unasked."""

from collections.abc import Callable

import pytest
from flask import render_template_string, request
from playwright.sync_api import Page, expect

from conftest import Clock
from journeys.pictures import Picture
from journeys.visitor import Visitor
from site_under_test import Site

Filed = list[dict[str, str]]

FORM = """<!doctype html><title>Observing log</title><main><h1>Observing log</h1>
<form method="post" action="/log"><input type="hidden" name="csrf_token" value="{{ csrf_token() }}">
<label>Target <input name="target"></label> <label>Notes <textarea name="notes"></textarea></label>
<button>File it</button></form></main>"""
TYPED = {"target": "M 31, “Andromeda”", "notes": "clear until 2\r\nthen clouds & <wind>"}
HOURS = 3600


@pytest.fixture
def filed() -> Filed:
    """What has arrived at the form."""
    return []


@pytest.fixture
def place(make_site: Callable[..., Site], filed: Filed) -> Site:
    """An application with a form, protected as usual by Flask-WTF, that takes a second factor to send."""
    site = make_site(PROTECTED=True, GLOBUS_APP_NAME="Example Telescope")

    @site.app.get("/log")
    @site.globus.login_required
    def show() -> str:
        return render_template_string(FORM)

    @site.app.post("/log")
    @site.globus.require(mfa=True)
    def file() -> str:
        filed.append({name: value for name, value in request.form.items() if name != "csrf_token"})
        return "filed"

    return site


def fill_in(visitor: Visitor) -> Page:
    """Open the form as Ada, and type."""
    visitor.open("/log")
    visitor.agree("ada")
    page = visitor.page
    page.get_by_label("Target").fill(TYPED["target"])
    page.get_by_label("Notes").fill(TYPED["notes"])
    return page


def expect_to_be_asked(page: Page, filed: Filed) -> None:
    """The page in view shows what was typed, and it has not been sent."""
    expect(page.get_by_role("heading", level=1)).to_have_text("Carry on?")
    main = page.get_by_role("main")
    expect(main).to_contain_text("This is what you were about to send to /log. It has not been sent yet.")
    expect(main).to_contain_text("M 31, “Andromeda”")
    expect(main).to_contain_text("then clouds & <wind>")
    expect(main).not_to_contain_text("csrf")
    assert filed == []


def carry_on(page: Page) -> None:
    page.get_by_role("button", name="Carry on").click()


def test_form_that_needs_a_second_factor(visitor: Visitor, place: Site, filed: Filed, picture: Picture) -> None:
    """Ada sends a form, is told that it is kept, goes by Globus, sees it again, and sends it with one click, once."""
    page = fill_in(visitor)
    page.get_by_role("button", name="File it").click()
    expect(page.get_by_role("main")).to_contain_text("What you sent is kept until you come back.")
    picture(page, "form-kept")
    visitor.to_globus()
    visitor.choose("ada")
    visitor.confirm()
    expect_to_be_asked(page, filed)
    picture(page, "carry-on")
    asked = page.url
    carry_on(page)
    expect(page).to_have_url(f"{place.url}/log")
    expect(page.locator("body")).to_have_text("filed")
    assert filed == [TYPED]
    visitor.open(asked)
    expect(page.get_by_role("heading", level=1)).to_have_text("Nothing to carry on with")
    expect(page.get_by_role("main")).to_contain_text("it has been sent already")
    assert filed == [TYPED]


def test_session_that_expired_over_a_form(visitor: Visitor, place: Site, filed: Filed, clock: Clock) -> None:
    """Ada takes longer than her session lasts: she signs in again, for all that is missing, and nothing is lost."""
    page = fill_in(visitor)
    clock.advance(13 * HOURS)
    page.get_by_role("button", name="File it").click()
    page.wait_for_url(f"{place.sandbox.url}/**")
    visitor.choose("ada")
    visitor.confirm()
    expect_to_be_asked(page, filed)
    carry_on(page)
    expect(page).to_have_url(f"{place.url}/log")
    expect(page.locator("body")).to_have_text("filed")
    assert filed == [TYPED]


def test_form_that_is_not_sent_after_all(visitor: Visitor, place: Site, filed: Filed) -> None:
    """Who has changed their mind meanwhile goes back to where the form stands, and nothing was sent."""
    page = fill_in(visitor)
    page.get_by_role("button", name="File it").click()
    visitor.to_globus()
    visitor.choose("ada")
    visitor.confirm()
    page.get_by_role("link", name="Do not send it").click()
    expect(page).to_have_url(f"{place.url}/log")
    expect(page.get_by_role("heading", level=1)).to_have_text("Observing log")
    assert filed == []
