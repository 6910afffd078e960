"""``GET /v2/api/identities/<id>/consents``: what a person has agreed to (SDK fixture ``get_consents``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, jsonify, request

from trivet.sandbox.auth.api_caller import auth_token, check_scope
from trivet.sandbox.auth.api_error import answer_api_errors, forbidden
from trivet.sandbox.world.scopes import VIEW_CONSENTS, scope_id, service_client
from trivet.sandbox.world.when import iso

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from trivet.sandbox.world import World
    from trivet.sandbox.world.consents import Consent


def consents_routes(world: World) -> Blueprint:
    routes = Blueprint("consents", __name__)
    answer_api_errors(routes)

    @routes.get("/v2/api/identities/<identity_id>/consents")
    def consents(identity_id: str) -> ResponseReturnValue:
        with world.lock:
            found = _asked_for(identity_id.lower(), world)
            return jsonify({"consents": [consent_document(each) for each in found]})

    return routes


def _asked_for(identity_id: str, world: World) -> list[Consent]:
    """Return the consents given to the calling application, or with ``all`` those given to any.

    Raises:
        ApiError: 401 without a token; 403 for another person's consents, or for all without ``view_consents``.
    """
    token = auth_token(world)
    if token.grant.person.identity(identity_id) is None:
        raise forbidden("These are the consents of somebody else")
    if request.args.get("all", "").lower() != "true":  # globus-sdk for Python writes True and False
        return world.consents.of(token.sub, token.client_id)
    check_scope(token, VIEW_CONSENTS)
    return world.consents.of_person(token.grant.person)


def consent_document(consent: Consent) -> dict[str, Any]:
    """Return the document; the client of a dependency is the service that stands above it."""
    above = consent.path[:-1]
    return {
        "id": consent.id,
        "client": service_client(above[-1]) if above else consent.client_id,
        "scope": scope_id(consent.scope_name),
        "scope_name": consent.scope_name,
        "dependency_path": list(consent.ids),
        "effective_identity": consent.sub,
        "status": "approved",
        "allows_refresh": consent.allows_refresh,
        "auto_approved": False,
        "atomically_revocable": consent.optional,
        "created": iso(consent.created),
        "updated": iso(consent.updated),
        "last_used": iso(consent.last_used),
    }
