"""``/v2/api/policies`` (SDK fixtures ``create_policy``, ``get_policies`` and their siblings)."""

from __future__ import annotations

import re
import uuid
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flask import Blueprint, jsonify

from trivet.sandbox.auth.api_error import answer_api_errors, invalid_parameters, not_found
from trivet.sandbox.auth.registration.body import posted
from trivet.sandbox.auth.registration.management import manager, own_project
from trivet.sandbox.world.policies import Policy

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from trivet.sandbox.auth.api_caller import Caller
    from trivet.sandbox.auth.registration.body import Fields
    from trivet.sandbox.world import World

POLICIES = "/v2/api/policies"
POLICY = f"{POLICIES}/<policy_id>"
DOMAIN = re.compile(r"[A-Za-z0-9.*-]{1,253}")
"""A domain, or a pattern such as ``*.edu``."""


def policies_routes(world: World) -> Blueprint:
    routes = Blueprint("policies", __name__)
    answer_api_errors(routes)

    @routes.get(POLICIES)
    def policies() -> ResponseReturnValue:
        with world.lock:
            who = manager(world)
            return jsonify({"policies": [policy_document(each) for each in world.policies if _runs(each, who, world)]})

    @routes.post(POLICIES)
    def create() -> ResponseReturnValue:
        with world.lock:
            who, fields = manager(world), posted("policy")
            high_assurance = fields.flag("high_assurance", now=False)
            nothing = Policy(
                id=str(uuid.uuid4()), project_id="", display_name="", description="", high_assurance=high_assurance
            )
            return jsonify({"policy": policy_document(_kept(nothing, fields, who, world))})

    @routes.get(POLICY)
    def policy(policy_id: str) -> ResponseReturnValue:
        with world.lock:
            return jsonify({"policy": policy_document(_own_policy(policy_id, manager(world), world))})

    @routes.put(POLICY)
    def update(policy_id: str) -> ResponseReturnValue:
        with world.lock:
            who = manager(world)
            found = _own_policy(policy_id, who, world)
            return jsonify({"policy": policy_document(_kept(found, posted("policy"), who, world))})

    @routes.delete(POLICY)
    def delete(policy_id: str) -> ResponseReturnValue:
        with world.lock:
            found = _own_policy(policy_id, manager(world), world)
            world.policies.remove(found)
            return jsonify({"policy": policy_document(found)})

    return routes


def _runs(policy: Policy, who: Caller, world: World) -> bool:
    project = world.projects.find(policy.project_id)
    return project is not None and project.is_run_by(who.person, world.groups)


def _own_policy(policy_id: str, who: Caller, world: World) -> Policy:
    """Return the policy that *who* may read and change.

    Raises:
        ApiError: 404 ``NOT_FOUND``, also for a policy whose project has no administrators; 403 ``FORBIDDEN``.
    """
    policy = world.policies.find(policy_id)
    if policy is None:
        raise not_found("There is no such policy")
    own_project(policy.project_id, who, world)
    return policy


def _kept(policy: Policy, fields: Fields, who: Caller, world: World) -> Policy:
    """Change *policy* as the *fields* say, and keep it. Whether it is of high assurance is said once, at creation.

    Raises:
        ApiError: 400 ``INVALID_PARAMETERS``; 403 or 404 for the project. Nothing has changed then.
    """
    timeout = fields.optional_number("authentication_assurance_timeout", policy.authentication_assurance_timeout)
    changed = replace(
        policy,
        project_id=fields.optional_id("project_id", policy.project_id) or "",
        display_name=fields.text("display_name", policy.display_name or None),
        description=fields.text("description", policy.description or None),
        authentication_assurance_timeout=timeout,
        required_mfa=fields.flag("required_mfa", policy.required_mfa),
        domain_constraints_include=_domains(fields, "domain_constraints_include", policy.domain_constraints_include),
        domain_constraints_exclude=_domains(fields, "domain_constraints_exclude", policy.domain_constraints_exclude),
    )
    fields.finish()
    if changed.required_mfa and not changed.high_assurance:
        raise invalid_parameters("required_mfa needs a policy of high assurance")
    own_project(changed.project_id, who, world)
    world.policies.keep(changed)
    return changed


def _domains(fields: Fields, name: str, now: tuple[str, ...] | None) -> tuple[str, ...] | None:
    found = fields.optional_texts(name, now)
    if found is not None and not all(DOMAIN.fullmatch(each) for each in found):
        raise invalid_parameters(f"{name} holds domains, or patterns such as *.edu")
    return found


def policy_document(policy: Policy) -> dict[str, Any]:
    included, excluded = policy.domain_constraints_include, policy.domain_constraints_exclude
    return {
        "id": policy.id,
        "project_id": policy.project_id,
        "display_name": policy.display_name,
        "description": policy.description,
        "high_assurance": policy.high_assurance,
        "authentication_assurance_timeout": policy.authentication_assurance_timeout,
        "required_mfa": policy.required_mfa,
        "domain_constraints_include": None if included is None else list(included),
        "domain_constraints_exclude": None if excluded is None else list(excluded),
    }
