"""What a directory held at some moment, and how it comes to hold just that again."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

OWNER_MAY_ALL = 0o700

TRIES = 20
"""How often a directory is put back that does not hold still."""


@dataclass(frozen=True, slots=True)
class Found:
    """One file, link or directory, so that a change to it is seen. ``target`` is where a link leads.

    Times are in nanoseconds; a link's does not matter, nor does a directory's size.
    """

    mode: int
    size: int = 0
    changed: int = 0
    target: str | None = None

    @property
    def is_file(self) -> bool:
        return stat.S_ISREG(self.mode)

    @property
    def is_directory(self) -> bool:
        return stat.S_ISDIR(self.mode)


class Pristine:
    """*directory* with everything in it, as it is when this is made. Contents are kept in memory: make it small.

    A file of the same size, mode and date counts as unchanged.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = str(directory)
        self._found = dict(_look(self._directory))
        self._contents = {path: Path(path).read_bytes() for path, each in self._found.items() if each.is_file}

    def restore(self) -> None:
        """Put back what was changed since, and remove what was added; what is as it was is not touched.

        Somebody may still be at it, such as a request that nobody waits for: it is tried more than once.

        Raises:
            OSError: something cannot be removed, or written.
        """
        for _ in range(TRIES - 1):
            with suppress(OSError):
                return self._restore()
        return self._restore()

    def _restore(self) -> None:
        now = dict(_look(self._directory))
        if now == self._found:
            return
        for path, each in reversed(now.items()):
            kept = self._found.get(path)
            if kept != each and not (kept and kept.is_directory and each.is_directory):
                _remove(path, each)
        for path, each in self._found.items():
            if now.get(path) != each:
                self._put_back(path, each)
        for path, each in self._found.items():  # last, for each change of what is in it dates a directory
            if each.is_directory:
                _date(path, each)

    def _put_back(self, path: str, each: Found) -> None:
        if each.target is not None:
            os.symlink(each.target, path)
        elif each.is_directory:
            Path(path).mkdir(exist_ok=True)
            os.chmod(path, stat.S_IMODE(each.mode))
        else:
            Path(path).write_bytes(self._contents[path])
            os.chmod(path, stat.S_IMODE(each.mode))
            _date(path, each)


def _look(directory: str) -> Iterator[tuple[str, Found]]:
    """Yield *directory*, if it is there, and what is in it, each before what is in that. The locked are opened for it.

    No link is followed, not even where the directory itself was.
    """
    waiting = [directory]
    while waiting:
        path = waiting.pop()
        with suppress(FileNotFoundError):  # somebody removes it meanwhile
            status = os.lstat(path)
            if stat.S_ISLNK(status.st_mode):
                yield path, Found(status.st_mode, target=os.readlink(path))
            elif stat.S_ISDIR(status.st_mode):
                yield path, Found(status.st_mode, changed=status.st_mtime_ns)
                if status.st_mode & OWNER_MAY_ALL != OWNER_MAY_ALL:
                    os.chmod(path, stat.S_IMODE(status.st_mode) | OWNER_MAY_ALL)
                waiting.extend(os.path.join(path, name) for name in os.listdir(path))
            else:
                yield path, Found(status.st_mode, status.st_size, status.st_mtime_ns)


def _remove(path: str, each: Found) -> None:
    with suppress(FileNotFoundError):
        os.rmdir(path) if each.is_directory else os.unlink(path)


def _date(path: str, each: Found) -> None:
    os.utime(path, ns=(each.changed, each.changed))
