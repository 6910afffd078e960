"""``/v2/api/scopes`` and ``/v2/api/clients/<id>/scopes`` (SDK fixtures ``create_scope`` and siblings)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, jsonify

from trivet.sandbox.auth.api_error import answer_api_errors, conflict, forbidden, invalid_parameters, not_found
from trivet.sandbox.auth.api_query import checked_ids, listed_in
from trivet.sandbox.auth.registration.body import posted
from trivet.sandbox.auth.registration.management import manager, manages, own_client, own_scope
from trivet.sandbox.world.scope_register import SUFFIX, Dependency, RegisteredScope, own_scope_string

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from trivet.sandbox.auth.api_caller import Caller
    from trivet.sandbox.auth.registration.body import Fields
    from trivet.sandbox.world import World

SCOPES = "/v2/api/scopes"
SCOPE = f"{SCOPES}/<scope_id>"


def scopes_routes(world: World) -> Blueprint:
    routes = Blueprint("scopes", __name__)
    answer_api_errors(routes)

    @routes.get(SCOPES)
    def scopes() -> ResponseReturnValue:
        with world.lock:
            return jsonify({"scopes": [scope_document(each) for each in _asked_for(manager(world), world)]})

    @routes.post("/v2/api/clients/<client_id>/scopes")
    def create(client_id: str) -> ResponseReturnValue:
        with world.lock:
            client = own_client(client_id, manager(world), world)
            if client.is_public:
                raise invalid_parameters("A public client is no service")
            scope = RegisteredScope(client.id, "", "", "")
            _describe(scope, posted("scope"), world)
            return jsonify({"scope": scope_document(scope)})

    @routes.get(SCOPE)
    def scope(scope_id: str) -> ResponseReturnValue:
        with world.lock:
            found = world.scopes.find(scope_id)
            who = manager(world)
            if found is None:
                raise not_found("There is no such scope")
            if not _is_visible(found, who, world):
                raise forbidden("This scope is visible to its project only")
            return jsonify({"scope": scope_document(found)})

    @routes.put(SCOPE)
    def update(scope_id: str) -> ResponseReturnValue:
        with world.lock:
            found = own_scope(scope_id, manager(world), world)
            _describe(found, posted("scope"), world)
            return jsonify({"scope": scope_document(found)})

    @routes.delete(SCOPE)
    def delete(scope_id: str) -> ResponseReturnValue:
        with world.lock:
            found = own_scope(scope_id, manager(world), world)
            world.forget_scope(found)
            return jsonify({"scope": scope_document(found)})

    return routes


def _asked_for(who: Caller, world: World) -> list[RegisteredScope]:
    """Return the scopes of the caller's clients; or those named that the caller can see, which advertised ones are.

    Raises:
        ApiError: 400 ``INVALID_PARAMETERS``; both selectors at once, or ids that are none.
    """
    ids, strings = listed_in("ids"), listed_in("scope_strings")
    if ids and strings:
        raise invalid_parameters("Only one of ids and scope_strings may be given")
    if not ids and not strings:
        mine = [client for client in world.applications if manages(client, who, world)]
        return [scope for client in mine for scope in world.scopes.of_client(client.id)]
    named = [world.scopes.find(each) for each in checked_ids(ids)] + [world.scopes.named(each) for each in strings]
    return [each for each in named if each is not None and _is_visible(each, who, world)]


def _is_visible(scope: RegisteredScope, who: Caller, world: World) -> bool:
    owner = world.client(scope.client_id)
    return scope.advertised or (owner is not None and (owner.visibility == "public" or manages(owner, who, world)))


def _describe(scope: RegisteredScope, fields: Fields, world: World) -> None:
    """Change *scope* as the *fields* say, and enter it in the register.

    Raises:
        ApiError: 400 ``INVALID_PARAMETERS``, 409 ``RESOURCE_CONFLICT``; nothing has changed then.
    """
    name, description = fields.text("name", scope.name), fields.text("description", scope.description)
    scope_string = own_scope_string(scope.client_id, _suffix(fields, scope))
    advertised = fields.flag("advertised", scope.advertised)
    allows_refresh_token = fields.flag("allows_refresh_token", scope.allows_refresh_token)
    required_domains = fields.texts("required_domains", scope.required_domains)
    dependencies = _dependencies(fields, scope, world)
    fields.finish()
    if scope_string != scope.scope_string:
        _check_free(scope_string, world)
        if world.scopes.named(scope.scope_string) is scope:
            world.forget_scope(scope)
    scope.name, scope.description, scope.advertised = name, description, advertised
    scope.allows_refresh_token, scope.required_domains = allows_refresh_token, required_domains
    scope.dependencies = dependencies
    world.scopes.enter(scope, scope_string)


def _suffix(fields: Fields, scope: RegisteredScope) -> str:
    suffix = fields.text("scope_suffix", scope.scope_string.rpartition("/")[2])
    if not SUFFIX.fullmatch(suffix):
        raise invalid_parameters("scope_suffix is made of lower-case letters, digits and underscores")
    return suffix


def _check_free(scope_string: str, world: World) -> None:
    if world.scopes.named(scope_string) is not None:
        raise conflict("The client has a scope with this suffix already")


def _dependencies(fields: Fields, scope: RegisteredScope, world: World) -> list[Dependency]:
    rows = fields.objects("dependent_scopes")
    if rows is None:
        return scope.dependencies
    found = []
    for row in rows:
        needed = row.optional_id("scope", None)
        if needed is None or world.scopes.find(needed) is None:
            raise invalid_parameters("A dependent scope does not exist")
        found.append(Dependency(needed, row.flag("optional", now=False), row.flag("requires_refresh_token", now=False)))
        row.finish()
    return found


def scope_document(scope: RegisteredScope) -> dict[str, Any]:
    return {
        "id": scope.id,
        "scope_string": scope.scope_string,
        "name": scope.name,
        "description": scope.description,
        "client": scope.client_id,
        "advertised": scope.advertised,
        "allows_refresh_token": scope.allows_refresh_token,
        "required_domains": scope.required_domains,
        "dependent_scopes": [
            {"scope": each.scope, "optional": each.optional, "requires_refresh_token": each.requires_refresh_token}
            for each in scope.dependencies
        ],
    }
