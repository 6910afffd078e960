"""Transfer, version 0.10: find collections, describe them, list their directories."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Blueprint, jsonify, request

from trivet.sandbox.bearer import bearer_token
from trivet.sandbox.endpoint_document import endpoint_document
from trivet.sandbox.endpoint_search import search
from trivet.sandbox.file_document import file_document
from trivet.sandbox.jail import (
    HOME,
    NotADirectoryHereError,
    PathMissingError,
    PathRefusedError,
    opened_directory,
    parts_of,
)
from trivet.sandbox.listing import in_order, keep_matching
from trivet.sandbox.scopes import TRANSFER, TRANSFER_ALL
from trivet.sandbox.transfer_errors import TransferError, bad_request, error_response
from trivet.sandbox.whole_numbers import whole_number

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from trivet.sandbox.collection import Collection
    from trivet.sandbox.people import Person
    from trivet.sandbox.world import World

MAX_ENTRIES = 100_000


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
        return jsonify(listing_document(collection, request.args.get("path", "")))

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


def listing_document(collection: Collection, path: str) -> dict[str, Any]:
    """Return the directory listing that the current request's query asks for.

    Raises:
        TransferError: the path leads nowhere or outside, or a parameter means nothing.
    """
    args = request.args
    limit = whole_number(args, "limit", default=MAX_ENTRIES, least=1, most=MAX_ENTRIES)
    offset = whole_number(args, "offset", default=0, least=0, most=MAX_ENTRIES)
    asked = path or f"/{HOME}/"
    parts, documents = _entries(collection, asked)
    if args.get("show_hidden") in ("0", "false", "False"):
        documents = [each for each in documents if not each["name"].startswith(".")]
    documents = in_order(keep_matching(documents, args.getlist("filter")), args.get("orderby", ""))
    page = documents[offset : offset + limit]
    return {
        "DATA_TYPE": "file_list",
        "endpoint": collection.id,
        "path": shown_path(asked),
        "absolute_path": shown_path("/".join(parts)),
        "rename_supported": True,
        "symlink_supported": True,
        "length": len(page),
        "total": len(documents),
        "DATA": page,
    }


def _entries(collection: Collection, path: str) -> tuple[list[str], list[dict[str, Any]]]:
    try:
        parts = parts_of(path, collection.default_directory)
        with opened_directory(collection, parts) as (fd, real):
            root = Path(os.path.realpath(collection.root))
            user = collection.owner.username.partition("@")[0]
            found = [file_document(name, real, fd, root, user) for name in os.listdir(fd)]
    except PathRefusedError:
        raise TransferError(403, "EndpointPermissionDenied", "Denied by endpoint: path not allowed") from None
    except NotADirectoryHereError:
        raise bad_request("The path is not a directory", "ClientError.BadRequest") from None
    except (PathMissingError, PermissionError):
        raise TransferError(404, "ClientError.NotFound", "Directory not found on endpoint") from None
    return parts, [each for each in found if each is not None]


def shown_path(path: str) -> str:
    """Return *path* tidied: one slash between names, one at each end."""
    inner = "/".join(part for part in path.split("/") if part not in ("", "."))
    return f"/{inner}/" if inner else "/"
