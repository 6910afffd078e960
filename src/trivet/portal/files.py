"""The file browser: one folder of one collection."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from globus_sdk import TransferAPIError, TransferClient

from trivet.portal import paths
from trivet.portal.collections import Collection
from trivet.portal.extensions import globus
from trivet.portal.paging import Paging
from trivet.portal.text import clean
from trivet.portal.troubles import Trouble, trouble

PER_PAGE = 100

pages = Blueprint("files", __name__)


@dataclass(frozen=True, slots=True)
class Entry:
    """A file or a folder. ``folder`` is its path when it can be opened; ``remark`` says what is unusual about it."""

    name: str
    folder: str | None
    size: int | None
    changed: datetime | None
    remark: str

    @classmethod
    def from_document(cls, document: Mapping[str, Any], path: str) -> "Entry":
        name, kind = clean(document["name"]), document["type"]
        is_file = kind == "file"
        return cls(
            name=name,
            folder=paths.inside(path, name) if kind == "dir" else None,
            size=document.get("size") if is_file else None,
            changed=_time(document.get("last_modified")),
            remark=_remark(document),
        )


@pages.get("/collections/<uuid:collection_id>/")
@globus.login_required
def browse(collection_id: UUID) -> ResponseReturnValue:
    asked = request.args.get("path", "")
    if len(asked) > paths.MAX_CHARACTERS:
        abort(400, "That path is too long to be a folder.")
    transfer = globus.client(TransferClient)
    try:
        document = transfer.get_endpoint(collection_id).data
    except TransferAPIError as error:
        return _explain(error, collection=None, path="/")
    collection = Collection.from_document(document)
    path = paths.tidy(asked) if asked else paths.starting_folder(document.get("default_directory"))
    try:
        entries, paging = _listing(transfer, collection.id, path)
    except TransferAPIError as error:
        return _explain(error, collection=collection, path=path)
    return _page(collection, path, entries=entries, paging=paging)


def _listing(transfer: TransferClient, collection_id: str, path: str) -> tuple[list[Entry], Paging]:
    paging = Paging.asked_for(request.args, size=PER_PAGE)
    answer = transfer.operation_ls(
        collection_id,
        path,
        show_hidden=_shows_hidden(),
        orderby=["type", "name"],  # "dir" comes before "file"
        limit=paging.size,
        offset=paging.offset,
    )
    entries = [Entry.from_document(document, path) for document in answer]
    total = answer.get("total")
    more = paging.offset + len(entries) < total if isinstance(total, int) else len(entries) == paging.size
    return entries, paging.holding(len(entries), more=more)


def _explain(error: TransferAPIError, *, collection: Collection | None, path: str) -> ResponseReturnValue:
    found = trouble(error)
    if found is None:
        raise error
    return _page(collection, path, trouble=found), found.status


def _page(
    collection: Collection | None,
    path: str,
    *,
    entries: list[Entry] | None = None,
    paging: Paging | None = None,
    trouble: Trouble | None = None,
) -> str:
    return render_template(
        "portal/files.html",
        collection=collection,
        path=path,
        crumbs=paths.crumbs(path),
        entries=entries,
        paging=paging,
        trouble=trouble,
        shows_hidden=_shows_hidden(),
    )


def _shows_hidden() -> bool:
    return request.args.get("hidden") == "1"


def _time(value: object) -> datetime | None:
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _remark(document: Mapping[str, Any]) -> str:
    if document["type"] == "invalid_symlink":
        return "broken link"
    if document.get("link_target"):
        return f"link to {clean(document['link_target'])}"
    return "" if document["type"] in {"file", "dir"} else "special file"
