"""What the operating system says of a file, in Transfer's codes."""

from __future__ import annotations

import errno
import os

import pytest

from trivet.sandbox.files.jail import NotADirectoryHereError, PathMissingError, PathRefusedError
from trivet.sandbox.files.troubles import CODES, DESCRIPTIONS, FileTrouble, blamed
from trivet.sandbox.script.carrying import FAULT_CODES


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OSError(errno.ENOENT, ""), "FILE_NOT_FOUND"),
        (OSError(errno.EACCES, ""), "PERMISSION_DENIED"),
        (OSError(errno.EROFS, ""), "PERMISSION_DENIED"),
        (OSError(errno.ENOSPC, ""), "NO_SPACE_LEFT"),
        (OSError(errno.EDQUOT, ""), "QUOTA_EXCEEDED"),
        (OSError(errno.EISDIR, ""), "IS_A_DIRECTORY"),
        (OSError(errno.ELOOP, ""), "INVALID_SYMLINK"),
        (OSError(errno.EIO, ""), "ENDPOINT_ERROR"),
        (OSError("no number"), "ENDPOINT_ERROR"),
        (PathRefusedError(), "PERMISSION_DENIED"),
        (PathMissingError(), "FILE_NOT_FOUND"),
        (NotADirectoryHereError(), "NOT_A_DIRECTORY"),
    ],
)
def test_each_failure_has_its_code(error, code):
    """Disk errors, refusals of the jail, names that are none: each is a trouble with a code, a side and a path."""
    with pytest.raises(FileTrouble) as caught, blamed("destination", "/a/b"):
        raise error
    assert (caught.value.code, caught.value.side) == (code, "destination")
    assert caught.value.details.startswith("destination: /a/b: ")


def test_names_that_cannot_be_written():
    """A name that no file system can have is an invalid path name."""
    with pytest.raises(FileTrouble) as caught, blamed("source", "/\ud800"):
        os.stat("/\ud800")
    assert caught.value.code == "INVALID_PATH_NAME"


def test_every_code_has_words():
    """Whatever can happen or be scripted is described."""
    assert {*CODES.values(), *FAULT_CODES} <= set(DESCRIPTIONS)
