"""``operation/endpoint/<id>/ls``: one directory, filtered, ordered and cut into pages."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from trivet.sandbox.files.jail import HOME, opened_directory, parts_of
from trivet.sandbox.files.partial import is_partial
from trivet.sandbox.transfer.file_document import described
from trivet.sandbox.transfer.filtering import in_order, keep_matching, size_test, text_test, time_test
from trivet.sandbox.transfer.refusals import refusals
from trivet.sandbox.transfer.whole_numbers import whole_number

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

    from trivet.sandbox.world.collections import Collection

MAX_ENTRIES = 100_000

FILTERS = {
    "name": text_test,
    "type": text_test,
    "size": size_test,
    "last_modified": time_test,
    "user": text_test,
    "group": text_test,
    "permissions": text_test,
}


def listing_document(collection: Collection, args: MultiDict[str, str]) -> dict[str, Any]:
    """Return the directory listing that the query *args* asks for.

    Raises:
        TransferError: the path leads nowhere or outside, or a parameter means nothing.
    """
    limit = whole_number(args, "limit", default=MAX_ENTRIES, least=1, most=MAX_ENTRIES)
    offset = whole_number(args, "offset", default=0, least=0, most=MAX_ENTRIES)
    asked = args.get("path") or f"/{HOME}/"
    parts, documents = _entries(collection, asked)
    if args.get("show_hidden") in ("0", "false", "False"):
        documents = [each for each in documents if not each["name"].startswith(".")]
    documents = keep_matching(documents, args.getlist("filter"), FILTERS)
    documents = in_order(in_order(documents, "name", FILTERS), args.get("orderby") or "name", FILTERS)
    page = documents[offset : offset + limit]
    return {
        "DATA_TYPE": "file_list",
        "endpoint": collection.id,
        "path": shown_path(asked),
        "absolute_path": shown_path("/".join(parts)),
        "rename_supported": True,
        "symlink_supported": False,
        "length": len(page),
        "total": len(documents),
        "DATA": page,
    }


def _entries(collection: Collection, path: str) -> tuple[list[str], list[dict[str, Any]]]:
    with refusals(operation="DirListing"):
        parts = parts_of(path, collection.default_directory)
        with opened_directory(collection, parts) as (fd, real):
            names = [name for name in os.listdir(fd) if not is_partial(name)]
            found = [described(collection, name, fd, real) for name in names]
    return parts, [each for each in found if each is not None]


def shown_path(path: str) -> str:
    """Return *path* tidied: one slash between names, one at each end."""
    inner = "/".join(part for part in path.split("/") if part not in ("", "."))
    return f"/{inner}/" if inner else "/"
