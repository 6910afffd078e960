"""Signing out, and sharing a browser: nothing of one person is left for the next."""

from playwright.sync_api import expect

from journeys.visitor import Visitor
from trivet.demo import Demo


def test_second_person_on_the_same_browser_sees_nothing_of_the_first(visitor: Visitor, demo: Demo) -> None:
    """After Ada has signed out, Grace sees her own name, her own collections, and no trace of Ada's visit."""
    page = visitor.be_signed_in("ada")
    visitor.open("/collections/mine")
    page.get_by_role("link", name="Ada's laptop").click()
    expect(page.get_by_role("table")).to_be_visible()
    visitor.sign_out()
    visitor.sign_in("grace")
    for address in ("/dashboard", "/collections/", "/collections/mine", "/"):
        visitor.open(address)
        expect(page.get_by_text("Grace Okafor").first).to_be_visible()
        expect(page.get_by_text("Ada")).to_have_count(0)
        expect(page.get_by_text("ada@")).to_have_count(0)
    visitor.open(f"/collections/{demo.sandbox.collections['laptop'].id}/")
    expect(page.get_by_role("heading", level=1)).to_have_text("You have no access to this collection.")


def test_signing_in_as_somebody_else_replaces_the_first(visitor: Visitor, demo: Demo) -> None:
    """A tab in which Grace signs in takes the whole browser over; Ada's tokens are revoked, and her tab shows Grace."""
    ada, grace = visitor.page, visitor.context.new_page()
    visitor.start_sign_in(grace)
    visitor.sign_in("ada")
    tokens = [token.value for token in demo.sandbox.tokens]
    visitor.choose("grace", grace)
    visitor.consent(page=grace)
    expect(grace.get_by_role("heading", level=1)).to_have_text("Grace Okafor")
    assert not any(demo.sandbox.token_is_active(token) for token in tokens)

    visitor.sign_out(ada)  # a page from before, with a form that belonged to Ada's session
    visitor.open("/", grace)
    expect(grace.get_by_role("link", name="Sign in with Globus")).to_be_visible()
    assert not any(demo.sandbox.token_is_active(token.value) for token in demo.sandbox.tokens)


def test_back_button_after_signing_out_shows_nothing_private(visitor: Visitor, demo: Demo) -> None:
    """Going back after signing out leads to signing in, not to what was on the screen."""
    visitor.be_signed_in("ada")
    page = visitor.open("/dashboard")
    visitor.sign_out()
    page.go_back()
    expect(page.get_by_role("heading", name="Choose an account")).to_be_visible()
    assert visitor.session_cookie is None


def test_signing_out_twice(visitor: Visitor, demo: Demo) -> None:
    """The button still works in a tab that does not know that another one has signed out already."""
    first = visitor.be_signed_in("ada")
    visitor.open("/", first)
    second = visitor.open("/collections/mine", visitor.context.new_page())
    visitor.sign_out(first)
    visitor.sign_out(second)
    expect(second.get_by_role("heading", name="You are signed out")).to_be_visible()


def test_typing_the_address_of_logout_asks_first(visitor: Visitor, demo: Demo) -> None:
    """Nobody is signed out by an address alone; the page asks, and its button does it."""
    page = visitor.be_signed_in("ada")
    visitor.open("/logout")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign out?")
    page.get_by_role("link", name="Stay").click()
    expect(page.get_by_role("link", name="Go to your dashboard")).to_be_visible()
    visitor.open("/logout")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{demo.sandbox.url}/v2/web/logout**")
    assert visitor.session_cookie is None


def test_other_sites_cannot_sign_anybody_out(visitor: Visitor, demo: Demo) -> None:
    """A form on another site that posts to ``/logout`` ends on the question, and changes nothing."""
    page = visitor.be_signed_in("ada")
    page.goto(demo.sandbox.url)  # another origin
    page.evaluate(
        """address => {
            const form = Object.assign(document.createElement("form"), {method: "post", action: address});
            document.body.append(form);
            form.submit();
        }""",
        f"{demo.url}/logout",
    )
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign out?")
    visitor.open("/dashboard")
    expect(page.get_by_role("heading", level=1)).to_have_text("Ada Quist")


def test_signing_out_when_globus_is_down(visitor: Visitor, demo: Demo) -> None:
    """Signing out here does not wait for Globus: the session is over even if revoking fails."""
    visitor.be_signed_in("ada")
    page = visitor.open("/")
    demo.sandbox.fail("/v2/oauth2/token/revoke", times=None)
    visitor.sign_out()
    assert visitor.session_cookie is None
    visitor.open("/dashboard")
    expect(page.get_by_role("heading", name="Choose an account")).to_be_visible()
