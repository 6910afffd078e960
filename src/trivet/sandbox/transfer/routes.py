"""Transfer, version 0.10: which path is answered by whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, jsonify, request

from trivet.sandbox.transfer.admission import admit, signed_in, visible_collection
from trivet.sandbox.transfer.body import document, path_in
from trivet.sandbox.transfer.endpoint_document import endpoint_document
from trivet.sandbox.transfer.errors import TransferError, error_response, result_document
from trivet.sandbox.transfer.listing import listing_document
from trivet.sandbox.transfer.operations import make_directory, rename, stat_document
from trivet.sandbox.transfer.search import search

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from trivet.sandbox.world import World


def transfer_routes(world: World) -> Blueprint:
    routes = Blueprint("transfer", __name__, url_prefix="/v0.10")
    _add_collections(routes, world)
    _add_file_operations(routes, world)

    @routes.errorhandler(TransferError)
    def refused(error: TransferError) -> ResponseReturnValue:
        return error_response(error)

    return routes


def _add_collections(routes: Blueprint, world: World) -> None:
    @routes.get("/endpoint_search")
    def endpoint_search() -> ResponseReturnValue:
        with world.lock:
            return jsonify(search(request.args, signed_in(world).grant.person, world))

    @routes.get("/endpoint/<collection_id>")
    def endpoint(collection_id: str) -> ResponseReturnValue:
        with world.lock:
            person = signed_in(world).grant.person
            return jsonify(endpoint_document(visible_collection(world, person, collection_id), person))


def _add_file_operations(routes: Blueprint, world: World) -> None:
    """Add what is done to files at once. The world's lock is for what we know; no file is touched while holding it."""

    @routes.get("/operation/endpoint/<collection_id>/ls")
    def ls(collection_id: str) -> ResponseReturnValue:
        with world.lock:
            collection = admit(world, signed_in(world), collection_id)
        return jsonify(listing_document(collection, request.args))

    @routes.get("/operation/endpoint/<collection_id>/stat")
    def stat(collection_id: str) -> ResponseReturnValue:
        with world.lock:
            collection = admit(world, signed_in(world), collection_id)
        return jsonify(stat_document(collection, request.args.get("path")))

    @routes.post("/operation/endpoint/<collection_id>/mkdir")
    def mkdir(collection_id: str) -> ResponseReturnValue:
        with world.lock:
            collection = admit(world, signed_in(world), collection_id, to_write=True)
        make_directory(collection, path_in(document(), "path"))
        return jsonify(result_document("mkdir_result", "DirectoryCreated", "The directory was created successfully"))

    @routes.post("/operation/endpoint/<collection_id>/rename")
    def rename_(collection_id: str) -> ResponseReturnValue:
        with world.lock:
            collection = admit(world, signed_in(world), collection_id, to_write=True)
        fields, may_replace = document(), world.switches.rename_replaces
        rename(collection, path_in(fields, "old_path"), path_in(fields, "new_path"), may_replace=may_replace)
        return jsonify(result_document("result", "FileRenamed", "File or directory renamed successfully"))
