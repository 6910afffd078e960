"""No path leads out of a collection."""

from __future__ import annotations

import os
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trivet.sandbox.files.jail import (
    NotADirectoryHereError,
    PathMissingError,
    PathRefusedError,
    opened_below,
    opened_directory,
    parts_of,
    real_parts,
)
from trivet.sandbox.seed.reading import Seed
from trivet.sandbox.seed.settling import Settling

SECRET = "secret-outside"
PIECES = st.sampled_from(
    ["..", ".", "~", "", "in", "out", "up", "loop", "deep", "%2e%2e", "..%2f", "\\..", "\0", "etc", "é", " ", "…"]
)
PATHS = st.one_of(st.lists(PIECES, max_size=8).map("/".join), st.text(max_size=40))


@pytest.fixture(scope="module")
def collection():
    with tempfile.TemporaryDirectory() as place:
        yield _collection(_tree(Path(place).resolve()))


@pytest.fixture(scope="module")
def growing_collection():
    with tempfile.TemporaryDirectory() as place:
        yield _collection(_tree(Path(place).resolve()))


def _tree(outside):
    root = outside / "root"
    (outside / SECRET).mkdir()
    (root / "in" / "deep").mkdir(parents=True)
    (root / "file").write_text("x")
    (root / "out").symlink_to(outside / SECRET)
    (root / "up").symlink_to("../..")
    (root / "loop").symlink_to("loop")
    (root / "in" / "back").symlink_to("../in")
    (root / "in" / "sneaky").symlink_to(f"../../{SECRET}")
    return root


def _collection(root):
    seed = {
        "identity_providers": {"u": {"display_name": "U", "domain": "u.example"}},
        "people": {"ada": {"name": "Ada", "identities": [{"idp": "u", "username": "ada@u.example"}]}},
        "collections": {"c": {"display_name": "C", "owner": "ada", "root": str(root)}},
    }
    return Settling(Seed(seed), own=root.parent).inhabitants().collections["c"]


def _open(collection, path):
    """Return where *path* leads, or None if it is refused in one of the ways there are."""
    try:
        with opened_directory(collection, parts_of(path, "/")) as (fd, real):
            assert Path(f"/proc/self/fd/{fd}").resolve() == real
            return real
    except (PathRefusedError, PathMissingError, NotADirectoryHereError):
        return None


@given(path=PATHS)
def test_nothing_leads_outside(collection, path):
    """Whatever the path: it is refused, or what is opened is inside."""
    real = _open(collection, path)
    assert real is None or real.is_relative_to(collection.root)


@pytest.mark.parametrize(
    "path", ["..", "/..", "/in/../..", "~/..", "/in/../in", "\0", "/in\0", "a" * 5000, "/in/.trivet-partial-1"]
)
def test_refused_on_sight(path):
    """Going up, NULs, endless paths and files under construction are refused before any file system is asked."""
    with pytest.raises(PathRefusedError):
        parts_of(path, "/")


@pytest.mark.parametrize("path", ["/out", "/out/", "/in/sneaky", "/up", "/up/etc"])
def test_links_out_are_refused(collection, path):
    """A link that leaves is a refusal, and not a listing."""
    with pytest.raises((PathRefusedError, PathMissingError)), opened_directory(collection, parts_of(path, "/")):
        pass


def test_links_inside_are_followed(collection):
    """A link that stays inside works, also through itself several times."""
    assert _open(collection, "/in/back/back/deep") == collection.root / "in" / "deep"


@pytest.mark.parametrize("path", ["/loop", "/nothing", "/file/x", "/" + "n" * 300, "/\ud800"])
def test_missing(collection, path):
    """Circular links, unknown names, names below files, names too long or not writable: nothing there."""
    with pytest.raises(PathMissingError), opened_directory(collection, parts_of(path, "/")):
        pass


def test_percent_signs_are_plain_characters(collection):
    """Nothing is decoded a second time."""
    (collection.root / "%2e%2e").mkdir()
    assert _open(collection, "/%2e%2e") == collection.root / "%2e%2e"


def test_a_link_swapped_in_later_is_not_followed(tmp_path):
    """Between looking and opening, a directory turned into a link opens nothing, and makes nothing."""
    root = tmp_path.resolve() / "r"
    (root / "d").mkdir(parents=True)
    os.rename(root / "d", root / "moved")
    (root / "d").symlink_to(tmp_path)
    for parts, make in (("d",), False), (("d",), True), (("d", "new"), True):
        with pytest.raises(OSError, match=r"Not a directory|Too many levels"), opened_below(root, parts, make=make):
            pass
    assert not (tmp_path / "new").exists()


def test_directories_that_others_make_too(tmp_path):
    """Whoever makes the same directories at the same moment opens them all the same."""

    def make(number):
        together.wait()
        with opened_below(tmp_path, (str(number), "deep"), make=True):
            return True

    together = threading.Barrier(4)
    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(make, [number // 4 for number in range(400)]))


@pytest.mark.parametrize(
    ("path", "place"),
    [("/new/deep/file", "new/deep/file"), ("/in/back/new", "in/new"), ("/in/deep", "in/deep"), ("/loop/x", "loop/x")],
)
def test_what_is_not_there_yet_has_a_place(collection, path, place):
    """As much of a new path as exists is resolved; what does not is taken as it is said."""
    assert real_parts(collection, parts_of(path, "/"), may_be_new=True) == tuple(place.split("/"))


@pytest.mark.parametrize("path", ["/out/new", "/in/sneaky/new", "/up/new"])
def test_nothing_new_outside(collection, path):
    """A link that leaves leads to no new file either."""
    with pytest.raises(PathRefusedError):
        real_parts(collection, parts_of(path, "/"), may_be_new=True)


@given(path=PATHS)
def test_what_is_made_is_inside(growing_collection, path):
    """Directories made for any path are inside the collection, or it is refused; outside, nothing changes."""
    root = growing_collection.root
    with suppress(PathRefusedError, PathMissingError, OSError, ValueError):
        parts = real_parts(growing_collection, parts_of(path, "/"), may_be_new=True)
        with opened_below(root, parts, make=True) as fd:
            assert Path(f"/proc/self/fd/{fd}").resolve().is_relative_to(root)
    assert {each.name for each in root.parent.iterdir()} == {"root", SECRET}
    assert list((root.parent / SECRET).iterdir()) == []


def test_home_is_the_default_directory():
    """``~`` stands for the default directory, at the start of a path only."""
    assert parts_of("/~/a", "/x/y/") == ["x", "y", "a"]
    assert parts_of("~", "/x") == ["x"]
    assert parts_of("/a/~", "/x") == ["a", "~"]
    assert parts_of("", "/x") == []
