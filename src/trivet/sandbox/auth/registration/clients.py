"""``/v2/api/clients`` (SDK fixtures ``create_client``, ``get_client`` and their siblings)."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from flask import Blueprint, jsonify, request

from trivet.sandbox.auth.api_error import answer_api_errors, forbidden, invalid_parameters, not_found
from trivet.sandbox.auth.registration.body import posted
from trivet.sandbox.auth.registration.credentials import credential_document
from trivet.sandbox.auth.registration.management import manager, manages, own_client, own_project
from trivet.sandbox.world.clients import CONFIDENTIAL, GRANT_TYPES, HYBRID, INSTALLED, Client, Credential

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from trivet.sandbox.auth.api_caller import Caller
    from trivet.sandbox.auth.registration.body import Fields
    from trivet.sandbox.world import World

CLIENTS = "/v2/api/clients"
CLIENT = f"{CLIENTS}/<client_id>"


def clients_routes(world: World) -> Blueprint:
    routes = Blueprint("clients", __name__)
    answer_api_errors(routes)

    @routes.get(CLIENTS)
    def clients() -> ResponseReturnValue:
        with world.lock:
            who = manager(world)
            if "fqdn" in request.args:
                raise not_found("No client of the sandbox has a domain name")
            mine = [client_document(each, world) for each in world.applications if manages(each, who, world)]
            return jsonify({"clients": mine})

    @routes.post(CLIENTS)
    def create() -> ResponseReturnValue:
        fields = posted("client")
        with world.lock:
            if "template_id" in fields:
                return jsonify(_from_template(fields, world))
            client = _registered(fields, manager(world), world)
            return jsonify({"client": client_document(client, world)})

    @routes.get(CLIENT)
    def client(client_id: str) -> ResponseReturnValue:
        with world.lock:
            found = _visible(client_id, manager(world), world)
            return jsonify({"client": client_document(found, world)})

    @routes.put(CLIENT)
    def update(client_id: str) -> ResponseReturnValue:
        with world.lock:
            found = own_client(client_id, manager(world), world)
            _describe(found, posted("client"), world)
            return jsonify({"client": client_document(found, world)})

    @routes.delete(CLIENT)
    def delete(client_id: str) -> ResponseReturnValue:
        with world.lock:
            found = own_client(client_id, manager(world), world)
            document = client_document(found, world)
            world.forget_client(found)
            return jsonify({"client": document})

    return routes


def _from_template(fields: Fields, world: World) -> dict[str, Any]:
    """Make a client of its own for one installation of a program; nobody has to be authenticated for it.

    The secret is in the answer and never again. globus-cli makes itself such a client before its first login.

    Raises:
        ApiError: 400 ``INVALID_PARAMETERS``; the template is no installed application.
    """
    template = world.client(fields.optional_id("template_id", None))
    name = fields.text("name")
    fields.finish()
    if template is None or template.client_type != INSTALLED:
        raise invalid_parameters("template_id is no installed application")
    client_id = str(uuid.uuid4())
    client = Client(client_id, client_id, name, CONFIDENTIAL, parent_client=template.id, from_template=True)
    credential = Credential(client_id, "Auto-created at client creation", created=world.now())
    client.credentials.append(credential)
    world.applications.add(client)
    included = {key: value for key, value in credential_document(credential).items() if key != "created"}
    return {
        "client": client_document(client, world),
        "included": {"client_credential": {**included, "secret": credential.secret}},
    }


def _registered(fields: Fields, who: Caller, world: World) -> Client:
    """Register a client in a project of the caller's; a client that calls is the parent of the one it registers.

    Raises:
        ApiError: 400 ``INVALID_PARAMETERS``; 403 or 404 for the project.
    """
    if ("client_type" in fields) == ("public_client" in fields):
        raise invalid_parameters("Exactly one of client_type and public_client has to be given")
    if "client_type" in fields:
        client_type = fields.choice("client_type", tuple(GRANT_TYPES), "")
    else:
        client_type = INSTALLED if fields.flag("public_client", now=False) else HYBRID
    client_id = str(uuid.uuid4())
    client = Client(client_id, client_id, "", client_type)
    if who.client is not None and "project" not in fields:
        client.parent_client, client.project = who.client.id, who.client.project
    else:
        client.project = own_project(fields.text("project"), who, world).id
    _describe(client, fields, world)
    world.applications.add(client)
    return client


def _describe(client: Client, fields: Fields, world: World) -> None:
    """Change *client* as the *fields* say.

    Raises:
        ApiError: 400 ``INVALID_PARAMETERS``; nothing has changed then.
    """
    name = fields.text("name", client.name)
    visibility = fields.choice("visibility", ("public", "private"), client.visibility)
    redirect_uris = fields.redirect_uris(client.redirect_uris)
    terms, privacy = fields.links((client.terms_and_conditions, client.privacy_policy))
    required_idp = _provider(fields.optional_id("required_idp", client.required_idp), world)
    preselect_idp = _provider(fields.optional_id("preselect_idp", client.preselect_idp), world)
    fields.finish()
    client.name, client.visibility, client.redirect_uris = name, visibility, redirect_uris
    client.terms_and_conditions, client.privacy_policy = terms, privacy
    client.required_idp, client.preselect_idp = required_idp, preselect_idp


def _provider(provider_id: str | None, world: World) -> str | None:
    if provider_id is not None and all(each.id != provider_id for each in world.directory.providers.values()):
        raise invalid_parameters("There is no such identity provider")
    return provider_id


def _visible(client_id: str, who: Caller, world: World) -> Client:
    found = world.client(client_id)
    if found is None:
        raise not_found("There is no such client")
    if found.visibility != "public" and not manages(found, who, world):
        raise forbidden("This client is visible to its project only")
    return found


def client_document(client: Client, world: World) -> dict[str, Any]:
    return {
        "id": client.id,
        "name": client.name,
        "project": client.project,
        "client_type": client.client_type,
        "public_client": client.is_public,
        "grant_types": list(client.grant_types),
        "redirect_uris": client.redirect_uris,
        "scopes": [each.id for each in world.scopes.of_client(client.id)],
        "fqdns": [],
        "links": {"privacy_policy": client.privacy_policy, "terms_and_conditions": client.terms_and_conditions},
        "parent_client": client.parent_client,
        "required_idp": client.required_idp,
        "preselect_idp": client.preselect_idp,
        "visibility": client.visibility,
        "prompt_for_named_grant": client.prompt_for_named_grant,
        "userinfo_from_effective_identity": True,
    }
