"""Directory listings over real files."""

from __future__ import annotations

import os

import pytest
import requests

from depot import transfer_token
from trivet.sandbox import Sandbox


@pytest.fixture
def list_laptop(globus, ask_transfer):
    def ask(**params):
        return ask_transfer(f"operation/endpoint/{globus.collections['laptop'].id}/ls", **params)

    return ask


def _names(response):
    return [entry["name"] for entry in response.json()["DATA"]]


def test_listing_is_the_real_directory(globus, list_laptop):
    """Names, types and sizes are those on disk, odd characters included."""
    root = globus.collections["laptop"].root
    entries = {entry["name"]: entry for entry in list_laptop(path="/field notes/").json()["DATA"]}
    assert set(entries) == {path.name for path in (root / "field notes").iterdir()}
    for name, entry in entries.items():
        assert (entry["type"], entry["size"]) == ("file", (root / "field notes" / name).stat().st_size)


def test_a_new_file_appears(globus, list_laptop):
    """Nothing is cached."""
    new = globus.collections["laptop"].root / "new.txt"
    new.write_text("x")
    try:
        assert "new.txt" in _names(list_laptop(path="/"))
    finally:
        new.unlink()
    assert "new.txt" not in _names(list_laptop(path="/"))


def test_without_a_path(globus, ask_transfer):
    """The default directory is listed, and called ``/~/``."""
    answer = ask_transfer(f"operation/endpoint/{globus.collections['survey'].id}/ls").json()
    assert (answer["path"], answer["absolute_path"]) == ("/~/", "/nights/")
    assert answer["total"] == 120


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("/", "/"),
        ("/figures", "/figures/"),
        ("/figures/", "/figures/"),
        ("//figures//.", "/figures/"),
        ("/~/figures", "/~/figures/"),
    ],
)
def test_path_comes_back_tidied(list_laptop, asked, shown):
    """The returned path ends in a slash."""
    assert list_laptop(path=asked).json()["path"] == shown


def test_hidden_files(list_laptop):
    """Shown by default, left out with ``show_hidden=0``."""
    assert ".hidden settings" in _names(list_laptop())
    assert ".hidden settings" not in _names(list_laptop(show_hidden=0))


def test_paging(globus, ask_transfer):
    """``limit`` and ``offset`` cut a piece out; ``total`` stays."""
    what = f"operation/endpoint/{globus.collections['survey'].id}/ls"
    answer = ask_transfer(what, limit=50, offset=100).json()
    assert (answer["length"], answer["total"], len(answer["DATA"])) == (20, 120, 20)
    assert answer["DATA"][0]["name"] == "night-101.csv"
    assert ask_transfer(what, offset=500).json()["length"] == 0


@pytest.mark.parametrize(
    "params",
    [
        {"limit": "0"},
        {"limit": "-1"},
        {"limit": "x"},
        {"limit": "100001"},
        {"limit": "²"},
        {"limit": "9" * 5000},
        {"offset": "-1"},
        {"orderby": "colour"},
        {"orderby": "name UP"},
        {"filter": "colour:red"},
        {"filter": "name"},
        {"filter": "size:big"},
        {"filter": "size:>-1"},
    ],
)
def test_parameters_that_mean_nothing(list_laptop, params):
    """400 BadRequest, never a guess."""
    response = list_laptop(**params)
    assert (response.status_code, response.json()["code"]) == (400, "BadRequest")


def test_a_file_is_no_directory(list_laptop):
    """Listing a file is a client error."""
    response = list_laptop(path="/README.txt")
    assert (response.status_code, response.json()["code"]) == (400, "ClientError.BadRequest")


def test_a_missing_directory(list_laptop):
    """404 ClientError.NotFound."""
    response = list_laptop(path="/nothing/here")
    assert (response.status_code, response.json()["code"]) == (404, "ClientError.NotFound")


def test_links(globus, list_laptop):
    """A link inside is what it points to and says where; one that leads out or nowhere is an ``invalid_symlink``."""
    root = globus.collections["laptop"].root
    links = {"in": "figures", "out": "/etc", "up": "../..", "gone": "nowhere", "self": "self"}
    for name, target in links.items():
        (root / f"link-{name}").symlink_to(target)
    try:
        found = {each["name"]: each for each in list_laptop(path="/", filter="name:~link-*").json()["DATA"]}
    finally:
        for name in links:
            (root / f"link-{name}").unlink()
    assert (found["link-in"]["type"], found["link-in"]["link_target"]) == ("dir", "/figures")
    for name in ("out", "up", "gone", "self"):
        assert (found[f"link-{name}"]["type"], found[f"link-{name}"]["link_target"]) == ("invalid_symlink", None)


def test_odd_things_in_a_directory(tmp_path):
    """A named pipe and an unreadable name do not trouble a listing."""

    os.mkfifo(tmp_path / "pipe")
    (tmp_path / os.fsdecode(b"bad-\xff-name")).write_text("x")
    with Sandbox() as own:
        root = own.collections["laptop"].root
        (root / "odd").symlink_to(tmp_path)
        os.rename(tmp_path / "pipe", root / "pipe")
        os.rename(tmp_path / os.fsdecode(b"bad-\xff-name"), root / os.fsdecode(b"bad-\xff-name"))
        token = transfer_token(own)
        address = f"{own.url}/v0.10/operation/endpoint/{own.collections['laptop'].id}/ls"
        answer = requests.get(address, headers={"Authorization": f"Bearer {token}"})
    types = {entry["name"]: entry["type"] for entry in answer.json()["DATA"]}
    assert (types["pipe"], types["odd"], types["bad-\udcff-name"]) == ("pipe", "invalid_symlink", "file")


def test_times_beyond_the_calendar(depot):
    """A file from the year 50,000 is listed, at the end of the calendar, and one from before 1970 at its beginning."""
    depot.fill({"late": "", "early": ""})
    os.utime(depot.root() / "late", (0, 1_500_000_000_000))
    os.utime(depot.root() / "early", (0, -1_000_000))
    entries = {each["name"]: each["last_modified"] for each in depot.client().operation_ls(depot.id("here"))}
    assert entries["early"] == "1970-01-01 00:00:00+00:00"
    assert entries["late"] <= "9999-12-31 23:59:59+00:00"


def test_filter_by_time(depot):
    """``last_modified`` from and to, as the SDK's documentation has it."""
    depot.fill({"old": "", "new": ""})
    os.utime(depot.root() / "old", (0, 1_000_000_000))
    found = depot.client().operation_ls(depot.id("here"), filter={"last_modified": ["", "2021-01-01"]})
    assert [each["name"] for each in found] == ["old"]
