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
    """
    A file or a folder.

    ``folder`` is its path when it can be opened, ``item`` what a form calls it when it can be sent elsewhere: its name,
    with a slash behind that of a folder. ``remark`` says what is unusual about it.
    """

    name: str
    folder: str | None
    item: str | None
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
            item=_item(document),
            size=document.get("size") if is_file else None,
            changed=_time(document.get("last_modified")),
            remark=_remark(document),
        )


@dataclass(frozen=True, slots=True)
class Folder:
    """A part of what one folder holds, as a page shows it."""

    collection: Collection
    path: str
    entries: list[Entry]
    paging: Paging


class CannotOpenError(Exception):
    """A folder cannot be shown. Where it is *collection* that cannot, that is None."""

    def __init__(self, why: Trouble, *, collection: Collection | None, path: str) -> None:
        super().__init__(why.title)
        self.why = why
        self.collection = collection
        self.path = path


@pages.get("/collections/<uuid:collection_id>/")
@globus.login_required
def browse(collection_id: UUID) -> str:
    folder = opened(globus.client(TransferClient), collection_id)
    return render_template("portal/files.html", **shown(folder.collection, folder.path), folder=folder)


@pages.app_errorhandler(CannotOpenError)
def explain(error: CannotOpenError) -> ResponseReturnValue:
    page = render_template("portal/folder.html", **shown(error.collection, error.path), trouble=error.why)
    return page, error.why.status


def asked_path() -> str:
    """Return the path in this request's query; empty when there is none."""
    asked = request.args.get("path", "")
    if len(asked) > paths.MAX_CHARACTERS:
        abort(400, "That path is too long to be a folder.")
    return asked


def opened(transfer: TransferClient, collection_id: UUID) -> Folder:
    """
    Return the folder that this request asks for.

    Raises:
        CannotOpenError: there is a sentence to say on why it cannot be.
    """
    asked = asked_path()
    try:
        document = transfer.get_endpoint(collection_id).data
    except TransferAPIError as error:
        raise CannotOpenError(trouble(error), collection=None, path="/") from error
    collection = Collection.from_document(document)
    path = paths.tidy(asked) if asked else paths.starting_folder(document.get("default_directory"))
    try:
        entries, paging = _listing(transfer, collection.id, path)
    except TransferAPIError as error:
        raise CannotOpenError(trouble(error), collection=collection, path=path) from error
    return Folder(collection, path, entries, paging)


def shown(collection: Collection | None, path: str) -> dict[str, Any]:
    """Return what ``portal/folder.html`` wants to know."""
    return {
        "collection": collection,
        "path": path,
        "crumbs": paths.crumbs(path),
        "hidden": 1 if _shows_hidden() else None,
    }


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


def _item(document: Mapping[str, Any]) -> str | None:
    name, kind = document["name"], document["type"]
    if kind not in {"file", "dir"} or name != clean(name) or "\n" in name or "\r" in name:
        return None  # browsers do not send line breaks as they are
    return f"{name}/" if kind == "dir" else str(name)
