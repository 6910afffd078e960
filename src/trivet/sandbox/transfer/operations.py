"""What is done to files at once: ``stat``, ``mkdir`` and ``rename`` (Globus docs: Transfer API, File Operations)."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, Any

from trivet.sandbox.files.jail import HOME, PathMissingError, opened_directory, opened_parent, parts_of
from trivet.sandbox.transfer.file_document import described
from trivet.sandbox.transfer.refusals import refusals

if TYPE_CHECKING:
    from trivet.sandbox.world.collections import Collection


def stat_document(collection: Collection, path: str | None) -> dict[str, Any]:
    """Return the file document of *path*; without one, of the default directory.

    Raises:
        TransferError: 404 ``NotFound`` or 403, as the SDK's fixture ``operation_stat`` has it.
    """
    with refusals(operation="Stat", not_found="NotFound"):
        parts = parts_of(path or HOME, collection.default_directory)
        if not parts:
            return _root_document(collection)
        with opened_parent(collection, parts) as (fd, directory):
            document = described(collection, parts[-1], fd, directory)
        if document is None:
            raise PathMissingError
        return document


def _root_document(collection: Collection) -> dict[str, Any]:
    """Return the document of the collection itself, which has no parent to be found in and is called ``/``."""
    with opened_directory(collection, []) as (fd, directory):
        document = described(collection, ".", fd, directory)
    assert document is not None
    return {**document, "name": "/"}


def make_directory(collection: Collection, path: str) -> None:
    """Make one directory; the one above it has to be there.

    Raises:
        TransferError: 502 ``ExternalError.MkdirFailed.Exists`` if the name is taken, 404 or 403.
    """
    with refusals(operation="Mkdir"):
        parts = parts_of(path, collection.default_directory)
        with opened_parent(collection, parts) as (fd, _):
            os.mkdir(parts[-1], dir_fd=fd)


def rename(collection: Collection, old_path: str, new_path: str, *, may_replace: bool) -> None:
    """Give a file or directory another path in the same collection. A link is renamed itself, wherever it leads.

    Raises:
        TransferError: 404, 403, or 502 ``ExternalError.RenameFailed.Exists`` if the new path is taken.
    """
    with refusals(operation="Rename"):
        old, new = (parts_of(path, collection.default_directory) for path in (old_path, new_path))
        with opened_parent(collection, old) as (old_fd, _), opened_parent(collection, new) as (new_fd, _):
            if not _is_there(old[-1], old_fd):
                raise PathMissingError
            if not may_replace and _is_there(new[-1], new_fd):
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
            os.rename(old[-1], new[-1], src_dir_fd=old_fd, dst_dir_fd=new_fd)


def _is_there(name: str, fd: int) -> bool:
    try:
        os.stat(name, dir_fd=fd, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True
