"""Somebody changes the directories while files are carried: nothing is read or written outside the collections."""

from __future__ import annotations

import contextlib
import os
import shutil
import threading
from contextlib import contextmanager

import pytest

SECRET = b"outside"


@contextmanager
def _swapping(directory, outside):
    """Make *directory* a link to *outside* and a directory again, over and over, whatever else happens to it."""
    aside, over = directory.parents[2] / "aside", threading.Event()
    steps = (
        lambda: os.rename(directory, aside),
        lambda: os.symlink(outside, directory),
        lambda: os.unlink(directory),
        lambda: os.rename(aside, directory),
    )

    def swap():
        while not over.is_set():
            for step in steps:
                with contextlib.suppress(OSError):
                    step()

    swapping = threading.Thread(target=swap)
    swapping.start()
    try:
        yield
    finally:
        over.set()
        swapping.join()
        if directory.is_dir() and not directory.is_symlink():
            shutil.rmtree(aside, ignore_errors=True)
        elif aside.exists():
            os.rename(aside, directory)


@pytest.fixture
def outside(tmp_path):
    (tmp_path / "x").write_bytes(SECRET)
    return tmp_path


def test_a_source_that_turns_into_a_link(depot, outside):
    """A directory that is now and then a link to somewhere else: none of what is there arrives."""
    depot.fill({"run/sub/x": b"inside", "run/sub/y": b"inside"})
    with _swapping(depot.root() / "run" / "sub", outside):
        for n in range(40):
            depot.transfer(("/run/sub", f"/{n}/directory"), ("/run/sub/x", f"/{n}/file"), skip_source_errors=True)
    assert SECRET not in depot.contents().values()
    depot.transfer(("/run/sub", "/last"))
    assert set(depot.contents().values()) == {b"inside"}


def test_a_destination_that_turns_into_a_link(depot, outside):
    """The same at the destination: nothing is written, replaced or deleted outside."""
    depot.fill({"run/sub/x": b"inside", "run/sub/z": b"inside"})
    (depot.root("there") / "run" / "sub").mkdir(parents=True)
    with _swapping(depot.root("there") / "run" / "sub", outside):
        for _ in range(40):
            depot.transfer(("/run", "/run"), ("/run/sub/x", "/run/sub/new"), delete_destination_extra=True)
    assert {path.name: path.read_bytes() for path in outside.iterdir()} == {"x": SECRET}
    assert depot.transfer(("/run", "/run"))["status"] == "SUCCEEDED"


def test_a_directory_to_delete_that_turns_into_a_link(depot, outside):
    """Deleting removes the directory, or the link, and never what the link leads to."""
    for _ in range(40):
        depot.fill({"run/sub/x": b"inside", "run/sub/deep/y": b"inside"})
        with _swapping(depot.root() / "run" / "sub", outside):
            depot.delete("/run/sub", recursive=True, ignore_missing=True)
    assert {path.name: path.read_bytes() for path in outside.iterdir()} == {"x": SECRET}
