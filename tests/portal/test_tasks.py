"""Transfers, and how they are getting on."""

from collections.abc import Callable

import pytest

from navigator import Navigator, Seen
from trivet.demo import Demo
from trivet.portal.tasks import Progress

SignIn = Callable[[str], Navigator]


@pytest.fixture
def begin(demo: Demo) -> Callable[..., Seen]:
    """Send Ada's README to her survey, and return the page of that transfer."""

    def send(browser: Navigator, **fields: str) -> Seen:
        collections = demo.sandbox.collections
        url = f"{demo.url}/collections/{collections['laptop'].id}/send?path=/"
        csrf = dict(browser.open(url).forms[-1].fields)["csrf_token"]
        fields = {"destination": collections["survey"].id, "folder": "/in", "csrf_token": csrf, **fields}
        return browser.open(url, method="POST", referrer=url, data={"item": "README.txt", **fields})

    return send


def words(seen: Seen) -> str:
    return " ".join(seen.text.split())


def test_progress_is_shown_until_the_end(ada: Navigator, demo: Demo, begin: Callable[..., Seen]) -> None:
    """While a transfer goes on, its page says how far it is and can be refreshed; afterwards it says how it ended."""
    with demo.sandbox.hold_files() as hold:
        page = begin(ada, label="Readme")
        hold.wait_until_reached()
        going = ada.open(page.url)
        assert "On its way 0 of 1 file so far, 0 B." in words(going)
        assert going.link("Refresh") in going.url
    demo.sandbox.wait_for_tasks()
    done = ada.open(page.url)
    assert "Done 1 file arrived" in words(done)
    assert not done.offers("Refresh")


def test_scripts_get_the_progress_alone(ada: Navigator, demo: Demo, begin: Callable[..., Seen]) -> None:
    """The same address answers in JSON to whoever prefers that, and caches are told."""
    page = begin(ada)
    demo.sandbox.wait_for_tasks()
    answer = ada.step(page.url, headers={"Accept": "application/json", "Sec-Fetch-Mode": "cors"})
    assert answer.json() == {
        "state": "Done",
        "sentence": "1 file arrived, 50 B.",
        "done": 1,
        "total": 1,
        "is_over": True,
    }
    assert {"Accept", "Cookie"} <= {each.strip() for each in answer.headers["Vary"].split(",")}


def test_transfers_are_listed(ada: Navigator, sign_in: SignIn, demo: Demo, begin: Callable[..., Seen]) -> None:
    """One's own transfers are listed, the latest first, each with a link to its page, and nobody else's."""
    first, second = begin(ada, label="First & only"), begin(ada)
    listed = ada.open(f"{demo.url}/transfers/")
    assert words(listed).index("Transfer without a label") < words(listed).index("First & only")
    assert demo.url + listed.link("First & only") == first.url
    assert demo.url + listed.link("Transfer without a label") == second.url
    grace = sign_in("grace")
    assert "will be listed here" in grace.open(f"{demo.url}/transfers/").text
    assert grace.open(first.url).status == 404


def test_transfers_that_are_not_there(ada: Navigator, demo: Demo) -> None:
    """An unknown transfer is a sentence and a way on."""
    seen = ada.open(f"{demo.url}/transfers/00000000-0000-4000-8000-000000000000")
    assert (seen.status, "There is no such transfer." in seen.text) == (404, True)
    assert seen.link("See your transfers") == "/transfers/"


@pytest.mark.parametrize(
    ("document", "state", "sentence", "is_over"),
    [
        ({"status": "ACTIVE"}, "On its way", "1 of 2 files so far, 10 B.", False),
        ({"status": "ACTIVE", "files": 0, "files_transferred": 0}, "On its way", "It has not begun yet.", False),
        ({"status": "ACTIVE", "is_paused": True}, "Held up", "It waits.", False),
        (
            {"status": "ACTIVE", "is_ok": False, "nice_status_short_description": "permission denied"},
            "Held up",
            "permission denied",
            False,
        ),
        (
            {"status": "INACTIVE", "nice_status_short_description": "credentials expired"},
            "Suspended",
            "credentials expired",
            False,
        ),
        ({"status": "SUCCEEDED"}, "Done", "1 file arrived, 10 B.", True),
        ({"status": "SUCCEEDED", "files_transferred": 0}, "Done", "There was nothing to carry.", True),
        (
            {"status": "FAILED", "fatal_error": {"code": "CANCELED", "description": "canceled"}},
            "Failed",
            "canceled",
            True,
        ),
        ({"status": "FAILED", "fatal_error": None}, "Failed", "It was not completed.", True),
    ],
)
def test_a_status_in_words(document: dict[str, object], state: str, sentence: str, is_over: bool) -> None:
    """Each status of Globus Transfer has a word and a sentence; only two of them are final."""
    whole = {"files": 2, "files_transferred": 1, "files_skipped": 0, "bytes_transferred": 10, **document}
    progress = Progress.of(whole)
    assert (progress.state, progress.sentence, progress.is_over) == (state, sentence, is_over)
