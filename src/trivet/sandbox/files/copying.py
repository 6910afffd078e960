"""Copy one file from an open directory to another, whole or not at all."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trivet.sandbox.files.partial import partial_file
from trivet.sandbox.files.troubles import FileTrouble, blamed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from trivet.sandbox.script.carrying import Side


ALGORITHMS = {name: name.lower().replace("-", "") for name in ("MD5", "SHA1", "SHA224", "SHA256", "SHA384", "SHA512")}
"""Checksum algorithms as Transfer writes them -> as hashlib does."""

Room = Callable[[int], int]
"""Given how many bytes are done, return how many more may be now. It may wait, and raise to give up."""


@dataclass(frozen=True)
class Place:
    """A *name* in an open *directory*. ``path`` is what to call it when something goes wrong."""

    directory: int
    name: str
    path: str


@dataclass(frozen=True)
class Copied:
    """One copied file: its *size* in bytes, and its checksum in hexadecimal if that was wanted."""

    size: int
    checksum: str | None


@contextmanager
def opened_file(place: Place, side: Side = "source") -> Iterator[int]:
    """Open a regular file for reading, and nothing else: no link, and no pipe that would never answer.

    Raises:
        FileTrouble: it is not there, not readable, or no file.
    """
    with blamed(side, place.path):
        fd = os.open(place.name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=place.directory)
    try:
        mode = os.fstat(fd).st_mode
        if not stat.S_ISREG(mode):
            raise FileTrouble("IS_A_DIRECTORY" if stat.S_ISDIR(mode) else "NOT_A_FILE", side, place.path)
        yield fd
    finally:
        os.close(fd)


@dataclass(frozen=True, kw_only=True)
class Copying:
    """How files are copied.

    *moved* is told of every piece. With an *algorithm*, the copy is read again and its checksum compared with the
    source's, and with the *expected* one.
    """

    room: Room
    moved: Callable[[int], None]
    algorithm: str | None
    expected: str | None
    preserve_timestamp: bool

    def copy(
        self, source: Place, destination: Place, committing: Callable[[Copied], AbstractContextManager[object]]
    ) -> None:
        """Copy a file. It takes its name within *committing* (what was copied), which may raise to prevent that.

        Raises:
            FileTrouble: what went wrong, and on which side.
        """
        with opened_file(source) as reading, blamed("destination", destination.path):
            mode = _mode_of_replaced(destination)
            with partial_file(destination.directory) as (writing, partial):
                before = os.fstat(reading)
                copied = self._copy_bytes(reading, writing, source)
                if (copied.size, before.st_mtime_ns) != (before.st_size, os.fstat(reading).st_mtime_ns):
                    raise FileTrouble("FILE_SIZE_CHANGED", "source", source.path)
                self._verify(writing, copied, destination)
                if mode is not None:
                    os.fchmod(writing, mode)
                if self.preserve_timestamp:
                    os.utime(writing, ns=(before.st_atime_ns, before.st_mtime_ns))
                with committing(copied):
                    there = destination.directory
                    os.rename(partial, destination.name, src_dir_fd=there, dst_dir_fd=there)

    def _copy_bytes(self, reading: int, writing: int, source: Place) -> Copied:
        digest = new_digest(self.algorithm) if self.algorithm else None
        size = 0
        while True:
            with blamed("source", source.path):
                chunk = os.read(reading, self.room(size))
            if not chunk:
                return Copied(size, digest.hexdigest() if digest else None)
            if digest:
                digest.update(chunk)
            write_all(writing, chunk)
            size += len(chunk)
            self.moved(len(chunk))

    def _verify(self, fd: int, copied: Copied, place: Place) -> None:
        if self.algorithm is None:
            return
        os.lseek(fd, 0, os.SEEK_SET)
        checksum = digest_of(fd, self.algorithm, self.room)
        if checksum != copied.checksum:
            raise FileTrouble("VERIFY_CHECKSUM", "destination", place.path)
        if self.expected is not None and checksum != self.expected.lower():
            raise FileTrouble("EXTERNAL_CHECKSUM_MISMATCH", "source", place.path)


def _mode_of_replaced(place: Place) -> int | None:
    """Return the permissions of the file that will be replaced, if there is one, having seen that it may be written."""
    try:
        mode = os.stat(place.name, dir_fd=place.directory, follow_symlinks=False).st_mode
    except FileNotFoundError:
        return None
    if stat.S_ISDIR(mode):
        raise FileTrouble("IS_A_DIRECTORY", "destination", place.path)
    if not stat.S_ISREG(mode):
        return None
    # Replacing needs only the directory's permission, but a file that is read-only was meant to be.
    os.close(os.open(place.name, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=place.directory))
    return stat.S_IMODE(mode)


def write_all(fd: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]


def digest_of(fd: int, algorithm: str, room: Room) -> str:
    """Return the checksum of what is left to read of *fd*, in hexadecimal."""
    digest, size = new_digest(algorithm), 0
    while chunk := os.read(fd, room(size)):
        digest.update(chunk)
        size += len(chunk)
    return digest.hexdigest()


def new_digest(algorithm: str) -> hashlib._Hash:
    """Return a fresh digest. MD5 and SHA-1 are Transfer's, against damage on the way and not against malice."""
    return hashlib.new(ALGORITHMS[algorithm], usedforsecurity=False)
