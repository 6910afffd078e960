"""Directories that come to hold again what they held at the beginning."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from depot import SEED
from trivet.sandbox import Sandbox
from trivet.sandbox.carrier.carriers import Carriers
from trivet.sandbox.control.reset import back_to_seed
from trivet.sandbox.files.pristine import Pristine

NAMES = st.sampled_from(["a", "b", "dir", "dir/a", "dir/deep", "dir/deep/a", "link", "new", "new/a"])
DEEDS = st.one_of(
    st.tuples(st.sampled_from(["remove", "mkdir", "lock", "touch"]), NAMES),
    st.tuples(st.sampled_from(["write", "link", "rename"]), NAMES, NAMES),
)


def _fill(root):
    (root / "dir" / "deep").mkdir(parents=True)
    (root / "a").write_text("a")
    (root / "dir" / "a").write_text("another")
    (root / "dir" / "deep" / "a").write_text("and another")
    (root / "link").symlink_to("dir/a")
    for path in root.rglob("*"):
        if not path.is_symlink():
            os.utime(path, (1_000_000, 1_000_000))


def _held(root):
    """Return all that can be told of *root* and what is in it."""
    return {
        str(path.relative_to(root)): (
            os.readlink(path) if path.is_symlink() else (path.stat().st_mode, path.stat().st_mtime_ns),
            path.read_bytes() if path.is_file() else None,
        )
        for path in [root, *root.rglob("*")]
    }


def _do(root, deed, name, other=""):
    path, another = root / name, root / other
    match deed:
        case "remove":
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
        case "mkdir":
            path.mkdir()
        case "lock":
            path.chmod(0)
        case "touch":
            path.touch()
        case "write":
            path.write_text(other)
        case "link":
            path.symlink_to(another)
        case "rename":
            path.rename(another)


@given(st.lists(DEEDS, max_size=8))
def test_whatever_was_done_is_undone(deeds):
    """Files, links and directories are as they were, contents, modes and times included, whatever came between."""
    with tempfile.TemporaryDirectory() as directory:
        root = Path(directory)
        _fill(root)
        before, pristine = _held(root), Pristine(root)
        for deed in deeds:
            with suppress(OSError):
                _do(root, *deed)
        pristine.restore()
        assert _held(root) == before


def test_what_lies_elsewhere_is_safe(tmp_path):
    """A link that leads out is removed, and nothing behind it."""
    root, elsewhere = tmp_path / "root", tmp_path / "elsewhere"
    root.mkdir()
    elsewhere.mkdir()
    (elsewhere / "mine").write_text("mine")
    pristine = Pristine(root)
    (root / "out").symlink_to(elsewhere)
    pristine.restore()
    assert list(root.iterdir()) == []
    assert (elsewhere / "mine").read_text() == "mine"


@pytest.mark.parametrize("instead", ["nothing", "file", "dangling", "elsewhere", "moved"])
def test_the_directory_itself_comes_back(tmp_path, instead):
    """It is as it was, whatever is in its place; where a link leads nothing changes, no mode of a directory either."""
    root, elsewhere = tmp_path / "root", tmp_path / "elsewhere"
    _fill(root)
    before, pristine = _held(root), Pristine(root)
    root.rename(elsewhere)
    (elsewhere / "dir").chmod(0o500)
    match instead:
        case "file":
            root.touch()
        case "dangling":
            root.symlink_to("nowhere")
        case "elsewhere" | "moved":
            root.symlink_to(elsewhere)
    if instead == "elsewhere":
        (elsewhere / "mine").write_text("mine")
    there = _held(elsewhere)
    pristine.restore()
    assert _held(root) == before
    assert _held(elsewhere) == there


def test_directories_in_directories(tmp_path):
    """However deep somebody has made them, they are removed."""
    pristine, path = Pristine(tmp_path), str(tmp_path)
    for _ in range(1500):
        path += "/x"
        os.mkdir(path)
    pristine.restore()
    assert list(tmp_path.iterdir()) == []


def test_somebody_is_still_at_it(tmp_path, monkeypatch):
    """What somebody removes meanwhile, such as a request that nobody waits for, comes back and makes nothing fail."""
    _fill(tmp_path)
    before, pristine, listed = _held(tmp_path), Pristine(tmp_path), os.listdir
    (tmp_path / "new").touch()

    def remove_meanwhile(path):
        if path == str(tmp_path / "dir" / "deep"):
            monkeypatch.undo()
            shutil.rmtree(tmp_path / "dir")
        return listed(path)

    monkeypatch.setattr(os, "listdir", remove_meanwhile)
    pristine.restore()
    assert os.listdir is listed
    assert _held(tmp_path) == before


def test_all_else_is_reset_when_files_are_not(globus, sign_in, tmp_path):
    """A file that cannot be put back leaves nobody signed in."""
    (tmp_path / "above" / "own").mkdir(parents=True)
    own_files = Pristine(tmp_path / "above" / "own")
    shutil.rmtree(tmp_path / "above")
    (tmp_path / "above").touch()
    sign_in()
    with pytest.raises(NotADirectoryError):
        back_to_seed(globus.world, Carriers(globus.world.carrying, tries=1, own_files=own_files))
    assert globus.tokens == []


def test_a_reset_puts_files_back(globus):
    """What a test has made, changed and removed in the built-in collections is undone for the next one."""
    laptop, survey = (globus.collections[name].root for name in ("laptop", "survey"))
    before = _held(laptop.parent)
    (laptop / "README.txt").unlink()
    (laptop / "mine.csv").write_text("1,2")
    shutil.rmtree(survey / "nights")
    globus.reset()
    assert _held(laptop.parent) == before


@pytest.mark.parametrize("how", ["root", "data_dir"])
def test_a_reset_touches_no_directory_of_yours(tmp_path, how):
    """What is in a directory that somebody has named is theirs."""
    mine = {**SEED["collections"]["here"], **({"root": str(tmp_path)} if how == "root" else {})}
    seed, data_dir = {**SEED, "collections": {"mine": mine}}, tmp_path if how == "data_dir" else None
    with Sandbox(seed, data_dir=data_dir) as globus:
        kept = globus.collections["mine"].root / "kept"
        kept.write_text("mine")
        globus.reset()
        assert kept.read_text() == "mine"
