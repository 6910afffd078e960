"""``GET /v2/api/identity_providers``: by domain or by id (SDK fixture ``get_identity_providers``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, jsonify

from trivet.sandbox.auth.api_caller import caller
from trivet.sandbox.auth.api_error import answer_api_errors, invalid_parameters
from trivet.sandbox.auth.api_query import listed_in

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from trivet.sandbox.world import World
    from trivet.sandbox.world.people import IdentityProvider


def identity_providers_routes(world: World) -> Blueprint:
    routes = Blueprint("identity_providers", __name__)
    answer_api_errors(routes)

    @routes.get("/v2/api/identity_providers")
    def identity_providers() -> ResponseReturnValue:
        with world.lock:
            caller(world)
            return jsonify({"identity_providers": _asked_for(world)})

    return routes


def _asked_for(world: World) -> list[dict[str, Any]]:
    """
    Raises:
        ApiError: 400 ``INVALID_PARAMETERS``; both selectors, or neither.
    """
    ids, domains = listed_in("ids"), listed_in("domains")
    if bool(ids) == bool(domains):
        raise invalid_parameters("Exactly one of ids and domains has to be given")
    return [
        provider_document(name, each)
        for name, each in world.directory.providers.items()
        if each.id in ids or each.domain in domains
    ]


def provider_document(short_name: str, provider: IdentityProvider) -> dict[str, Any]:
    return {
        "id": provider.id,
        "name": provider.display_name,
        "short_name": short_name,
        "domains": [provider.domain],
        "alternative_names": [],
    }
