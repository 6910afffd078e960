"""No path leads out of a collection."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trivet.sandbox.seed.settling import Settling
from trivet.sandbox.transfer.jail import (
    NotADirectoryHereError,
    PathMissingError,
    PathRefusedError,
    opened_directory,
    parts_of,
)

SECRET = "secret-outside"
PIECES = st.sampled_from(
    ["..", ".", "~", "", "in", "out", "up", "loop", "deep", "%2e%2e", "..%2f", "\\..", "\0", "etc", "é", " ", "…"]
)
PATHS = st.one_of(st.lists(PIECES, max_size=8).map("/".join), st.text(max_size=40))


@pytest.fixture(scope="module")
def collection():
    with tempfile.TemporaryDirectory() as place:
        outside = Path(place).resolve()
        (outside / SECRET).mkdir()
        root = outside / "root"
        (root / "in" / "deep").mkdir(parents=True)
        (root / "file").write_text("x")
        (root / "out").symlink_to(outside / SECRET)
        (root / "up").symlink_to("../..")
        (root / "loop").symlink_to("loop")
        (root / "in" / "back").symlink_to("../in")
        (root / "in" / "sneaky").symlink_to(f"../../{SECRET}")
        yield _collection(root)


def _collection(root):
    seed = {
        "identity_providers": {"u": {"display_name": "U", "domain": "u.example"}},
        "people": {"ada": {"name": "Ada", "identities": [{"idp": "u", "username": "ada@u.example"}]}},
        "collections": {"c": {"display_name": "C", "owner": "ada", "root": str(root)}},
    }
    return Settling(seed, base=None, own=root.parent).inhabitants().collections["c"]


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


@pytest.mark.parametrize("path", ["..", "/..", "/in/../..", "~/..", "/in/../in", "\0", "/in\0", "a" * 5000])
def test_refused_on_sight(path):
    """Going up, NULs and endless paths are refused before any file system is asked."""
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


def test_a_link_swapped_in_later_is_not_followed(collection, tmp_path):
    """Between looking and opening, a directory turned into a link opens nothing."""
    from trivet.sandbox.transfer.jail import _open_without_links

    root = tmp_path.resolve() / "r"
    (root / "d").mkdir(parents=True)
    os.rename(root / "d", root / "moved")
    (root / "d").symlink_to("/etc")
    with pytest.raises(PathMissingError):
        _open_without_links(root, ("d",))


def test_home_is_the_default_directory():
    """``~`` stands for the default directory, at the start of a path only."""
    assert parts_of("/~/a", "/x/y/") == ["x", "y", "a"]
    assert parts_of("~", "/x") == ["x"]
    assert parts_of("/a/~", "/x") == ["a", "~"]
    assert parts_of("", "/x") == []
