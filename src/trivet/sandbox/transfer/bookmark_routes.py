"""Bookmarks: list, create, show, update and delete one's own (Globus docs: Collection Bookmarks)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import jsonify

from trivet.sandbox.transfer.admission import signed_in, visible_collection
from trivet.sandbox.transfer.body import Fields, body
from trivet.sandbox.transfer.errors import TransferError, bad_request, result_document
from trivet.sandbox.world.bookmarks import MAX_BOOKMARKS, Bookmark

if TYPE_CHECKING:
    from flask import Blueprint
    from flask.typing import ResponseReturnValue

    from trivet.sandbox.world import World
    from trivet.sandbox.world.people import Identity, Person


def add_bookmarks(routes: Blueprint, world: World) -> None:
    @routes.get("/bookmark_list")
    def bookmark_list() -> ResponseReturnValue:
        with world.lock:
            documents = [_document(each) for each in world.bookmarks.of(signed_in(world).grant.person.primary)]
        return jsonify({"DATA_TYPE": "bookmark_list", "DATA": documents})

    @routes.post("/bookmark")
    def create_bookmark() -> ResponseReturnValue:
        with world.lock:
            bookmark = _new(world, signed_in(world).grant.person, body())
            world.bookmarks.add(bookmark)
            return jsonify(_document(bookmark)), world.switches.bookmark_created_status

    @routes.get("/bookmark/<bookmark_id>")
    def show_bookmark(bookmark_id: str) -> ResponseReturnValue:
        with world.lock:
            return jsonify(_document(_own(world, bookmark_id)))

    @routes.put("/bookmark/<bookmark_id>")
    def update_bookmark(bookmark_id: str) -> ResponseReturnValue:
        with world.lock:
            bookmark = _own(world, bookmark_id)
            _update(world, bookmark, body())
            return jsonify(_document(bookmark))

    @routes.delete("/bookmark/<bookmark_id>")
    def delete_bookmark(bookmark_id: str) -> ResponseReturnValue:
        with world.lock:
            world.bookmarks.remove(_own(world, bookmark_id))
        return jsonify(result_document("result", "Deleted", "Bookmark deleted successfully"))


def _own(world: World, bookmark_id: str) -> Bookmark:
    bookmark = world.bookmarks.find(signed_in(world).grant.person.primary, bookmark_id)
    if bookmark is None:
        raise TransferError(404, "BookmarkNotFound", f"No bookmark found with id '{bookmark_id}'")
    return bookmark


def _document(bookmark: Bookmark) -> dict[str, Any]:
    return {
        "DATA_TYPE": "bookmark",
        "id": bookmark.id,
        "name": bookmark.name,
        "endpoint_id": bookmark.collection_id,
        "path": bookmark.path,
        "pinned": bookmark.pinned,
    }


def _new(world: World, person: Person, fields: Fields) -> Bookmark:
    """Return the bookmark that *fields* describe.

    Raises:
        TransferError: 400 for fields that mean nothing or too many bookmarks, 409 for a name that is taken.
    """
    fields.data_type("bookmark")
    name, path = _free_name(world, person.primary, fields), fields.path("path")
    collection = visible_collection(world, person, fields.text("endpoint_id"))
    if not path.endswith("/"):
        raise bad_request("path is that of a directory, and ends in a slash")
    if len(world.bookmarks.of(person.primary)) >= MAX_BOOKMARKS:
        raise bad_request(f"You have {MAX_BOOKMARKS} bookmarks already, which is as many as one can have")
    return Bookmark(person.primary, name, collection.id, path, fields.flag("pinned"))


def _free_name(world: World, owner: Identity, fields: Fields, own: Bookmark | None = None) -> str:
    name = fields.text("name")
    if "\n" in name or "\r" in name:
        raise bad_request("name has no line breaks")
    if world.bookmarks.named(owner, name) not in (None, own):
        raise TransferError(409, "Conflict", f"You have a bookmark named '{name}' already")
    return name


def _update(world: World, bookmark: Bookmark, fields: Fields) -> None:
    """Change name and pin; where a bookmark leads stays.

    Raises:
        TransferError: 400 for anything else that is to change, 409 for a name that is taken.
    """
    fields.data_type("bookmark")
    for name, value in (("id", bookmark.id), ("endpoint_id", bookmark.collection_id), ("path", bookmark.path)):
        if fields.optional_text(name) not in (None, value):
            raise bad_request(f"{name} of a bookmark cannot be changed")
    name = _free_name(world, bookmark.owner, fields, bookmark) if "name" in fields else bookmark.name
    pinned = fields.optional_flag("pinned")
    bookmark.name, bookmark.pinned = name, bookmark.pinned if pinned is None else pinned
