"""Transfer, version 0.10: which path is answered by whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, jsonify, request

from trivet.sandbox.http.absent import answer_absent
from trivet.sandbox.transfer.admission import admit, signed_in, visible_collection
from trivet.sandbox.transfer.body import body
from trivet.sandbox.transfer.bookmark_routes import add_bookmarks
from trivet.sandbox.transfer.endpoint_document import endpoint_document
from trivet.sandbox.transfer.errors import TransferError, error_response, result_document
from trivet.sandbox.transfer.filtering import only_fields
from trivet.sandbox.transfer.listing import listing_document
from trivet.sandbox.transfer.operations import make_directory, rename, stat_document
from trivet.sandbox.transfer.search import search
from trivet.sandbox.transfer.submission_routes import add_submission
from trivet.sandbox.transfer.task_routes import add_tasks
from trivet.sandbox.world.room import FullError

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from trivet.sandbox.carrier.carriers import Carriers
    from trivet.sandbox.world import World
    from trivet.sandbox.world.collections import Collection


def transfer_routes(world: World, carriers: Carriers) -> Blueprint:
    routes = Blueprint("transfer", __name__, url_prefix="/v0.10")
    _add_collections(routes, world)
    _add_file_operations(routes, world)
    add_submission(routes, world, carriers)
    add_tasks(routes, world)
    add_bookmarks(routes, world)

    @routes.errorhandler(TransferError)
    def refused(error: TransferError) -> ResponseReturnValue:
        return error_response(error)

    @routes.errorhandler(FullError)
    def full(error: FullError) -> ResponseReturnValue:
        return error_response(TransferError(409, "Conflict", str(error)))

    return routes


def _add_collections(routes: Blueprint, world: World) -> None:
    @routes.get("/endpoint_search")
    def endpoint_search() -> ResponseReturnValue:
        with world.lock:
            found = search(request.args, signed_in(world).grant.person, world)
        return jsonify(only_fields(found, request.args.get("fields")))

    @routes.get("/endpoint/<collection_id>")
    def endpoint(collection_id: str) -> ResponseReturnValue:
        with world.lock:
            person = signed_in(world).grant.person
            collection = visible_collection(world, person, collection_id)
            found = endpoint_document(collection, person, in_use=collection.id in world.tasks.in_use(person))
        return jsonify(only_fields(found, request.args.get("fields")))

    @routes.route("/endpoint/<collection_id>", methods=["PUT", "DELETE"])
    def change_endpoint(collection_id: str) -> ResponseReturnValue:  # noqa: ARG001
        return answer_absent("changing and deleting collections")


def _add_file_operations(routes: Blueprint, world: World) -> None:
    """Add what is done to files at once. The world's lock is for what we know; no file is touched while holding it."""

    def collection_for(collection_id: str, *, to_write: bool = False) -> Collection:
        with world.lock:
            collection = admit(world, signed_in(world), collection_id, to_write=to_write)
        message = world.carrying.pause_message(collection.id)
        if message is not None:
            raise TransferError(world.switches.operation_paused_status, "OperationPaused", message)
        return collection

    @routes.get("/operation/endpoint/<collection_id>/ls")
    def ls(collection_id: str) -> ResponseReturnValue:
        return jsonify(listing_document(collection_for(collection_id), request.args))

    @routes.get("/operation/endpoint/<collection_id>/stat")
    def stat(collection_id: str) -> ResponseReturnValue:
        return jsonify(stat_document(collection_for(collection_id), request.args.get("path")))

    @routes.post("/operation/endpoint/<collection_id>/mkdir")
    def mkdir(collection_id: str) -> ResponseReturnValue:
        collection, fields = collection_for(collection_id, to_write=True), body()
        fields.data_type("mkdir")
        make_directory(collection, fields.path("path"))
        return jsonify(result_document("mkdir_result", "DirectoryCreated", "The directory was created successfully"))

    @routes.post("/operation/endpoint/<collection_id>/rename")
    def rename_(collection_id: str) -> ResponseReturnValue:
        collection, fields = collection_for(collection_id, to_write=True), body()
        fields.data_type("rename")
        rename(
            collection,
            fields.path("old_path"),
            fields.path("new_path"),
            may_replace=world.switches.rename_replaces,
        )
        return jsonify(result_document("result", "FileRenamed", "File or directory renamed successfully"))
