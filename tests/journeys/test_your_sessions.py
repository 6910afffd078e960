"""Seeing where one is signed in, and ending it, with several browsers."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from journeys.visitor import Visitor
from trivet.demo import Demo

PHONE = {"viewport": {"width": 375, "height": 740}, "user_agent": "Mozilla/5.0 (iPhone) Version/18.5 Safari/604.1"}


def sign_in_again(visitor: Visitor, demo: Demo) -> Page:
    """Arrive at the dashboard as Ada, who has consented at another browser."""
    page = visitor.start_sign_in()
    visitor.choose("ada")
    expect(page).to_have_url(f"{demo.url}/dashboard")
    return page


def test_ending_a_session_on_another_device(
    visitor: Visitor, new_visitor: Callable[..., Visitor], demo: Demo, screenshots: Path
) -> None:
    """Ada finds the phone she has lost in the list, ends its session, and the phone has to sign in again."""
    phone = new_visitor(**PHONE)
    phone.sign_in("ada")
    page = sign_in_again(visitor, demo)
    page.get_by_role("link", name="Sessions").click()
    sessions = page.get_by_role("list", name="Your sessions").get_by_role("listitem")
    lost = sessions.filter(has_text="Safari on iPhone")
    expect(lost).to_have_count(1)
    expect(sessions.first).to_contain_text("this one")
    page.screenshot(path=screenshots / "sessions.png", full_page=True)
    phone.open("/sessions/").screenshot(path=screenshots / "sessions-phone.png", full_page=True)
    lost.get_by_role("button", name="End").click()
    expect(page.get_by_role("status")).to_have_text("That session has ended.")
    expect(lost).to_have_count(0)
    phone.open("/")
    expect(phone.page.get_by_role("link", name="Sign in with Globus")).to_be_visible()


def test_signing_out_everywhere(visitor: Visitor, new_visitor: Callable[..., Visitor], demo: Demo) -> None:
    """Ada signs out everywhere from one browser: it ends at Globus, both are signed out, and no token is good."""
    other = new_visitor()
    other.be_signed_in("ada")
    page = sign_in_again(visitor, demo)
    visitor.open("/sessions/")
    page.get_by_role("button", name="Sign out everywhere").click()
    page.wait_for_url(f"{demo.sandbox.url}/v2/web/logout**")
    for each in (visitor, other):
        each.open("/")
        expect(each.page.get_by_role("link", name="Sign in with Globus")).to_be_visible()
    assert not any(token.active for token in demo.sandbox.tokens)


def test_ending_all_others(visitor: Visitor, new_visitor: Callable[..., Visitor], demo: Demo) -> None:
    """Ada stays signed in where she is, and nowhere else."""
    other = new_visitor()
    other.be_signed_in("ada")
    page = sign_in_again(visitor, demo)
    visitor.open("/sessions/")
    page.get_by_role("button", name="End all others").click()
    expect(page.get_by_role("status")).to_have_text("You are signed in here and nowhere else.")
    expect(page.get_by_role("button", name="End all others")).to_have_count(0)
    other.open("/")
    expect(other.page.get_by_role("link", name="Sign in with Globus")).to_be_visible()
