"""What is in a directory, told apart by what can be done with it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trivet.sandbox.files.partial import is_partial

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class Listed:
    """The names in one directory. ``others`` are links, pipes, devices and the like; links are not followed."""

    directories: tuple[str, ...]
    files: tuple[str, ...]
    others: tuple[str, ...]
    partial: tuple[str, ...]


def listed(directory: int) -> Listed:
    """Return what is in the open *directory*, in order of name."""
    directories, files, others, partial = [], [], [], []
    with os.scandir(directory) as entries:
        for entry in entries:
            if is_partial(entry.name):
                partial.append(entry.name)
            elif entry.is_dir(follow_symlinks=False):
                directories.append(entry.name)
            elif entry.is_file(follow_symlinks=False):
                files.append(entry.name)
            else:
                others.append(entry.name)
    return Listed(*map(_in_order, (directories, files, others, partial)))


def _in_order(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(names))
