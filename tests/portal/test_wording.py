"""Sizes, times, paths and permissions as people read them."""

import time
from datetime import UTC, datetime, timedelta, timezone

import pytest

from trivet.portal import paths
from trivet.portal.paging import Paging
from trivet.portal.services import permissions, service
from trivet.portal.text import clean
from trivet.portal.wording import file_size, how_long_until, machine_time, moment


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (99_949, "99.9 kB"),
        (99_950, "100 kB"),
        (999_949, "1000 kB"),
        (999_950, "1.0 MB"),
        (4_100_000_000, "4.1 GB"),
        (10**30, "1000000000000 EB"),
    ],
)
def test_file_sizes(size: int, words: str) -> None:
    """Three digits or so, in the unit that suits."""
    assert file_size(size) == words


def test_moments() -> None:
    """Times are told in UTC, whatever zone they came in, and the same to machines."""
    noon_in_chicago = datetime(2026, 3, 1, 12, 3, tzinfo=timezone(timedelta(hours=-6)))
    assert moment(noon_in_chicago) == "1 Mar 2026, 18:03 UTC"
    assert moment(datetime(2026, 3, 1, tzinfo=UTC).timestamp()) == "1 Mar 2026, 00:00 UTC"
    assert machine_time(noon_in_chicago) == "2026-03-01T18:03:00+00:00"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "less than a minute"),
        (61, "1 minute"),
        (3540, "59 minutes"),
        (5500, "2 hours"),
        (48 * 3600, "48 hours"),
        (6 * 86400, "6 days"),
    ],
)
def test_how_long(seconds: int, words: str) -> None:
    """How far off something is, in one unit."""
    assert how_long_until(time.time() + seconds + 0.5) == words


@pytest.mark.parametrize(
    ("path", "labels"),
    [
        ("/", []),
        ("", []),
        ("/a/b/", ["a", "b"]),
        ("a//b", ["a", "b"]),
        ("/~/x", ["Home folder", "x"]),
        ("/x/~/", ["x", "~"]),
    ],
)
def test_crumbs(path: str, labels: list[str]) -> None:
    """Each folder on the way down has a crumb, and the last one is the path itself."""
    trail = paths.crumbs(path)
    assert [crumb.label for crumb in trail] == labels
    assert [trail[-1].path] == [paths.tidy(path)] if trail else paths.tidy(path) == "/"


@pytest.mark.parametrize(
    ("default_directory", "start"),
    [("/nights/", "/nights/"), ("/nights", "/nights/"), (None, "/~/"), ("/{server_default}/", "/~/"), ("", "/~/")],
)
def test_where_to_begin(default_directory: object, start: str) -> None:
    """A collection opens at its default folder, or at home where only Globus knows it."""
    assert paths.starting_folder(default_directory) == start


def test_services_and_permissions() -> None:
    """What is known goes by its name, what is not by its own words."""
    assert service("transfer.api.globus.org").name == "Globus Transfer"
    assert service("elsewhere.example").name == "elsewhere.example"
    assert permissions(frozenset({"email", "openid", "https://x/y"})) == [
        "your identity",
        "your email address",
        "https://x/y",
    ]


def test_clean() -> None:
    """Text stays text; what cannot be written becomes a question mark, and what is no text nothing."""
    assert clean("données") == "données"
    assert clean("a\udcffb") == "a?b"
    assert clean(None) == clean(7) == ""


def test_paging_counts_from_one() -> None:
    """The second page of a hundred begins at the 101st."""
    paging = Paging.asked_for({"page": "2"}, size=100).holding(20, more=False)
    assert (paging.offset, paging.first, paging.last) == (100, 101, 120)


def test_a_deep_folder_has_few_crumbs() -> None:
    """However deep a folder, its page shows the nearest folders and one step further up, so it stays small."""
    trail = paths.crumbs("/" + "a/" * 2000)
    assert [crumb.label for crumb in trail] == ["…", *["a"] * paths.MAX_CRUMBS]
    assert trail[-1].path == "/" + "a/" * 2000
    assert trail[0].path == "/" + "a/" * (2000 - paths.MAX_CRUMBS)
