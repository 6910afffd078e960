"""Files under construction: written under a name of their own, and given their right name when they are whole.

A reader sees the old file or the new one, never half of one, even if this process is killed in between. What a killed
process leaves behind cannot be seen or named by clients, and goes when the next file is written into its directory. It
is not looked for at start: a collection may be somebody's whole home directory, too large to walk through each time.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PREFIX = ".trivet-partial-"


def is_partial(name: str) -> bool:
    return name.startswith(PREFIX)


@contextmanager
def partial_file(directory: int) -> Iterator[tuple[int, str]]:
    """Create an empty file in the open *directory*; give its descriptor and its name for the time being.

    Whoever has written it renames it. One that still has this name in the end is removed. The lock on it tells
    ``remove_abandoned`` that somebody is at work, and ends with this process, however that ends.
    """
    fd, name = _locked_file(directory)
    try:
        yield fd, name
    finally:
        os.close(fd)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name, dir_fd=directory)


def _locked_file(directory: int) -> tuple[int, str]:
    """Create a file and lock it; create another if ``remove_abandoned`` has come between the two."""
    while True:
        name = PREFIX + secrets.token_hex(8)
        fd = os.open(name, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666, dir_fd=directory)
        with contextlib.suppress(OSError):  # not every file system has locks; there, leftovers stay
            fcntl.flock(fd, fcntl.LOCK_EX)
        try:
            os.stat(name, dir_fd=directory)
        except FileNotFoundError:
            os.close(fd)
        else:
            return fd, name


def remove_abandoned(directory: int) -> None:
    """Remove from the open *directory* every file under construction that nobody works on any more."""
    for name in filter(is_partial, os.listdir(directory)):
        with contextlib.suppress(OSError):  # gone already, still locked, or not ours to remove
            fd = os.open(name, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=directory)
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                os.unlink(name, dir_fd=directory)
            finally:
                os.close(fd)
