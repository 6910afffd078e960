"""The file browser, on real directories."""

import os
from collections.abc import Callable
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, quote, urljoin, urlsplit

import pytest

from navigator import Navigator, Seen
from trivet.demo import Demo

ODD_NAMES = (
    "100% #1 ?&=+;",
    " spaces at both ends ",
    "données 王",
    "e\u0301 is two characters",
    "<b>bold & \"quotes\" 'here'",
    "back\\slash",
    "..almost up",
    "~",
    "new\nline",
    "\u202egnol.txt",
    "{{ 7 * 7 }}",
    "https:",
)


def names(seen: Seen) -> list[str]:
    """Return what the table lists, in order."""
    rows = seen.response.text.split('<th scope="row"')[1:]
    return [unescape(row.split("<bdi>")[1].split("</bdi>")[0]) for row in rows]


def folder_links(seen: Seen) -> dict[str, str]:
    """Return folder -> address."""
    rows = seen.response.text.split('<th scope="row"')[1:]
    return {
        unescape(row.split("<bdi>")[1].split("</bdi>")[0]): unescape(row.split('href="')[1].split('"')[0])
        for row in rows
        if "<a href=" in row.split("</th>")[0]
    }


@pytest.fixture
def laptop(demo: Demo) -> Path:
    return demo.sandbox.collections["laptop"].root


@pytest.fixture
def laptop_url(demo: Demo) -> str:
    return f"{demo.url}/collections/{demo.sandbox.collections['laptop'].id}/"


@pytest.fixture
def survey_url(demo: Demo) -> str:
    return f"{demo.url}/collections/{demo.sandbox.collections['survey'].id}/"


def test_folders_come_first(ada: Navigator, laptop_url: str) -> None:
    """Folders, then files, each by name, and hidden ones only on demand."""
    seen = ada.open(laptop_url)
    assert names(seen)[:3] == ["empty folder", "field notes", "figures"]
    assert names(seen)[3:] == ["README.txt", "latest.csv"]
    assert ".hidden settings" in names(ada.open(urljoin(laptop_url, seen.link("Show hidden files"))))


def test_odd_names_can_be_opened(ada: Navigator, laptop: Path, laptop_url: str) -> None:
    """Whatever a folder is called, it is shown as it is called, and its link opens it."""
    for number, name in enumerate(ODD_NAMES):
        (laptop / "odd" / name).mkdir(parents=True)
        (laptop / "odd" / name / f"inside {number}").touch()
    seen = ada.open(f"{laptop_url}?path=/odd&hidden=1")
    links = folder_links(seen)
    assert set(links) == set(ODD_NAMES)
    for number, name in enumerate(ODD_NAMES):
        inside = ada.open(urljoin(laptop_url, links[name]))
        assert inside.status == 200
        assert names(inside) == [f"inside {number}"]
        assert "<b>bold" not in inside.response.text


def test_names_that_are_no_text(ada: Navigator, laptop: Path, laptop_url: str) -> None:
    """A file name that is not Unicode breaks no page."""
    (laptop / "bytes").mkdir()
    os.close(os.open(os.fsencode(laptop / "bytes") + b"/\xff\xfe", os.O_CREAT))
    seen = ada.open(f"{laptop_url}?path=/bytes")
    assert seen.status == 200
    assert len(names(seen)) == 1


def test_long_listings_come_in_pages(ada: Navigator, survey_url: str) -> None:
    """120 nights are shown in two pages, and the links between them keep the rest of the address."""
    first = ada.open(f"{survey_url}?path=/nights/&hidden=1&tag=a%26b")
    assert len(names(first)) == 100
    second = ada.open(urljoin(survey_url, first.link("Next")))
    assert len(names(second)) == 20
    assert parse_qs(urlsplit(second.url).query) == {
        "path": ["/nights/"],
        "hidden": ["1"],
        "tag": ["a&b"],
        "page": ["2"],
    }
    assert names(ada.open(urljoin(survey_url, second.link("Previous")))) == names(first)


@pytest.mark.parametrize("page", ["0", "-1", "x", "", "99999999999999999999", "²", "1e3"])
def test_page_numbers_that_are_none(ada: Navigator, survey_url: str, page: str) -> None:
    """Anything but a page number is the first page."""
    assert len(names(ada.open(f"{survey_url}?page={page}"))) == 100


def test_a_page_beyond_the_end(ada: Navigator, survey_url: str) -> None:
    """Somebody who is too far on is told so, and can go back."""
    seen = ada.open(f"{survey_url}?page=999")
    assert seen.status == 200
    assert "There is nothing this far on." in seen.text


def test_links_to_other_pages_obey_nobody(ada: Navigator, survey_url: str) -> None:
    """Parameters that mean something to Flask do not turn a link into one that leads elsewhere."""
    seen = ada.open(f"{survey_url}?_scheme=javascript&_external=1&_anchor=x&endpoint=home.show&collection_id=1")
    assert seen.link("Next").startswith("/collections/")
    assert names(ada.open(urljoin(survey_url, seen.link("Next"))))


def test_a_collection_opens_at_its_default_folder(ada: Navigator, survey_url: str) -> None:
    """Where the owner wants visitors to begin is where they begin."""
    assert names(ada.open(survey_url))[0] == "night-001.csv"


def test_paths_that_lead_nowhere(ada: Navigator, laptop_url: str) -> None:
    """A missing folder, a file and a way out are explained, with the status that fits."""
    for path, status, sentence in (
        ("/no/such/folder", 404, "There is no such folder."),
        ("/README.txt", 400, "This cannot be shown as a folder."),
        ("/../../etc", 403, "You have no access to this folder."),
        ("/a\0b", 403, "You have no access to this folder."),
    ):
        seen = ada.open(f"{laptop_url}?path={quote(path)}")
        assert (seen.status, sentence in seen.text) == (status, True), path
        assert "Traceback" not in seen.response.text


def test_collections_that_are_not_there(ada: Navigator, demo: Demo) -> None:
    """An unknown collection and one that is closed to this person are told apart as Globus does."""
    unknown = ada.open(f"{demo.url}/collections/00000000-0000-4000-8000-000000000000/")
    assert unknown.status == 404
    assert "There is no such collection." in unknown.text
    closed = ada.open(f"{demo.url}/collections/{demo.sandbox.collections['embargoed'].id}/")
    assert closed.status == 403
    assert "You have no access to this collection." in closed.text
    assert ada.open(f"{demo.url}/collections/not-a-uuid/").status == 404


def test_globus_that_does_not_answer(ada: Navigator, demo: Demo, laptop_url: str) -> None:
    """An outage is a sentence and 503; when it is over, the same session goes on."""
    for fault in ({"status": 500}, {"status": 503}, {"drop": True}):
        demo.sandbox.fail("/v0.10/*", times=None, **fault)
        seen = ada.open(laptop_url)
        assert seen.status == 503
        assert "Globus is not answering" in seen.text
        demo.sandbox.clear_faults()
        assert ada.open(laptop_url).status == 200


def test_a_session_that_ended_meanwhile(
    ada: Navigator, sign_in: Callable[[str], Navigator], demo: Demo, laptop_url: str
) -> None:
    """When Globus has ended everything, the next click leads through signing in and back to the folder."""
    with demo.sandbox.world.lock:
        for token in demo.sandbox.world.tokens.all():
            token.revoked_because = "a test"
    assert ada.agree(ada.open(f"{laptop_url}?path=/figures/")).url == f"{laptop_url}?path=/figures/"
