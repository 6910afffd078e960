"""Groups, version 2: which path is answered by whom (``globus_sdk.GroupsClient``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, jsonify, request

from trivet.sandbox.groups.actions import perform
from trivet.sandbox.groups.body import posted
from trivet.sandbox.groups.describing import describe, new_group, policies_from
from trivet.sandbox.groups.documents import INCLUDABLE, WHOLE, group_document, policies_document
from trivet.sandbox.groups.errors import GroupsError, MeaninglessError, answer_errors
from trivet.sandbox.groups.membership_fields import fill_in, membership_fields
from trivet.sandbox.groups.my_groups import my_groups
from trivet.sandbox.groups.preferences import preferences, set_preferences
from trivet.sandbox.groups.rights import administered_group, caller, visible_group
from trivet.sandbox.groups.subscriptions import still_verified_by, subscription_document, verify
from trivet.sandbox.http.absent import answer_absent
from trivet.sandbox.http.commas import between_commas
from trivet.sandbox.world.groups import STATUSES
from trivet.sandbox.world.scopes import GROUPS_ALL, VIEW_MY_GROUPS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flask.typing import ResponseReturnValue

    from trivet.sandbox.groups.rights import Caller
    from trivet.sandbox.world import World
    from trivet.sandbox.world.groups import Group

GROUPS = "/v2/groups"
GROUP = f"{GROUPS}/<group_id>"
POLICIES = f"{GROUP}/policies"
MEMBERSHIP_FIELDS = f"{GROUP}/membership_fields"
VERIFIED = f"{GROUP}/subscription_admin_verified"
SUBSCRIPTION = "/v2/subscription_info/<subscription_id>"
PREFERENCES = "/v2/preferences"


def groups_routes(world: World) -> Blueprint:
    routes = Blueprint("groups", __name__)
    answer_errors(routes)
    _add_groups(routes, world)
    _add_group(routes, world)
    _add_policies_and_preferences(routes, world)
    _add_membership_fields(routes, world)
    _add_subscriptions(routes, world)
    return routes


def _add_groups(routes: Blueprint, world: World) -> None:
    @routes.get(f"{GROUPS}/my_groups")
    def mine() -> ResponseReturnValue:
        with world.lock:
            who = caller(world, GROUPS_ALL, VIEW_MY_GROUPS)
            return jsonify(my_groups(who, _listed("statuses", STATUSES) or ["active"]))

    @routes.get(f"{GROUPS}/statuses")
    def statuses() -> ResponseReturnValue:
        return answer_absent("the counts of memberships by status")  # which would be the id of a group otherwise

    @routes.post(GROUPS)
    def create() -> ResponseReturnValue:
        with world.lock:
            who = caller(world)
            group = new_group(posted(), who)
            world.groups.add(group)
            return jsonify(group_document(group, who, WHOLE)), 201


def _add_group(routes: Blueprint, world: World) -> None:
    @routes.get(GROUP)
    def group(group_id: str) -> ResponseReturnValue:
        with world.lock:
            who = caller(world)
            return jsonify(group_document(visible_group(group_id, who), who, _listed("include", INCLUDABLE)))

    @routes.put(GROUP)
    def update(group_id: str) -> ResponseReturnValue:
        with world.lock:
            who = caller(world)
            found = administered_group(group_id, who, "change it")
            fields = posted()
            verified_by = still_verified_by(found, fields)
            describe(found, fields)
            found.verified_by = verified_by
            return jsonify(group_document(found, who, WHOLE))

    @routes.post(GROUP)
    def act(group_id: str) -> ResponseReturnValue:
        with world.lock:
            who, fields = caller(world), posted()
            return jsonify(perform(_group_to_act_in(group_id, who, fields), who, fields))

    @routes.delete(GROUP)
    def delete(group_id: str) -> ResponseReturnValue:
        with world.lock:
            who = caller(world)
            found = administered_group(group_id, who, "delete it")
            if world.groups.children(found):
                raise GroupsError(400, "BAD_REQUEST", "The group has subgroups")
            document = group_document(found, who, WHOLE)
            world.groups.remove(found)
            return jsonify(document)


def _add_policies_and_preferences(routes: Blueprint, world: World) -> None:
    @routes.get(POLICIES)
    def policies(group_id: str) -> ResponseReturnValue:
        with world.lock:
            return jsonify(policies_document(visible_group(group_id, caller(world)).policies))

    @routes.put(POLICIES)
    def set_policies(group_id: str) -> ResponseReturnValue:
        with world.lock:
            found = administered_group(group_id, caller(world), "set its policies")
            found.policies = policies_from(posted(), found.policies)
            return jsonify(policies_document(found.policies))

    @routes.get(PREFERENCES)
    def preferred() -> ResponseReturnValue:
        with world.lock:
            return jsonify(preferences(caller(world)))

    @routes.put(PREFERENCES)
    def prefer() -> ResponseReturnValue:
        with world.lock:
            who = caller(world)
            set_preferences(posted(), who)
            return jsonify(preferences(who))


def _add_membership_fields(routes: Blueprint, world: World) -> None:
    @routes.get(MEMBERSHIP_FIELDS)
    def told(group_id: str) -> ResponseReturnValue:
        with world.lock:
            who = caller(world)
            return jsonify(membership_fields(_group_to_join(group_id, who), who))

    @routes.put(MEMBERSHIP_FIELDS)
    def tell(group_id: str) -> ResponseReturnValue:
        with world.lock:
            who = caller(world)
            found = _group_to_join(group_id, who)
            fill_in(found, posted(), who)
            return jsonify(membership_fields(found, who))


def _add_subscriptions(routes: Blueprint, world: World) -> None:
    @routes.get(SUBSCRIPTION)
    def subscription(subscription_id: str) -> ResponseReturnValue:
        with world.lock:
            return jsonify(subscription_document(subscription_id, caller(world)))

    @routes.put(VERIFIED)
    def verified(group_id: str) -> ResponseReturnValue:
        with world.lock:
            return jsonify(verify(group_id, posted(), caller(world)))


def _listed(name: str, choices: Sequence[str]) -> list[str]:
    """Return what a query parameter lists, joined with commas or sent several times.

    Raises:
        MeaninglessError: something that is none of *choices*.
    """
    found = between_commas(",".join(request.args.getlist(name)))
    if any(each not in choices for each in found):
        raise MeaninglessError("query", name, f"some of these are needed: {', '.join(choices)}")
    return found


def _group_to_act_in(group_id: str, who: Caller, fields: Mapping[str, Any]) -> Group:
    """Return the group. Whoever may not see a private one may still have been told its id, and ask to be let in.

    Raises:
        GroupsError: 404 or 403.
    """
    found = who.world.groups.find(group_id)
    if found is not None and (fields.get("join") or fields.get("request_join")):
        return found
    return visible_group(group_id, who)


def _group_to_join(group_id: str, who: Caller) -> Group:
    """Return the group that somebody tells of themselves; they may do so before they ask to be let in.

    Raises:
        GroupsError: 404 or 403.
    """
    found = who.world.groups.find(group_id)
    if found is not None and (found.policies.join_requests or found.policies.open):
        return found
    return visible_group(group_id, who)
