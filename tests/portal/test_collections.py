"""Searching and listing collections."""

from collections.abc import Callable
from urllib.parse import quote, urljoin

import pytest

from navigator import Navigator
from trivet.demo import Demo


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("climate", ["Climate Model Archive"]),
        ("open data", ["Climate Model Archive", "Sky Survey, Data Release 3"]),
        ("nothing like this", []),
    ],
)
def test_search(ada: Navigator, demo: Demo, words: str, found: list[str]) -> None:
    """A search lists what matches all its words, for this person."""
    seen = ada.open(f"{demo.url}/collections/?q={quote(words)}")
    assert [name for name in ("Climate Model Archive", "Sky Survey, Data Release 3") if name in seen.text] == found
    assert ("No collection matches." in seen.text) == (not found)


def test_what_was_searched_for_is_only_text(ada: Navigator, demo: Demo) -> None:
    """Markup in a search is shown and not obeyed."""
    markup = "<img src=x onerror=alert(1)> \"'&"
    seen = ada.open(f"{demo.url}/collections/?q={quote(markup)}")
    assert "<img src=x" not in seen.response.text
    assert "<img src=x onerror=alert(1)>" in seen.text


def test_searches_that_are_none(ada: Navigator, demo: Demo) -> None:
    """Blanks alone, and words without end, are not sent to Globus."""
    assert "To begin, search for a word" in ada.open(f"{demo.url}/collections/?q=%20%20").text
    too_long = ada.open(f"{demo.url}/collections/?q={'x' * 201}")
    assert too_long.status == 200
    assert "200 characters" in too_long.text
    assert not any("x" * 201 in str(request) for request in demo.sandbox.requests)


def test_mine_lists_ones_own(sign_in: Callable[[str], Navigator], demo: Demo) -> None:
    """Each person sees the collections they own, and no others."""
    assert "Ada's laptop" in sign_in("ada").open(f"{demo.url}/collections/mine").text
    grace = sign_in("grace").open(f"{demo.url}/collections/mine").text
    assert "Climate Model Archive" in grace
    assert "Ada's laptop" not in grace
    assert "You have no collections of your own." in sign_in("zoe").open(f"{demo.url}/collections/mine").text


def test_collections_lead_to_their_files(ada: Navigator, demo: Demo) -> None:
    """The name of a collection opens it, and it is listed as visited from then on."""
    mine = ada.open(f"{demo.url}/collections/mine")
    assert ada.open(urljoin(mine.url, mine.link("Ada's laptop"))).status == 200
    recent = ada.open(f"{demo.url}/collections/").text
    assert "Visited recently" in recent
    assert "Ada's laptop" in recent
