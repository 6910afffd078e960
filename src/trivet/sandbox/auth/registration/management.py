"""Who may register and change what.

A person may, with a ``manage_projects`` token, in the projects they administer. A client may, with its credentials,
look after itself and the clients it has registered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivet.sandbox.auth.api_caller import caller
from trivet.sandbox.auth.api_error import forbidden, not_found
from trivet.sandbox.world.scopes import MANAGE_PROJECTS

if TYPE_CHECKING:
    from trivet.sandbox.auth.api_caller import Caller
    from trivet.sandbox.world import World
    from trivet.sandbox.world.clients import Client
    from trivet.sandbox.world.projects import Project
    from trivet.sandbox.world.scope_register import RegisteredScope


def manager(world: World) -> Caller:
    """Return the caller, who may manage something.

    Raises:
        ApiError: 401 for nobody; 403 for a token without ``manage_projects``.
    """
    who = caller(world)
    who.check_scope(MANAGE_PROJECTS)
    return who


def own_project(project_id: str, who: Caller, world: World) -> Project:
    """Return the project that *who* administers.

    Raises:
        ApiError: 404 ``NOT_FOUND``; 403 ``FORBIDDEN``, if others administer it.
    """
    project = world.projects.find(project_id)
    if project is None:
        raise not_found("There is no such project")
    if not project.is_run_by(who.person, world.groups):
        raise forbidden("Only an administrator of the project may do this")
    return project


def own_client(client_id: str, who: Caller, world: World) -> Client:
    """Return the client that *who* may change.

    Raises:
        ApiError: 404 ``NOT_FOUND``; 403 ``FORBIDDEN``, if others look after it.
    """
    client = world.client(client_id)
    if client is None:
        raise not_found("There is no such client")
    if not manages(client, who, world):
        raise forbidden("Only an administrator of the client's project may do this")
    return client


def own_scope(scope_id: str, who: Caller, world: World) -> RegisteredScope:
    """Return the scope of a client that *who* may change.

    Raises:
        ApiError: 404 ``NOT_FOUND``; 403 ``FORBIDDEN``, if it is a scope of somebody else's service.
    """
    scope = world.scopes.find(scope_id)
    if scope is None:
        raise not_found("There is no such scope")
    owner = world.client(scope.client_id)
    if owner is None or not manages(owner, who, world):
        raise forbidden("Only an administrator of the scope's project may do this")
    return scope


def manages(client: Client, who: Caller, world: World) -> bool:
    if who.client is not None and who.client.id in (client.id, client.parent_client):
        return True
    project = world.projects.find(client.project)
    return project is not None and project.is_run_by(who.person, world.groups)
