"""``/v2/api/clients/<id>/credentials``: a secret is shown once (SDK fixture ``create_client_credential``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, jsonify

from trivet.sandbox.auth.api_error import answer_api_errors, invalid_parameters, not_found
from trivet.sandbox.auth.registration.body import posted
from trivet.sandbox.auth.registration.management import manager, own_client
from trivet.sandbox.world.clients import MAX_CREDENTIALS, Credential
from trivet.sandbox.world.room import check_room
from trivet.sandbox.world.when import iso

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from trivet.sandbox.world import World

CREDENTIALS = "/v2/api/clients/<client_id>/credentials"


def credentials_routes(world: World) -> Blueprint:
    routes = Blueprint("credentials", __name__)
    answer_api_errors(routes)

    @routes.get(CREDENTIALS)
    def credentials(client_id: str) -> ResponseReturnValue:
        with world.lock:
            client = own_client(client_id, manager(world), world)
            return jsonify({"credentials": [credential_document(each) for each in client.credentials]})

    @routes.post(CREDENTIALS)
    def create(client_id: str) -> ResponseReturnValue:
        with world.lock:
            client = own_client(client_id, manager(world), world)
            fields = posted("credential")
            name = fields.text("name")
            fields.finish()
            if client.is_public:
                raise invalid_parameters("A public client has no credentials")
            check_room(client.credentials, MAX_CREDENTIALS, "credentials of one client")
            credential = Credential(client.id, name, created=world.now())
            client.credentials.append(credential)
            return jsonify({"credential": {**credential_document(credential), "secret": credential.secret}})

    @routes.delete(f"{CREDENTIALS}/<credential_id>")
    def delete(client_id: str, credential_id: str) -> ResponseReturnValue:
        with world.lock:
            client = own_client(client_id, manager(world), world)
            found = next((each for each in client.credentials if each.id == credential_id.lower()), None)
            if found is None:
                raise not_found("The client has no such credential")
            client.credentials.remove(found)
            return jsonify({"credential": credential_document(found)})

    return routes


def credential_document(credential: Credential) -> dict[str, Any]:
    """Return the document without the secret."""
    return {
        "id": credential.id,
        "name": credential.name,
        "client": credential.client_id,
        "created": iso(credential.created),
        "secret": None,
    }
