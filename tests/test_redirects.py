"""Which addresses are safe to go to after login."""

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from trivet.redirects import MAX_NEXT_CHARACTERS, is_safe_next, location

ORIGIN = "https://portal.example.org"

HOSTILE = [
    "http://evil.com", "https://evil.com/", "//evil.com", "///evil.com", "////evil.com", "/\\evil.com", "\\\\evil.com",
    "\\/evil.com", "/%5cevil.com", "http:evil.com", "https:///evil.com", "http:\\\\evil.com", "javascript:alert(1)",
    "JaVaScRiPt:alert(1)", "data:text/html,x", "//portal.example.org@evil.com/", "https://portal.example.org@evil.com/",
    "https://portal.example.org.evil.com/", "https://evil.com#portal.example.org", "/\t/evil.com", "\t//evil.com",
    " //evil.com", "/\n/evil.com", "/\r\nSet-Cookie:x=1", "//evil。com", "https:evil.com", "//evil%2ecom",
    "/\0/evil.com", "@evil.com", "evil.com", "//[::1]/", "https://portal.example.org:8443/", "ftp://portal.example.org/",
    # Beyond the corpus we started from:
    "", "/.//evil.com", "/..//evil.com", "/./\\evil.com", "/%2f/evil.com", "/%2e%2e//evil.com", "//", "/\\",
    "\u2028//evil.com", "https://portal.example.org\\@evil.com", "https:/portal.example.org/ok", "HTTPS://evil.com",
    "/\u202e/evil.com",
]  # fmt: skip

LEGITIMATE = [
    "/", "/search?q=a%20b&next=/x", "/files/a b", "/p#frag", "/a//b", "/x?u=https://evil.com",
    "https://portal.example.org/ok", "relative/page", "/données", "/a:b", "/path/@me",
    # Beyond the corpus we started from:
    "https://portal.example.org", "https://portal.example.org?x=1", "?page=2", "/?next=//evil.com", "/a/../b", "/%20",
]  # fmt: skip


@pytest.mark.parametrize("target", HOSTILE)
def test_hostile_addresses_are_refused(target: str) -> None:
    """An address that any browser might take for another site is not safe."""
    assert not is_safe_next(target, ORIGIN)


@pytest.mark.parametrize("target", LEGITIMATE)
def test_legitimate_addresses_are_accepted(target: str) -> None:
    """An address of this site is safe, with its query, fragment, blanks and letters of any alphabet."""
    assert is_safe_next(target, ORIGIN)


def test_an_address_that_fits_no_cookie_is_refused() -> None:
    """The longest address is 2048 characters; one more is refused, since it has to travel in a cookie."""
    longest = "/" + "a" * (MAX_NEXT_CHARACTERS - 1)
    assert is_safe_next(longest, ORIGIN)
    assert not is_safe_next(longest + "a", ORIGIN)


URL_PIECES = st.sampled_from(
    ["/", "\\", ".", "..", ":", "@", "evil.com", "https:", "?", "#", "%2f", "%5c", "a", "\t", " ", "é"]
)


@given(st.lists(URL_PIECES, max_size=8).map("".join))
@example("/..//evil.com")
def test_whatever_is_accepted_stays_here(target: str) -> None:
    """Whatever string is accepted, the address made of it has our scheme, host and port, and nothing but ASCII."""
    if is_safe_next(target, ORIGIN):
        address = location(target, ORIGIN)
        for resolved in (address, urljoin(f"{ORIGIN}/login/callback", address)):
            parts = urlsplit(resolved)
            assert (parts.scheme, parts.netloc) == ("https", "portal.example.org")
        assert address.isascii()
        assert not set(address) & set(" \t\r\n\\")


def test_location_keeps_what_is_encoded_already() -> None:
    """Making an absolute address encodes what has to be, and encodes nothing twice."""
    assert location("/files/a b?q=a%20b&u=é#x", ORIGIN) == f"{ORIGIN}/files/a%20b?q=a%20b&u=%C3%A9#x"
    assert location("relative/page", ORIGIN) == f"{ORIGIN}/relative/page"
    assert location(f"{ORIGIN}/ok", ORIGIN) == f"{ORIGIN}/ok"
