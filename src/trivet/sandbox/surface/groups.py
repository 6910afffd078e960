"""The endpoints of Globus Groups."""

from __future__ import annotations

from trivet.sandbox.surface.endpoint import Endpoint, lacking

_API = "Globus docs: Groups API, its OpenAPI document"
_HIGH_ASSURANCE = ("high_assurance_group_status",)
_GROUP = "name description parent_id:id terms_and_conditions"
_CHANGED_GROUP = "name description terms_and_conditions subscription_admin_verified_id:id"
_POLICIES = (
    "is_high_assurance:flag authentication_assurance_timeout:number group_visibility group_members_visibility "
    "join_requests:flag signup_fields:texts"
)
_ACTIONS = (
    "add:objects invite:objects approve:objects reject:objects remove:objects change_role:objects accept:objects "
    "decline:objects join:objects request_join:objects leave:objects"
)


def _group(
    method: str, path: str, does: str, *, fixture: str = "", note: str = "", query: str = "", json: str = ""
) -> Endpoint:
    return Endpoint(
        method=method,
        path=f"/v2/groups{path}",
        does=does,
        grade="recorded" if fixture else "documented",
        source=f"SDK fixture `groups.{fixture}`; {_API}" if fixture else _API,
        note=note,
        switches=_HIGH_ASSURANCE,
        query=query,
        json=json,
    )


GROUPS = (
    Endpoint(
        method="GET",
        path="/v2/groups/my_groups",
        does="one's groups",
        grade="recorded",
        source=f"SDK fixture `groups.get_my_groups`; {_API}",
        switches=("my_groups_wants_sessions",),
        query="statuses",
    ),
    _group("POST", "", "make a group", fixture="create_group", json=_GROUP),
    _group(
        "GET",
        "/<group_id>",
        "one group",
        fixture="get_group",
        query="include",
        note="my_memberships and policies, which the fixture has, are there if `include` asks for them, as documented; "
        "globus-cli does not ask for policies, and shows none.",
    ),
    _group("PUT", "/<group_id>", "change a group", json=_CHANGED_GROUP),
    _group("DELETE", "/<group_id>", "delete a group", fixture="delete_group"),
    _group(
        "POST", "/<group_id>", "act on memberships", json=_ACTIONS, note="The codes of single refusals are guesses."
    ),
    _group("GET", "/<group_id>/policies", "what a group's policies are"),
    _group("PUT", "/<group_id>/policies", "set them", fixture="set_group_policies", json=_POLICIES),
    Endpoint(
        method="GET",
        path="/v2/preferences",
        does="one's preferences",
        grade="documented",
        source=_API,
    ),
    Endpoint(
        method="PUT",
        path="/v2/preferences",
        does="set them",
        grade="documented",
        source=f"{_API}; globus-sdk, `GroupsClient.set_identity_preferences`",
        json="allow_add:flag",
    ),
    Endpoint(
        method="GET",
        path="/v2/groups/<group_id>/membership_fields",
        does="what people fill in when they sign up",
        grade="documented",
        source=_API,
    ),
    Endpoint(
        method="PUT",
        path="/v2/groups/<group_id>/membership_fields",
        does="fill it in",
        grade="documented",
        source=_API,
        note="Whether a group may be joined with its fields empty is not known; here it may.",
    ),
    Endpoint(
        method="GET",
        path="/v2/subscription_info/<subscription_id>",
        does="a subscription's group",
        grade="recorded",
        source=f"SDK fixture `groups.get_group_by_subscription_id`; {_API}",
        note="No subscription here has connectors.",
    ),
    _group(
        "PUT",
        "/<group_id>/subscription_admin_verified",
        "let a group belong to a subscription",
        fixture="set_subscription_admin_verified",
        json="subscription_admin_verified_id:id",
    ),
    lacking("GET", "/v2/groups/statuses", "how many members of each status one's groups have", _API),
    lacking("GET", "/v2/groups/<group_id>/children", "a group's subgroups", _API),
)
