"""Do a delete task: find what is to go, then remove file by file. No link is ever followed, only removed itself."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from fnmatch import fnmatchcase
from functools import partial
from typing import TYPE_CHECKING

from trivet.sandbox.carrier.pace import Subject
from trivet.sandbox.carrier.planning import shown
from trivet.sandbox.files.jail import PathMissingError, PathRefusedError, opened_below, parts_of, real_parts, root_of
from trivet.sandbox.files.listed import listed
from trivet.sandbox.files.trees import remove, tree
from trivet.sandbox.files.troubles import FileTrouble, blamed

if TYPE_CHECKING:
    from trivet.sandbox.carrier.pace import Pace
    from trivet.sandbox.files.listed import Listed
    from trivet.sandbox.world.orders import DeleteOrder
    from trivet.sandbox.world.tasks import Task

Parts = tuple[str, ...]
Doomed = tuple[Parts, bool]
"""Something that has to go, and whether it is a directory."""

GLOB_CHARACTERS = frozenset("*?[")


class Deletion:
    """One delete task. What goes wrong is in the task when ``run`` returns or raises TaskOverError."""

    def __init__(self, task: Task, order: DeleteOrder, pace: Pace) -> None:
        self._task = task
        self._order = order
        self._pace = pace
        self._root = root_of(order.source)

    def run(self) -> None:
        self._task.start()
        doomed: list[Doomed] = []
        for path in self._order.paths:
            doomed += self._pace.attempt(partial(self._look_for, path), Subject(path, "")) or []
        for parts, is_directory in doomed:
            path = shown(parts)
            self._pace.room(path, 0)
            self._pace.attempt(partial(self._remove, parts, is_directory), Subject(path, "", is_directory))
        self._task.succeed()

    def _look_for(self, path: str) -> list[Doomed]:
        """Return what has to go for *path* to be gone, in that order."""
        doomed: list[Doomed] = []
        with blamed("source", path):
            try:
                for parts in self._matches(path):
                    doomed += self._below(parts, path)
            except (PathMissingError, FileNotFoundError):
                if not self._order.ignore_missing:
                    raise
        with self._task.going_on() as counts:
            directories = sum(is_directory for _, is_directory in doomed)
            counts.files += len(doomed) - directories
            counts.directories += directories
            counts.subtasks_total += len(doomed)
            counts.subtasks_succeeded += 1
        return doomed

    def _matches(self, path: str) -> list[Parts]:
        """Return what *path* names: one thing that need not be there, or with a pattern whatever fits it."""
        parts = parts_of(path, self._order.source.default_directory)
        if not parts:
            raise PathRefusedError  # the collection itself is nobody's to delete
        above, last = real_parts(self._order.source, parts[:-1]), parts[-1]
        if not self._order.interpret_globs or not GLOB_CHARACTERS & set(last):
            return [(*above, last)]
        with opened_below(self._root, above) as fd:
            found = listed(fd)
        fitting = [(*above, name) for name in (*found.directories, *found.files, *found.others) if _fits(name, last)]
        if not fitting:
            raise PathMissingError
        return fitting

    def _below(self, parts: Parts, path: str) -> list[Doomed]:
        with opened_below(self._root, parts[:-1]) as fd:
            if not stat.S_ISDIR(os.stat(parts[-1], dir_fd=fd, follow_symlinks=False).st_mode):
                return [(parts, False)]
        if not self._order.recursive:
            raise FileTrouble("IS_A_DIRECTORY", "source", path, "It is a directory, and the task is not recursive")
        directories: list[tuple[Parts, Listed]] = []
        for each in tree(self._root, parts):
            self._pace.check()
            directories.append(each)
        doomed: list[Doomed] = []
        for here, found in reversed(directories):
            doomed += [((*here, name), False) for name in (*found.files, *found.others, *found.partial)]
            doomed.append((here, True))
        return doomed

    def _remove(self, parts: Parts, is_directory: bool) -> None:
        self._pace.strike(shown(parts), "source")
        with self._task.going_on() as counts, blamed("source", shown(parts)):
            with suppress(FileNotFoundError):  # somebody was quicker, or two paths of the order meant the same
                remove(self._root, parts, is_directory=is_directory)
            counts.subtasks_succeeded += 1


def _fits(name: str, pattern: str) -> bool:
    return fnmatchcase(name, pattern) and (not name.startswith(".") or pattern.startswith("."))
