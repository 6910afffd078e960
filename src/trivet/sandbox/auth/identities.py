"""``GET /v2/api/identities``: look identities up by id or by username (SDK fixture ``get_identities``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, jsonify, request

from trivet.sandbox.auth.api_caller import caller
from trivet.sandbox.auth.api_error import answer_api_errors, invalid_parameters, not_found
from trivet.sandbox.auth.api_query import checked_ids, listed_in
from trivet.sandbox.auth.identity_providers import provider_document

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from trivet.sandbox.world import World
    from trivet.sandbox.world.directory import Listed

INCLUDED = "identity_provider"


def identities_routes(world: World) -> Blueprint:
    routes = Blueprint("identities", __name__)
    answer_api_errors(routes)

    @routes.get("/v2/api/identities")
    def identities() -> ResponseReturnValue:
        with world.lock:
            caller(world)
            found = _asked_for(world)
            answer: dict[str, Any] = {"identities": [identity_document(each) for each in found]}
            if INCLUDED in listed_in("include"):
                answer["included"] = {"identity_providers": _providers_of(found, world)}
            return jsonify(answer)

    @routes.get("/v2/api/identities/<identity_id>")
    def identity(identity_id: str) -> ResponseReturnValue:
        with world.lock:
            caller(world)
            found = world.directory.find(identity_id)
            if found is None:
                raise not_found("There is no such identity")
            return jsonify({"identity": identity_document(found)})

    return routes


def _asked_for(world: World) -> list[Listed]:
    """Return the identities that the query asks for and that exist, each once.

    Raises:
        ApiError: 400 ``INVALID_PARAMETERS``; both selectors, neither of them, or ids that are none.
    """
    ids, usernames = listed_in("ids"), listed_in("usernames")
    if bool(ids) == bool(usernames):
        raise invalid_parameters("Exactly one of ids and usernames has to be given")
    provision = request.args.get("provision", "false").lower()
    if provision not in ("true", "false"):
        raise invalid_parameters("provision is true or false")
    if usernames:
        return list(dict.fromkeys(world.directory.all_named(usernames, provision=provision == "true")))
    found = [world.directory.find(each) for each in checked_ids(ids)]
    return list(dict.fromkeys(each for each in found if each is not None))


def _providers_of(found: list[Listed], world: World) -> list[dict[str, Any]]:
    wanted = {each.identity.provider for each in found}
    return [provider_document(name, each) for name, each in world.directory.providers.items() if each in wanted]


def identity_document(listed: Listed) -> dict[str, Any]:
    """Return the document; of an identity that nobody has used only the username is known."""
    identity = listed.identity
    return {
        "id": identity.id,
        "username": identity.username,
        "name": identity.name or None,
        "email": identity.email,
        "organization": identity.organization,
        "identity_provider": identity.identity_provider,
        "identity_type": "login",
        "status": "used" if listed.used else "unused",
    }
