"""Files under construction."""

from __future__ import annotations

import os
import threading

import pytest

from trivet.sandbox.files.partial import partial_file, remove_abandoned


@pytest.fixture
def directory(tmp_path):
    fd = os.open(tmp_path, os.O_RDONLY)
    yield fd
    os.close(fd)


def test_nobody_clears_away_what_is_being_written(directory, tmp_path):
    """Whoever looks for abandoned files, at whatever moment, leaves alone what somebody has just begun."""
    done = threading.Event()

    def clear():
        while not done.is_set():
            remove_abandoned(directory)

    clearing = threading.Thread(target=clear)
    clearing.start()
    try:
        for number in range(500):
            with partial_file(directory) as (_, name):
                os.rename(name, str(number), src_dir_fd=directory, dst_dir_fd=directory)
    finally:
        done.set()
        clearing.join()
    assert len(list(tmp_path.iterdir())) == 500


def test_closed_whatever_becomes_of_its_directory(directory, tmp_path):
    """Its descriptor is closed in the end, also if its name cannot be removed."""
    opened = []

    def write():
        with partial_file(directory) as (fd, name):
            opened.append(fd)
            (tmp_path / name).unlink()
            (tmp_path / name).mkdir()

    with pytest.raises(IsADirectoryError):
        write()
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(opened[0])
