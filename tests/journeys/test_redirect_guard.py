"""Where ``/login?next=...`` ends, judged by the browser itself: it never leaves the site."""

from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import Request

from journeys.visitor import Visitor
from trivet.demo import Demo

# The site is https://portal.example.org here; the test puts in its own address.
HOSTILE = [
    "http://evil.com",
    "https://evil.com/",
    "//evil.com",
    "///evil.com",
    "////evil.com",
    "/\\evil.com",
    "\\\\evil.com",
    "\\/evil.com",
    "/%5cevil.com",
    "http:evil.com",
    "https:///evil.com",
    "http:\\\\evil.com",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "//portal.example.org@evil.com/",
    "https://portal.example.org@evil.com/",
    "https://portal.example.org.evil.com/",
    "https://evil.com#portal.example.org",
    "/\t/evil.com",
    "\t//evil.com",
    " //evil.com",
    "/\n/evil.com",
    "/\r\nSet-Cookie:x=1",
    "//evil。com",
    "https:evil.com",
    "//evil%2ecom",
    "/\0/evil.com",
    "@evil.com",
    "evil.com",
    "//[::1]/",
    "https://portal.example.org:8443/",
    "ftp://portal.example.org/",
]
LEGITIMATE = [
    "/",
    "/search?q=a%20b&next=/x",
    "/files/a b",
    "/p#frag",
    "/a//b",
    "/x?u=https://evil.com",
    "https://portal.example.org/ok",
    "relative/page",
    "/données",
    "/a:b",
    "/path/@me",
]


def here(address: str, demo: Demo) -> str:
    """Return *address* with our site in the place of the one it talks about."""
    address = address.replace("https://portal.example.org:8443", "http://localhost:8443")
    address = address.replace("https://portal.example.org", demo.url)
    return address.replace("portal.example.org", urlsplit(demo.url).netloc)


@pytest.fixture
def ada(visitor: Visitor, demo: Demo) -> Visitor:
    """Ada, who has consented, and for whom it is trouble to go anywhere else."""
    visitor.be_signed_in("ada")

    def only_here(request: Request) -> None:
        if not request.url.startswith((f"{demo.url}/", f"{demo.sandbox.url}/")):
            visitor.troubles.append(f"went to {request.url}")

    visitor.context.on("request", only_here)
    return visitor


def pass_through_login(visitor: Visitor, address: str) -> None:
    target = quote(address, safe="")
    visitor.page.goto(f"{visitor.place.url}/login?next={target}", wait_until="commit")


def where_sign_in_ends(visitor: Visitor, address: str) -> str:
    """Sign in with ``next`` as a stranger's link would; Globus remembers the answers, so nobody is asked."""
    visitor.context.clear_cookies(name=f"trivet-{urlsplit(visitor.place.url).port}")
    pass_through_login(visitor, address)
    assert visitor.session_cookie
    return visitor.page.url


def test_hostile_addresses_never_leave_the_site(ada: Visitor, demo: Demo) -> None:
    """Whatever a link puts into ``next``, signing in by it ends on this site."""
    assert len(HOSTILE) == 33
    ends = {address: where_sign_in_ends(ada, here(address, demo)) for address in HOSTILE}
    assert {address: end for address, end in ends.items() if not end.startswith(f"{demo.url}/")} == {}
    for address in HOSTILE:  # the same for those who are signed in already, and pass through /login at once
        pass_through_login(ada, here(address, demo))
        assert ada.page.url.startswith(f"{demo.url}/"), address


def test_legitimate_addresses_come_back_unchanged(ada: Visitor, demo: Demo) -> None:
    """A page of this site is where one ends, exactly as the browser itself would have read its address."""
    assert len(LEGITIMATE) == 11
    as_read = "([address, base]) => new URL(address, base).href"
    for address in LEGITIMATE:
        expected = ada.page.evaluate(as_read, [here(address, demo), f"{demo.url}/"])
        assert where_sign_in_ends(ada, here(address, demo)) == expected
