"""What can be told from a request."""

import pytest

from trivet.request import Request

ORIGIN = "https://portal.example.org"


def asked(method: str = "GET", target: str = "/", **headers: str) -> Request:
    by_name = {name.replace("_", "-").lower(): value for name, value in headers.items()}

    class Headers:
        def get(self, name: str) -> str | None:
            return by_name.get(name.lower())

    return Request(method=method, target=target, host="portal.example.org", headers=Headers(), cookies={})


@pytest.mark.parametrize(
    ("headers", "page"),
    [
        ({"Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "document"}, True),
        ({"Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "iframe"}, False),
        ({"Sec_Fetch_Mode": "cors", "Sec_Fetch_Dest": "empty", "Accept": "text/html"}, False),
        ({"Sec_Fetch_Mode": "no-cors", "Sec_Fetch_Dest": "image"}, False),
        ({"Accept": "text/html,application/xhtml+xml"}, True),
        ({"Accept": "text/html", "X_Requested_With": "XMLHttpRequest"}, False),
        ({"Accept": "application/json"}, False),
        ({"Accept": "*/*"}, False),
        ({}, False),
    ],
)
def test_who_wants_a_page(headers: dict[str, str], page: bool) -> None:
    """Browsers that say what a request is for are believed; of others, those that ask for HTML get a page."""
    assert asked(**headers).wants_page() is page


@pytest.mark.parametrize(
    ("method", "headers", "may"),
    [
        ("GET", {"Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "document"}, True),
        ("POST", {"Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "document"}, True),
        ("GET", {}, True),
        ("HEAD", {"Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "document"}, False),
        ("GET", {"Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "document", "Sec_Purpose": "prefetch"}, False),
        ("GET", {"Sec_Fetch_Mode": "navigate", "Sec_Purpose": "prefetch;prerender"}, False),
        ("GET", {"Purpose": "prefetch"}, False),
        ("GET", {"Sec_Fetch_Mode": "no-cors", "Sec_Fetch_Dest": "image"}, False),
        ("GET", {"Sec_Fetch_Mode": "cors", "Sec_Fetch_Dest": "empty"}, False),
        ("GET", {"Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "iframe"}, False),
    ],
)
def test_what_may_start_or_end_something(method: str, headers: dict[str, str], may: bool) -> None:
    """Only a navigation of a whole tab may; not ``HEAD``, an image, a script, a frame, nor a guess of the browser."""
    assert asked(method, **headers).may_act() is may


@pytest.mark.parametrize(
    ("headers", "ours"),
    [
        ({"Sec_Fetch_Site": "same-origin"}, True),
        ({"Sec_Fetch_Site": "same-origin", "Origin": "null"}, True),
        ({"Sec_Fetch_Site": "same-site", "Origin": ORIGIN}, False),
        ({"Sec_Fetch_Site": "cross-site", "Origin": ORIGIN}, False),
        ({"Sec_Fetch_Site": "none"}, False),
        ({"Origin": ORIGIN}, True),
        ({"Origin": "https://evil.com", "Referer": f"{ORIGIN}/x"}, False),
        ({"Origin": "null"}, False),
        ({"Referer": f"{ORIGIN}/page"}, True),
        ({"Referer": f"{ORIGIN}.evil.com/page"}, False),
        ({}, False),
    ],
)
def test_where_a_request_comes_from(headers: dict[str, str], ours: bool) -> None:
    """The browser's word on where a request comes from counts; no word means: from elsewhere."""
    assert asked("POST", **headers).comes_from(ORIGIN) is ours


def test_a_parameter_sent_twice_is_no_parameter() -> None:
    """RFC 6749, section 3.1: parameters must not be repeated; whoever does gets no say."""
    assert asked(target="/cb?state=a&code=x").parameter("state") == "a"
    assert asked(target="/cb?state=a&state=b").parameter("state") is None
    assert asked(target="/cb").parameter("state") is None


def test_the_referring_page_is_known_if_it_is_ours() -> None:
    """The page a request was made from is told as path and query; somebody else's page is not."""
    assert asked(Referer=f"{ORIGIN}/form?x=1").referring_target(ORIGIN) == "/form?x=1"
    assert asked(Referer="https://evil.com/form").referring_target(ORIGIN) is None
    assert asked(Referer=f"{ORIGIN}.evil.com/form").referring_target(ORIGIN) is None
