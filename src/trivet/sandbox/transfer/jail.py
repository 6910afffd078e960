"""Keep every path inside its collection's directory, whatever the path says and wherever symbolic links point.

A path is refused on sight if it goes up or holds a NUL. What is left is resolved, links included, and must still be
inside; then it is opened part by part without following links, so that a link planted in between opens nothing.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivet.sandbox.world.collections import Collection

MAX_PATH_CHARACTERS = 4096
HOME = "~"


class PathRefusedError(Exception):
    """The path leads outside the collection, or is no path at all."""


class PathMissingError(Exception):
    """There is nothing there."""


class NotADirectoryHereError(Exception):
    """There is something there, but it is no directory."""


def parts_of(path: str, default_directory: str) -> list[str]:
    """Return the names in *path* below the collection's root; ``~`` at its start is the default directory.

    Raises:
        PathRefusedError: it holds a NUL or ``..``, or is far too long.
    """
    if "\0" in path or len(path) > MAX_PATH_CHARACTERS:
        raise PathRefusedError
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if parts and parts[0] == HOME:
        parts = [*parts_of(default_directory, "/"), *parts[1:]]
    if ".." in parts:
        raise PathRefusedError
    return parts


def resolve(root: Path, parts: list[str]) -> Path:
    """Return the real place of *parts* below *root*, all links followed.

    Raises:
        PathRefusedError: it is outside *root*.
        PathMissingError: nothing is there, or its name cannot be a file name.
    """
    try:
        real = Path(os.path.realpath(os.path.join(root, *parts), strict=True))
    except (OSError, ValueError):
        # A broken or circular link, or one whose target is outside and missing: nothing is there, as far as we say.
        raise PathMissingError from None
    if not real.is_relative_to(root):
        raise PathRefusedError
    return real


@contextmanager
def opened_directory(collection: Collection, parts: list[str]) -> Iterator[tuple[int, Path]]:
    """Open the directory *parts* and give its file descriptor and real path.

    Raises:
        PathRefusedError, PathMissingError, NotADirectoryHereError: there is no such directory in the collection.
    """
    root = Path(os.path.realpath(collection.root))
    real = resolve(root, parts)
    if not real.is_dir():
        raise NotADirectoryHereError
    fd = _open_without_links(root, real.relative_to(root).parts)
    try:
        yield fd, real
    finally:
        os.close(fd)


@contextmanager
def opened_parent(collection: Collection, parts: list[str]) -> Iterator[tuple[int, Path]]:
    """Open the directory that holds, or is to hold, the last of *parts*; see ``opened_directory``.

    Raises:
        PathRefusedError: *parts* is the collection itself, which is nobody's to change.
    """
    if not parts:
        raise PathRefusedError
    with opened_directory(collection, parts[:-1]) as opened:
        yield opened


def _open_without_links(root: Path, parts: tuple[str, ...]) -> int:
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        fd = os.open(root, flags)
        for part in parts:
            try:
                deeper = os.open(part, flags, dir_fd=fd)
            finally:
                os.close(fd)
            fd = deeper
    except OSError:
        raise PathMissingError from None
    return fd
