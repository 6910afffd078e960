"""What goes wrong with a file, by the codes Transfer has for it (Globus docs: Task Events)."""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from trivet.sandbox.files.jail import NotADirectoryHereError, PathMissingError, PathRefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivet.sandbox.script.carrying import Side

DESCRIPTIONS = {
    "FILE_NOT_FOUND": "File not found",
    "PERMISSION_DENIED": "Permission denied",
    "IS_A_DIRECTORY": "Is a directory",
    "NOT_A_DIRECTORY": "Not a directory",
    "NOT_A_FILE": "Not a file",
    "INVALID_PATH_NAME": "Invalid path name",
    "INVALID_SYMLINK": "Invalid symlink",
    "NO_SPACE_LEFT": "No space left",
    "QUOTA_EXCEEDED": "Quota exceeded",
    "FILE_SIZE_CHANGED": "File size changed",
    "VERIFY_CHECKSUM": "Checksum verification failed",
    "EXTERNAL_CHECKSUM_MISMATCH": "External checksum mismatch",
    "ENDPOINT_ERROR": "Endpoint error",
    "CONNECTION_RESET": "Connection reset",
    "TIMEOUT": "Timeout",
}
"""The codes used here, of those that Transfer has."""

CODES = {
    errno.ENOENT: "FILE_NOT_FOUND",
    errno.EACCES: "PERMISSION_DENIED",
    errno.EPERM: "PERMISSION_DENIED",
    errno.EROFS: "PERMISSION_DENIED",
    errno.EISDIR: "IS_A_DIRECTORY",
    errno.ENOTDIR: "NOT_A_DIRECTORY",
    errno.ELOOP: "INVALID_SYMLINK",
    errno.ENAMETOOLONG: "INVALID_PATH_NAME",
    errno.EINVAL: "INVALID_PATH_NAME",
    errno.EILSEQ: "INVALID_PATH_NAME",
    errno.ENOSPC: "NO_SPACE_LEFT",
    errno.EDQUOT: "QUOTA_EXCEEDED",
}


class FileTrouble(Exception):
    """One file, or directory, could not be dealt with. ``side`` says on which collection, *path* where there."""

    def __init__(self, code: str, side: Side, path: str, reason: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.side: Side = side
        self.path = path
        self.description = DESCRIPTIONS[code]
        self.details = f"{side}: {path}: {reason or self.description}"


@contextmanager
def blamed(side: Side, path: str) -> Iterator[None]:
    """Turn what the jail and the operating system refuse into a FileTrouble on *side*."""
    try:
        yield
    except PathRefusedError:
        raise FileTrouble("PERMISSION_DENIED", side, path, "Path not allowed") from None
    except PathMissingError:
        raise FileTrouble("FILE_NOT_FOUND", side, path) from None
    except NotADirectoryHereError:
        raise FileTrouble("NOT_A_DIRECTORY", side, path) from None
    except UnicodeEncodeError:
        raise FileTrouble("INVALID_PATH_NAME", side, path) from None
    except OSError as error:
        code = CODES.get(error.errno or 0, "ENDPOINT_ERROR")
        raise FileTrouble(code, side, path, os.strerror(error.errno) if error.errno else None) from None
