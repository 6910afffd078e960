"""``/v2/api/projects`` (SDK fixtures ``create_project``, ``get_projects`` and their siblings)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, jsonify

from trivet.sandbox.auth.api_error import answer_api_errors, conflict, invalid_parameters, policy_required
from trivet.sandbox.auth.identities import identity_document
from trivet.sandbox.auth.registration.body import posted
from trivet.sandbox.auth.registration.management import manager, own_project
from trivet.sandbox.world.policies import BEFORE_DELETING
from trivet.sandbox.world.projects import Project

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from trivet.sandbox.auth.api_caller import Caller
    from trivet.sandbox.auth.registration.body import Fields
    from trivet.sandbox.world import World
    from trivet.sandbox.world.groups import Group

PROJECTS = "/v2/api/projects"
PROJECT = f"{PROJECTS}/<project_id>"


def projects_routes(world: World) -> Blueprint:
    routes = Blueprint("projects", __name__)
    answer_api_errors(routes)

    @routes.get(PROJECTS)
    def projects() -> ResponseReturnValue:
        with world.lock:
            person = manager(world).person
            mine = [each for each in world.projects if each.is_run_by(person, world.groups)]
            return jsonify({"projects": [project_document(each, world) for each in mine]})

    @routes.post(PROJECTS)
    def create() -> ResponseReturnValue:
        with world.lock:
            manager(world)
            project = Project("", "", [])
            _describe(project, posted("project"), world)
            world.projects.add(project)
            return jsonify({"project": project_document(project, world)})

    @routes.get(PROJECT)
    def project(project_id: str) -> ResponseReturnValue:
        with world.lock:
            found = own_project(project_id, manager(world), world)
            return jsonify({"project": project_document(found, world)})

    @routes.put(PROJECT)
    def update(project_id: str) -> ResponseReturnValue:
        with world.lock:
            found = own_project(project_id, manager(world), world)
            _describe(found, posted("project"), world)
            return jsonify({"project": project_document(found, world)})

    @routes.delete(PROJECT)
    def delete(project_id: str) -> ResponseReturnValue:
        with world.lock:
            who = manager(world)
            found = own_project(project_id, who, world)
            _check_session(who, world)
            if any(each.project == found.id for each in world.applications):
                raise conflict("The project still has clients")
            if any(policy.project_id == found.id for policy in world.policies):
                raise conflict("The project still has policies")
            document = project_document(found, world)
            world.projects.remove(found)
            return jsonify({"project": document})

    return routes


def _check_session(who: Caller, world: World) -> None:
    """Let whoever has authenticated lately pass.

    Raises:
        ApiError: 403, with the policy that the session has to meet.
    """
    session = who.token.grant.authentications.values() if who.token else ()
    if not world.meets(who.person, session, BEFORE_DELETING.condition):
        raise policy_required(BEFORE_DELETING, "Deleting a project takes a recent sign-in")


def _describe(project: Project, fields: Fields, world: World) -> None:
    """Change *project* as the *fields* say.

    Raises:
        ApiError: 400 ``INVALID_PARAMETERS``; nothing has changed then.
    """
    display_name = fields.text("display_name", project.display_name)
    contact_email = fields.text("contact_email", project.contact_email)
    admin_ids = fields.ids("admin_ids", project.admin_ids)
    admin_group_ids = fields.ids("admin_group_ids", project.admin_group_ids)
    fields.finish()
    if not admin_ids and not admin_group_ids:
        raise invalid_parameters("A project has at least one administrator")
    if any(world.directory.find(each) is None for each in admin_ids):
        raise invalid_parameters("An administrator does not exist")
    if any(world.groups.find(each) is None for each in admin_group_ids):
        raise invalid_parameters("A group of administrators does not exist")
    project.display_name, project.contact_email = display_name, contact_email
    project.admin_ids, project.admin_group_ids = admin_ids, admin_group_ids


def project_document(project: Project, world: World) -> dict[str, Any]:
    admins = [world.directory.find(each) for each in project.admin_ids]
    groups = [world.groups.find(each) for each in project.admin_group_ids]
    return {
        "id": project.id,
        "display_name": project.display_name,
        "project_name": project.display_name,
        "contact_email": project.contact_email,
        "admin_ids": project.admin_ids or None,
        "admin_group_ids": project.admin_group_ids or None,
        "admins": {
            "identities": [identity_document(each) for each in admins if each],
            "groups": [_group_document(each) for each in groups if each],
        },
    }


def _group_document(group: Group) -> dict[str, Any]:
    return {"id": group.id, "name": group.name, "description": group.description, "organization": None}
