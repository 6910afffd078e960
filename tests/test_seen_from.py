"""Where a session was opened, in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trivet.seen_from import MAX_CHARACTERS, seen_from

GECKO = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
BLINK = "Mozilla/5.0 ({}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 {}Safari/537.36 {}"
WEBKIT = "Mozilla/5.0 ({}) AppleWebKit/605.1.15 (KHTML, like Gecko) {} Mobile/15E148 Safari/604.1"


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (GECKO, "Firefox on Windows"),
        (BLINK.format("X11; Linux x86_64", "", ""), "Chrome on Linux"),
        (BLINK.format("Windows NT 10.0; Win64; x64", "", "Edg/140.0"), "Edge on Windows"),
        (BLINK.format("Macintosh; Intel Mac OS X 10_15_7", "", "OPR/120.0"), "Opera on Mac"),
        (BLINK.format("X11; CrOS x86_64 14541.0.0", "", ""), "Chrome on ChromeOS"),
        (BLINK.format("Linux; Android 15; SM-S911B", "Mobile ", ""), "Chrome on Android"),
        (WEBKIT.format("iPhone; CPU iPhone OS 18_5 like Mac OS X", "Version/18.5"), "Safari on iPhone"),
        (WEBKIT.format("iPad; CPU OS 18_5 like Mac OS X", "CriOS/140.0"), "Chrome on iPad"),
        ("curl/8.5.0", "A browser"),
        ("", "A browser"),
    ],
)
def test_browsers_are_called_what_people_call_them(user_agent: str, words: str) -> None:
    """A person recognises a browser and a system; what is not known is just a browser."""
    assert seen_from(user_agent, "192.0.2.7") == f"{words}, 192.0.2.7"
    assert seen_from(user_agent, "") == words


@given(user_agent=st.text(), address=st.text())
def test_nothing_a_browser_says_is_passed_on(user_agent: str, address: str) -> None:
    """The words are ours, whatever the header holds, and they are few."""
    words = seen_from(user_agent, address)
    assert words.startswith(seen_from(user_agent, "")[:MAX_CHARACTERS])
    assert len(words) <= MAX_CHARACTERS
