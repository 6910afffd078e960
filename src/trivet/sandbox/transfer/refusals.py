"""What the file system and the jail refuse, in Transfer's words."""

from __future__ import annotations

import errno
from contextlib import contextmanager
from typing import TYPE_CHECKING

from trivet.sandbox.files.jail import NotADirectoryHereError, PathMissingError, PathRefusedError
from trivet.sandbox.transfer.errors import TransferError, bad_request

if TYPE_CHECKING:
    from collections.abc import Iterator

DENIED = (errno.EACCES, errno.EPERM, errno.EROFS)
EXISTS = (errno.EEXIST, errno.ENOTEMPTY)
MISSING = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP)
IMPOSSIBLE = (errno.EINVAL, errno.ENAMETOOLONG, errno.EXDEV, errno.EILSEQ)


@contextmanager
def refusals(*, operation: str, not_found: str = "ClientError.NotFound") -> Iterator[None]:
    """Turn what goes wrong in an operation on files into Transfer's errors.

    *operation* is its name in ``ExternalError.<operation>Failed`` codes; *not_found* is its code for 404.
    """
    try:
        yield
    except PathRefusedError:
        raise TransferError(403, "EndpointPermissionDenied", "Denied by endpoint: path not allowed") from None
    except NotADirectoryHereError:
        raise bad_request("The path is not a directory", "ClientError.BadRequest") from None
    except (PathMissingError, UnicodeEncodeError):
        raise _missing(not_found) from None
    except OSError as error:
        raise _refusal(error, operation, not_found) from None


def _missing(code: str) -> TransferError:
    return TransferError(404, code, "Path not found: No such file or directory")


def _refusal(error: OSError, operation: str, not_found: str) -> TransferError:
    if error.errno in DENIED:
        return TransferError(403, "EndpointPermissionDenied", "Denied by endpoint: Permission denied")
    if error.errno in EXISTS:
        return TransferError(502, f"ExternalError.{operation}Failed.Exists", "Path already exists")
    if error.errno in MISSING:
        return _missing(not_found)
    if error.errno in IMPOSSIBLE:
        return bad_request(f"The path cannot be used: {error.strerror}", "ClientError.BadRequest")
    return TransferError(502, f"ExternalError.{operation}Failed", f"Endpoint error: {error.strerror}")
