"""Keep every path inside its collection's directory, whatever the path says and wherever symbolic links point.

A path is refused on sight if it goes up or holds a NUL. What is left is resolved, links included, and must still be
inside; then it is opened part by part without following links, so that a link planted in between opens nothing.
"""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from trivet.sandbox.files.partial import is_partial

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from trivet.sandbox.world.collections import Collection

MAX_PATH_CHARACTERS = 4096
HOME = "~"
OPEN_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class PathRefusedError(Exception):
    """The path leads outside the collection, or is no path at all."""


class PathMissingError(Exception):
    """There is nothing there."""


class NotADirectoryHereError(Exception):
    """There is something there, but it is no directory."""


def parts_of(path: str, default_directory: str) -> list[str]:
    """Return the names in *path* below the collection's root; ``~`` at its start is the default directory.

    Raises:
        PathRefusedError: it holds a NUL or ``..``, is far too long, or names a file that is still being written.
    """
    if "\0" in path or len(path) > MAX_PATH_CHARACTERS:
        raise PathRefusedError
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if parts and parts[0] == HOME:
        parts = [*parts_of(default_directory, "/"), *parts[1:]]
    if ".." in parts or any(is_partial(part) for part in parts):
        raise PathRefusedError
    return parts


def root_of(collection: Collection) -> Path:
    return Path(os.path.realpath(collection.root))


def resolve(root: Path, parts: Sequence[str]) -> Path:
    """Return the real place of *parts* below *root*, all links followed.

    Raises:
        PathRefusedError: it is outside *root*.
        PathMissingError: nothing is there, or its name cannot be a file name.
        PermissionError: the operating system does not let us look.
    """
    try:
        real = Path(os.path.realpath(os.path.join(root, *parts), strict=True))
    except PermissionError:
        raise
    except (OSError, ValueError):
        # A broken or circular link, or one whose target is outside and missing: nothing is there, as far as we say.
        raise PathMissingError from None
    if not real.is_relative_to(root):
        raise PathRefusedError
    return real


def real_parts(collection: Collection, parts: Sequence[str], *, may_be_new: bool = False) -> tuple[str, ...]:
    """Return the names that lead from the collection's root to the real place of *parts*, without a link among them.

    With *may_be_new*, as many of the last names as need be may not exist yet.

    Raises:
        PathRefusedError, PathMissingError, PermissionError: see ``resolve``.
    """
    root = root_of(collection)
    for known in range(len(parts), -1, -1):
        try:
            return (*resolve(root, parts[:known]).relative_to(root).parts, *parts[known:])
        except PathMissingError:
            if not may_be_new or known == 0:
                raise
    raise AssertionError("range() ends with 0")


@contextmanager
def opened_directory(collection: Collection, parts: Sequence[str]) -> Iterator[tuple[int, Path]]:
    """Open the directory *parts* and give its file descriptor and real path.

    Raises:
        PathRefusedError, PathMissingError, NotADirectoryHereError: there is no such directory in the collection.
        OSError: it cannot be opened.
    """
    root = root_of(collection)
    real = resolve(root, parts)
    if not real.is_dir():
        raise NotADirectoryHereError
    with opened_below(root, real.relative_to(root).parts) as fd:
        yield fd, real


@contextmanager
def opened_parent(collection: Collection, parts: Sequence[str]) -> Iterator[tuple[int, Path]]:
    """Open the directory that holds, or is to hold, the last of *parts*; see ``opened_directory``.

    Raises:
        PathRefusedError: *parts* is the collection itself, which is nobody's to change.
    """
    if not parts:
        raise PathRefusedError
    with opened_directory(collection, parts[:-1]) as opened:
        yield opened


@contextmanager
def opened_below(root: Path, parts: Sequence[str], *, make: bool = False) -> Iterator[int]:
    """Open the directory *parts* below *root* without following a link; with *make*, create what is missing.

    Raises:
        OSError: something there is a link, is no directory, or cannot be opened or made.
    """
    fd = os.open(root, OPEN_DIRECTORY)
    try:
        for part in parts:
            deeper = _open_or_make(part, fd) if make else os.open(part, OPEN_DIRECTORY, dir_fd=fd)
            os.close(fd)
            fd = deeper
        yield fd
    finally:
        os.close(fd)


def _open_or_make(name: str, fd: int) -> int:
    try:
        return os.open(name, OPEN_DIRECTORY, dir_fd=fd)
    except FileNotFoundError:
        with suppress(FileExistsError):  # another task has made it meanwhile
            os.mkdir(name, dir_fd=fd)
        return os.open(name, OPEN_DIRECTORY, dir_fd=fd)
