"""Signing in when it does not go by the book; each story ends where the person wanted to be, or with a way on."""

from collections.abc import Callable
from urllib.parse import urlsplit

from playwright.sync_api import Page, Request, expect

from journeys.visitor import Visitor
from trivet.demo import Demo


def callbacks_seen(page: Page) -> list[str]:
    """Return a list that will hold each address of the callback that *page* opens."""
    seen: list[str] = []

    def note(request: Request) -> None:
        if urlsplit(request.url).path == "/login/callback":
            seen.append(request.url)

    page.on("request", note)
    return seen


def test_denying_consent_ends_in_a_sentence_and_a_way_on(visitor: Visitor, demo: Demo) -> None:
    """Whoever says no is told that they are not signed in, and may change their mind."""
    page = visitor.start_sign_in()
    visitor.choose("ada")
    visitor.consent("Deny")
    expect(page.get_by_role("heading", level=1)).to_have_text("Not signed in")
    assert visitor.session_cookie is None
    page.get_by_role("main").get_by_role("link", name="Sign in").click()
    page.wait_for_url(f"{demo.sandbox.url}/**")
    visitor.consent("Allow")  # who they are is known there by now
    expect(page).to_have_url(f"{demo.url}/dashboard")


def test_two_tabs_sign_in_side_by_side(visitor: Visitor, demo: Demo) -> None:
    """Each of two tabs that sign in at the same time ends at the page it was opened for."""
    first, second = visitor.page, visitor.context.new_page()
    visitor.open("/dashboard", first)
    visitor.open("/collections/?q=climate", second)
    visitor.choose("ada", first)
    visitor.choose("ada", second)
    visitor.consent(page=first)
    expect(first).to_have_url(f"{demo.url}/dashboard")
    visitor.consent(page=second)
    expect(second).to_have_url(f"{demo.url}/collections/?q=climate")
    expect(second.get_by_role("link", name="Climate Model Archive")).to_be_visible()
    first.reload()
    expect(first.get_by_role("heading", level=1)).to_have_text("Ada Quist")


def test_back_button_after_signing_in(visitor: Visitor, demo: Demo) -> None:
    """However far one goes back after signing in, each page has a way on, and one stays signed in."""
    page = visitor.sign_in("ada")
    session = visitor.session_cookie
    page.go_back()  # the question of Globus, which has been answered
    page.get_by_role("link", name="Start again").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You are signed in")
    expect(page.get_by_role("main")).to_contain_text("You are signed in as ada@uni.example")
    page.get_by_role("link", name="Continue").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    while page.go_back() and page.url != f"{demo.url}/":
        expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("link", name="Go to your dashboard")).to_be_visible()
    assert visitor.session_cookie == session


def test_opening_the_callback_again(visitor: Visitor, demo: Demo) -> None:
    """The callback's address, opened a second time, explains itself and leaves the session alone."""
    callbacks = callbacks_seen(visitor.page)
    page = visitor.sign_in("ada")
    session = visitor.session_cookie
    (callback,) = callbacks
    for _ in range(2):  # by its address, and then by the reload button
        visitor.open(callback)
        expect(page.get_by_role("heading", level=1)).to_have_text("You are signed in")
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("You are signed in")
    page.get_by_role("link", name="Continue").click()
    expect(page).to_have_url(f"{demo.url}/")
    assert visitor.session_cookie == session
    assert all(token.revoked is False for token in demo.sandbox.tokens)


def test_callback_as_a_bookmark_in_another_browser(
    visitor: Visitor, new_visitor: Callable[..., Visitor], demo: Demo
) -> None:
    """A callback that belongs to somebody else's browser signs nobody in, and offers to start properly."""
    callbacks = callbacks_seen(visitor.page)
    visitor.sign_in("ada")
    other = new_visitor()
    page = other.open(callbacks[0])
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign-in not completed")
    expect(page.get_by_role("main")).not_to_contain_text("ada")
    assert other.session_cookie is None
    page.get_by_role("main").get_by_role("link", name="Sign in").click()
    expect(page.get_by_role("heading", name="Choose an account")).to_be_visible()
    other.choose("grace")
    other.consent()
    expect(page).to_have_url(f"{demo.url}/")
    expect(page.get_by_role("main")).to_contain_text("gokafor@lab.example")


def test_deep_links_survive_signing_in(visitor: Visitor, demo: Demo) -> None:
    """A link into the portal, query string and all, is where one arrives after signing in."""
    collection = demo.sandbox.collections["laptop"].id
    deep = f"/collections/{collection}/?path=%2Ffield%20notes%2F&hidden=1&tag=a%2Bb%26c%23d"
    visitor.open(deep)
    visitor.agree("ada")
    expect(visitor.page).to_have_url(demo.url + deep)
    expect(visitor.page.get_by_role("table")).to_contain_text("Überblick – données.txt")


def test_visiting_by_number_ends_at_the_name(visitor: Visitor, demo: Demo) -> None:
    """Whoever comes by 127.0.0.1 is at localhost before anything is set, so the sign-in works."""
    by_number = demo.url.replace("localhost", "127.0.0.1")
    visitor.open(f"{by_number}/")
    expect(visitor.page).to_have_url(f"{demo.url}/")
    visitor.open(f"{by_number}/collections/?q=open%20data")
    visitor.agree("ada")
    expect(visitor.page).to_have_url(f"{demo.url}/collections/?q=open%20data")
    assert all(cookie["domain"] == "localhost" for cookie in visitor.context.cookies())


def test_looking_ahead_starts_nothing(visitor: Visitor, demo: Demo) -> None:
    """HEAD, prefetch and fetch of ``/login`` set no cookie and ask Globus for nothing."""
    page = visitor.open("/")
    statuses = page.evaluate(
        """async () => [
            (await fetch("/login", {method: "HEAD"})).status,
            (await fetch("/login?next=/dashboard")).status,
        ]"""
    )
    assert statuses == [204, 403]
    visitor.expected.add(403)  # what a prefetch of /login gets
    with page.expect_response("**/login?prefetched") as fetched:
        page.evaluate(
            """() => document.head.append(Object.assign(document.createElement("link"),
                                                        {rel: "prefetch", href: "/login?prefetched"}))"""
        )
    assert fetched.value.status == 403
    assert visitor.context.cookies() == []
    assert not any("authorize" in request.path for request in demo.sandbox.requests)


def test_scripts_get_an_answer_they_can_read(visitor: Visitor, demo: Demo) -> None:
    """A script that asks for a private page gets 401 in JSON, with the address that signs in and leads back."""
    page = visitor.open("/?from=a%20script")
    status, document = page.evaluate(
        """async () => { const answer = await fetch("/dashboard"); return [answer.status, await answer.json()]; }"""
    )
    assert status == 401
    assert document["code"] == "AuthorizationRequired"
    visitor.open(document["login_url"])
    visitor.agree("ada")
    expect(page).to_have_url(f"{demo.url}/?from=a%20script")
