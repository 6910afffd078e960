"""Sending files from one collection to another, and finding out how it went."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin

import pytest

from navigator import Navigator, Seen
from trivet.demo import Demo

SignIn = Callable[[str], Navigator]
Fields = dict[str, str | list[str]]


@pytest.fixture
def ids(demo: Demo) -> dict[str, str]:
    return {name: collection.id for name, collection in demo.sandbox.collections.items()}


@pytest.fixture
def send_url(demo: Demo, ids: dict[str, str]) -> Callable[..., str]:
    def of(name: str = "laptop", path: str = "/") -> str:
        return f"{demo.url}/collections/{ids[name]}/send?path={quote(path)}"

    return of


def fill_in(browser: Navigator, page: Seen, **fields: Any) -> Seen:
    """Send the form in view with *fields* instead of what it says by itself."""
    form = page.forms[-1]
    own = {name: value for name, value in form.fields if name != "item"}
    return browser.open(urljoin(page.url, form.action), method="POST", referrer=page.url, data={**own, **fields})


def root(demo: Demo, name: str) -> Path:
    return demo.sandbox.collections[name].root


def complaints(seen: Seen) -> list[str]:
    return re.findall(r'<p class="wrong"[^>]*>([^<]*)</p>', seen.response.text)


def is_as_filled_in(seen: Seen, items: list[str], **texts: str) -> bool:
    """Tell whether the form in view still says what was filled in."""
    html = seen.response.text
    ticked = [value for value in items if re.search(rf'value="{re.escape(value)}"[^>]* checked', html)]
    return ticked == items and all(f'value="{value}"' in html for value in texts.values())


def test_files_and_folders_arrive(ada: Navigator, demo: Demo, ids: dict[str, str]) -> None:
    """What was ticked in a folder is on the other collection afterwards, and the page of the transfer says so."""
    folder = ada.open(f"{demo.url}/collections/{ids['laptop']}/?path=/")
    page = ada.open(urljoin(folder.url, folder.link("Send files from here")))
    seen = fill_in(
        ada, page, item=["figures/", "README.txt"], destination=ids["survey"], folder="from the field", label="Spring"
    )
    assert seen.url.startswith(f"{demo.url}/transfers/")
    assert len(seen.hops) == 1
    demo.sandbox.wait_for_tasks()
    done = ada.open(seen.url).text
    assert "Spring" in done
    assert "Done 3 files arrived" in " ".join(done.split())
    for name in ("README.txt", "figures/100% 'final'.txt", "figures/a & b <draft>.svg"):
        assert (root(demo, "survey") / "from the field" / name).read_bytes() == (
            root(demo, "laptop") / name
        ).read_bytes()


def test_odd_names_can_be_sent(ada: Navigator, demo: Demo, ids: dict[str, str], send_url: Callable[..., str]) -> None:
    """Whatever a file or its folder is called, it arrives by that name; what a form cannot carry has no box."""
    odd = ["100% #1 ?&=+;", " both ends ", "données 王", "..almost up", '<b>&"quotes"', "back\\slash", "~"]
    folder = root(demo, "laptop") / " odd\n&folder? "
    folder.mkdir()
    for name in [*odd, "new\nline"]:
        (folder / name).write_text(name)
    page = ada.open(f"{send_url(path='/ odd' + chr(10) + '&folder? /')}&hidden=1")
    offered = [value for name, value in page.forms[-1].fields if name == "item"]
    assert sorted(offered) == sorted(odd)
    fill_in(ada, page, item=offered, destination=ids["survey"], folder="/odd/")
    demo.sandbox.wait_for_tasks()
    assert {each.name: each.read_text() for each in (root(demo, "survey") / "odd").iterdir()} == dict(
        zip(odd, odd, strict=True)
    )


@pytest.mark.parametrize(
    ("changed", "status", "sentence"),
    [
        ({"item": []}, 400, "Tick what you want to send."),
        ({"item": ["../secret"]}, 400, "That is not in this folder."),
        ({"item": [".."]}, 400, "That is not in this folder."),
        ({"item": ["/"]}, 400, "That is not in this folder."),
        ({"destination": ""}, 400, "Choose a collection."),
        ({"destination": "nowhere"}, 400, "That is no collection."),
        ({"destination": "00000000-0000-4000-8000-000000000000"}, 404, "There is no such collection."),
        ({"destination": "climate"}, 403, "You may not send this there."),
        ({"destination": "embargoed"}, 403, "You have no access to this collection."),
        ({"folder": "  "}, 400, "Say which folder, such as /~/ for your home folder."),
        ({"folder": "/x" * 3000}, 400, "That path is too long to be a folder."),
        ({"label": "x" * 129}, 400, "A label has 128 characters at most."),
        ({"destination": "laptop", "folder": "/"}, 400, "That is where it is already."),
        ({"destination": "laptop", "folder": "figures/old"}, 400, "A folder cannot be sent into itself."),
    ],
)
def test_what_cannot_be_sent_is_said(
    ada: Navigator,
    demo: Demo,
    ids: dict[str, str],
    send_url: Callable[..., str],
    changed: Fields,
    status: int,
    sentence: str,
) -> None:
    """What is missing or makes no sense is said beside the form, nothing has to be filled in again, nothing is sent."""
    fields: Fields = {"item": ["figures/"], "destination": "survey", "folder": "/in/", "label": "Spring"} | changed
    fields["destination"] = ids.get(str(fields["destination"]), fields["destination"])
    seen = fill_in(ada, ada.open(send_url()), **fields)
    assert (seen.status, seen.url) == (status, send_url())
    assert sentence in seen.text
    if not changed.keys() & {"item", "folder", "label"}:
        assert is_as_filled_in(seen, ["figures/"], folder="/in/", label="Spring")
    assert "What you send from one collection" in ada.open(f"{demo.url}/transfers/").text


def test_a_permission_is_asked_for_on_the_way(
    sign_in: SignIn, demo: Demo, ids: dict[str, str], send_url: Callable[..., str]
) -> None:
    """A destination that wants data_access gets it: Grace agrees, clicks once, and it is sent as she filled it in."""
    grace = sign_in("grace")
    page = grace.open(send_url("climate"))
    fields = {"item": ["README.txt", "control/"], "destination": ids["tape"], "folder": "/in", "label": "Runs & means"}
    asked = fill_in(grace, page, **fields)
    assert "What you sent is kept until you come back." in asked.text
    shown = grace.agree(asked, "grace")
    assert "Runs & means" in shown.text
    assert shown.link("Do not send it") == page.url
    seen = grace.press(shown)
    assert seen.url.startswith(f"{demo.url}/transfers/")
    demo.sandbox.wait_for_tasks()
    assert (root(demo, "tape") / "in" / "README.txt").exists()
    assert len(list((root(demo, "tape") / "in" / "control").iterdir())) > 0


def test_a_permission_for_the_source_too(
    sign_in: SignIn, demo: Demo, ids: dict[str, str], send_url: Callable[..., str]
) -> None:
    """When the permission to read was taken back while the form was open, it is asked for like any other."""
    sign_in("ada").sign_in(send_url("tape"))  # where she agrees to it
    ada = sign_in("ada")
    page = ada.open(send_url("tape"))
    item = next(value for name, value in page.forms[-1].fields if name == "item")
    demo.sandbox.rescind("ada", "portal", f"https://auth.globus.org/scopes/{ids['tape']}/data_access")
    shown = ada.agree(fill_in(ada, page, item=[item], destination=ids["laptop"], folder="/in"))
    assert ada.press(shown).url.startswith(f"{demo.url}/transfers/")


def test_what_has_vanished_is_told_by_the_transfer(
    ada: Navigator, demo: Demo, ids: dict[str, str], send_url: Callable[..., str]
) -> None:
    """A file that was deleted while the form was open makes a transfer that says why it failed."""
    page = ada.open(send_url())
    (root(demo, "laptop") / "README.txt").unlink()
    seen = fill_in(ada, page, item=["README.txt"], destination=ids["survey"], folder="/in")
    demo.sandbox.wait_for_tasks()
    assert "Failed" in ada.open(seen.url).text


def test_nothing_is_sent_twice(ada: Navigator, demo: Demo, ids: dict[str, str], send_url: Callable[..., str]) -> None:
    """A second click on the same form leads to the transfer that the first one has begun, and says so."""
    page = ada.open(send_url())
    first, second = (fill_in(ada, page, item=["README.txt"], destination=ids["survey"], folder="/in/") for _ in "12")
    assert second.url == f"{first.url}?again=1"
    assert ("not taken it twice" in first.text, "not taken it twice" in second.text) == (False, True)
    assert fill_in(ada, ada.open(send_url()), item=["README.txt"], destination=ids["survey"]).url not in second.url


def test_an_outage_loses_nothing(ada: Navigator, demo: Demo, ids: dict[str, str], send_url: Callable[..., str]) -> None:
    """When Globus does not answer, what was filled in is still there, and goes out at one click once it does."""
    fault = demo.sandbox.fail("/v0.10/transfer", times=None)
    page = ada.open(send_url())
    fields = {"item": ["README.txt", "figures/"], "destination": ids["survey"], "folder": "/in/", "label": "Spring"}
    seen = fill_in(ada, page, **fields)
    assert (seen.status, "It is still on this page." in seen.text) == (503, True)
    assert ada.press(seen).status == 503
    demo.sandbox.clear_fault(fault.id)
    assert "Spring" in ada.press(seen).text


def test_a_lost_answer_sends_nothing_twice(
    ada: Navigator, demo: Demo, ids: dict[str, str], send_url: Callable[..., str]
) -> None:
    """When Globus has taken what was sent and nobody learned of it, sending it again leads to that one transfer."""
    demo.sandbox.fail("/v0.10/transfer", lose_answer=True, times=None)
    fields = {"item": ["README.txt"], "destination": ids["survey"], "folder": "/in/", "label": "Once"}
    seen = fill_in(ada, ada.open(send_url()), **fields)
    assert seen.status == 503
    demo.sandbox.clear_faults()
    assert "not taken it twice" in ada.press(seen).text
    assert ada.open(f"{demo.url}/transfers/").text.count("Once") == 1


def test_a_submission_id_that_is_none_does_not_matter(
    ada: Navigator, ids: dict[str, str], send_url: Callable[..., str], demo: Demo
) -> None:
    """Whatever a browser makes of the hidden field, what was filled in is sent, or complained about, as ever."""
    page = ada.open(send_url())
    fields = {"item": ["README.txt"], "destination": ids["survey"], "submission_id": "'; --"}
    assert complaints(fill_in(ada, page, **fields, folder=" "))
    assert fill_in(ada, page, **fields, folder="/in/").url.startswith(f"{demo.url}/transfers/")


def test_forged_forms_send_nothing(
    ada: Navigator, demo: Demo, ids: dict[str, str], send_url: Callable[..., str]
) -> None:
    """A form without the token of the page is refused."""
    fields = {"item": ["README.txt"], "destination": ids["survey"], "folder": "/in"}
    assert ada.open(send_url(), method="POST", referrer="https://evil.com/", data=fields).status == 400
    assert "What you send from one collection" in ada.open(f"{demo.url}/transfers/").text


def test_a_collection_that_is_not_there(ada: Navigator, demo: Demo) -> None:
    """The form of an unknown collection is explained as the collection itself is."""
    seen = ada.open(f"{demo.url}/collections/00000000-0000-4000-8000-000000000000/send")
    assert (seen.status, "There is no such collection." in seen.text) == (404, True)
