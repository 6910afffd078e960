"""The endpoints of Globus Groups."""

from __future__ import annotations

from trivet.sandbox.surface.endpoint import Endpoint, lacking

_API = "Globus docs: Groups API, its OpenAPI document"
_HIGH_ASSURANCE = ("high_assurance_group_status",)
_GROUP = "name description parent_id:id terms_and_conditions"
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
    _group("GET", "/<group_id>", "one group", fixture="get_group", query="include"),
    _group("PUT", "/<group_id>", "change a group", json=_GROUP),
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
        grade="guessed",
        source="globus-sdk names the call",
    ),
    Endpoint(
        method="PUT",
        path="/v2/preferences",
        does="set them",
        grade="documented",
        source="globus-sdk, `GroupsClient.set_identity_preferences`",
        json="allow_add:flag",
    ),
    lacking("GET", "/v2/groups/<group_id>/membership_fields", "what people fill in when they sign up"),
    lacking("PUT", "/v2/groups/<group_id>/membership_fields", "fill it in"),
    lacking("GET", "/v2/subscription_info/<subscription_id>", "a subscription's group"),
    lacking("PUT", "/v2/groups/<group_id>/subscription_admin_verified", "verify a subscription's group"),
)
