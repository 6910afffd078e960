"""Decide whether a file is copied at all (Globus docs: Task Submission, ``sync_level``)."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from trivet.sandbox.files.copying import Place, digest_of, opened_file
from trivet.sandbox.files.troubles import blamed

if TYPE_CHECKING:
    from collections.abc import Callable

    from trivet.sandbox.files.copying import Room

EXISTS, SIZE, MTIME, CHECKSUM = range(4)


def is_in_step(
    source: Place, destination: Place, level: int, *, algorithm: str, room: Room, hashed: Callable[[int], None]
) -> bool:
    """Say whether *destination* is good enough, by *level*, to leave it alone. *hashed* is told what was read.

    Raises:
        FileTrouble: one of the two cannot be read.
    """
    with blamed("destination", destination.path):
        there = _file_at(destination)
    if there is None or level == EXISTS:
        return there is not None
    with opened_file(source) as reading:
        here = os.fstat(reading)
        if level == MTIME:
            return here.st_mtime_ns <= there.st_mtime_ns
        if here.st_size != there.st_size or level == SIZE:
            return here.st_size == there.st_size
        with blamed("source", source.path):
            checksum = digest_of(reading, algorithm, room)
    hashed(here.st_size)
    with blamed("destination", destination.path), opened_file(destination, "destination") as copy:
        return digest_of(copy, algorithm, room) == checksum


def _file_at(place: Place) -> os.stat_result | None:
    """Return the status of the regular file at *place*; anything else does not count."""
    try:
        found = os.stat(place.name, dir_fd=place.directory, follow_symlinks=False)
    except FileNotFoundError:
        return None
    return found if stat.S_ISREG(found.st_mode) else None
