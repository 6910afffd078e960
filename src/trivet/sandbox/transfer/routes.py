"""Transfer, version 0.10: find collections, describe them, list their directories."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, jsonify, request

from trivet.sandbox.http.bearer import bearer_token
from trivet.sandbox.transfer.endpoint_document import endpoint_document
from trivet.sandbox.transfer.errors import TransferError, error_response
from trivet.sandbox.transfer.listing import listing_document
from trivet.sandbox.transfer.search import search
from trivet.sandbox.world.scopes import TRANSFER, TRANSFER_ALL

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from trivet.sandbox.world import World
    from trivet.sandbox.world.collections import Collection
    from trivet.sandbox.world.people import Person


def transfer_routes(world: World) -> Blueprint:
    routes = Blueprint("transfer", __name__, url_prefix="/v0.10")

    @routes.get("/endpoint_search")
    def endpoint_search() -> ResponseReturnValue:
        with world.lock:
            return jsonify(search(request.args, signed_in_person(world), world))

    @routes.get("/endpoint/<collection_id>")
    def endpoint(collection_id: str) -> ResponseReturnValue:
        with world.lock:
            person = signed_in_person(world)
            return jsonify(endpoint_document(visible_collection(collection_id, person, world), person))

    @routes.get("/operation/endpoint/<collection_id>/ls")
    def ls(collection_id: str) -> ResponseReturnValue:
        with world.lock:
            person = signed_in_person(world)
            collection = visible_collection(collection_id, person, world)
            world.recently_used.setdefault(person.sub, {})[collection.id] = world.now()
        return jsonify(listing_document(collection, request.args))

    @routes.errorhandler(TransferError)
    def refused(error: TransferError) -> ResponseReturnValue:
        return error_response(error)

    return routes


def signed_in_person(world: World) -> Person:
    """Return whose token this request carries.

    Raises:
        TransferError: 401 without a token for Transfer; 403 ``ConsentRequired`` if it lacks the scope ``all``.
    """
    token = bearer_token(world, TRANSFER)
    if token is None:
        raise TransferError(401, "AuthenticationFailed", "No active access token for Transfer came with this request")
    if TRANSFER_ALL not in token.scopes:
        message = "The token lacks the scope this operation needs"
        raise TransferError(403, "ConsentRequired", message, required_scopes=[TRANSFER_ALL])
    return token.grant.person


def visible_collection(collection_id: str, person: Person, world: World) -> Collection:
    """Return the collection.

    Raises:
        TransferError: 404 if there is none, 403 if it is not for *person*.
    """
    collection = world.collection(collection_id)
    if collection is None:
        raise TransferError(404, "EndpointNotFound", f"No such endpoint '{collection_id}'")
    if not collection.is_visible_to(person):
        raise TransferError(403, "PermissionDenied", f"You have no access to endpoint '{collection_id}'")
    return collection
