"""Directories with everything below them: look through them, and take them away."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from trivet.sandbox.files.jail import opened_below
from trivet.sandbox.files.listed import Listed, listed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path


def tree(root: Path, parts: Sequence[str]) -> Iterator[tuple[tuple[str, ...], Listed]]:
    """Yield the directory *parts* below *root* and those in it, each before what is in it. No link is followed.

    Raises:
        OSError: one of them cannot be listed.
    """
    ahead = [tuple(parts)]
    while ahead:
        here = ahead.pop()
        with opened_below(root, here) as fd:
            found = listed(fd)
        yield here, found
        ahead += [(*here, name) for name in found.directories]


def remove(root: Path, parts: Sequence[str], *, is_directory: bool) -> None:
    """Remove one file, link, or empty directory. A link is removed itself, wherever it leads.

    Raises:
        OSError: it cannot be removed.
    """
    with opened_below(root, parts[:-1]) as fd:
        (os.rmdir if is_directory else os.unlink)(parts[-1], dir_fd=fd)


def remove_tree(root: Path, parts: Sequence[str], *, before_each: Callable[[], object]) -> None:
    """Remove a directory with everything in it. *before_each* removal is called, and may raise to stop.

    Raises:
        OSError: something cannot be removed.
    """
    for here, found in reversed(list(tree(root, parts))):
        for name in (*found.files, *found.others, *found.partial):
            before_each()
            remove(root, (*here, name), is_directory=False)
        before_each()
        remove(root, here, is_directory=True)
