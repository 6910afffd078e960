"""One file or directory as Transfer describes it (SDK fixture ``operation_stat``)."""

from __future__ import annotations

import os
import stat
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from trivet.sandbox.files.jail import PathMissingError, PathRefusedError, resolve, root_of

if TYPE_CHECKING:
    from pathlib import Path

    from trivet.sandbox.world.collections import Collection

TYPES = {
    stat.S_IFDIR: "dir",
    stat.S_IFREG: "file",
    stat.S_IFCHR: "chr",
    stat.S_IFBLK: "blk",
    stat.S_IFIFO: "pipe",
}
GROUP = "sandbox"
LAST_SECOND = 253_402_300_799
"""The end of the year 9999, epoch seconds."""


def described(collection: Collection, name: str, fd: int, directory: Path) -> dict[str, Any] | None:
    """Return the document of *name* in *directory*, open as *fd*, or None if there is no such name.

    A link inside the collection is described as what it points to, with ``link_...`` fields about the link. One
    that leads outside or nowhere is an ``invalid_symlink``, and nothing is said about its target.
    """
    try:
        found = os.stat(name, dir_fd=fd, follow_symlinks=False)
    except (OSError, UnicodeEncodeError):
        return None
    user = collection.owner.username.partition("@")[0]
    link: dict[str, Any] = dict.fromkeys(("link_target", "link_size", "link_user", "link_group", "link_last_modified"))
    kind = TYPES.get(stat.S_IFMT(found.st_mode), "other")
    if stat.S_ISLNK(found.st_mode):
        target = _target(collection, directory, name)
        kind = "invalid_symlink"
        link.update(link_size=found.st_size, link_user=user, link_group=GROUP, link_last_modified=_time(found))
        if target is not None:
            link["link_target"], found = target
            kind = TYPES.get(stat.S_IFMT(found.st_mode), "other")
    return {
        "DATA_TYPE": "file",
        "name": name,
        "type": kind,
        "size": found.st_size,
        "permissions": f"{stat.S_IMODE(found.st_mode):04o}",
        "last_modified": _time(found),
        "user": user,
        "group": GROUP,
        **link,
    }


def _target(collection: Collection, directory: Path, name: str) -> tuple[str, os.stat_result] | None:
    """Return where the link *name* leads inside the collection, and what is there."""
    root = root_of(collection)
    try:
        target = resolve(root, [*directory.relative_to(root).parts, name])
        return f"/{target.relative_to(root)}", os.stat(target, follow_symlinks=False)
    except (PathMissingError, PathRefusedError, OSError):
        return None


def _time(found: os.stat_result) -> str:
    """Return the time of the last change, UTC, with a space as Transfer writes it in directory entries."""
    seconds = min(max(int(found.st_mtime), 0), LAST_SECOND)  # file systems know stranger times than calendars do
    return datetime.fromtimestamp(seconds, UTC).isoformat(sep=" ")
