"""What Transfer asks for when a token is good but not enough: Globus Auth Requirements Errors (Globus docs: GAREs)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import request

from trivet.sandbox.transfer.errors import TransferError

if TYPE_CHECKING:
    from trivet.sandbox.world.collections import Collection
    from trivet.sandbox.world.conditions import Condition
    from trivet.sandbox.world.people import Identity

SESSION_MESSAGE = "Session reauthentication required (Globus Transfer)"
FAILED = {"mkdir": "MkdirFailed", "rename": "RenameFailed", "delete": "DeleteFailed"}
"""Last part of a path -> what failed. For everything else the collection could not even be looked into."""


def consent_required(message: str, scope: str) -> TransferError:
    """Return the demand for a consent to *scope*, in the old form and the new one at once, as Transfer sends it."""
    parameters = {"session_message": message, "required_scopes": [scope]}
    return TransferError(403, "ConsentRequired", message, required_scopes=[scope], authorization_parameters=parameters)


def login_failed(
    collection: Collection, condition: Condition, once_more: Identity, *, with_prompt: bool
) -> TransferError:
    """Return a collection's demand for another session: a 502, for it is the collection that refuses the login.

    Args:
        condition: what the session fails to meet.
        once_more: whom to demand where any identity will do, if only it authenticates now.
        with_prompt: whether a demand with a time limit says that the person has to sign in anew.
    """
    anyone = not (condition.identity or condition.domains or condition.mfa)
    identity = once_more.id if anyone else condition.identity
    parameters: dict[str, Any] = {
        "session_message": SESSION_MESSAGE,
        "session_required_identities": [identity] if identity else [],
        "session_required_mfa": condition.mfa,
        "session_required_single_domain": list(condition.domains),
    }
    if with_prompt and condition.within is not None:
        parameters["prompt"] = "login"
    message = (
        f"Command Failed: Error (login)\nEndpoint: {collection.display_name} ({collection.id})\n"
        "Message: Login Failed\n---\nDetails: 530-Login incorrect. : GlobusError: v=1 c=LOGIN_DENIED"
    )
    failed = FAILED.get(request.path.rpartition("/")[2], "DirListingFailed")
    return TransferError(502, f"ExternalError.{failed}.LoginFailed", message, authorization_parameters=parameters)


def policy_failed(policy_id: str) -> TransferError:
    """Return the demand for meeting a policy, whose id Transfer sends as a text and not in a list."""
    message = "The session does not meet the authentication policy of this collection"
    parameters = {"session_message": message, "session_required_policies": policy_id}
    return TransferError(403, "AuthPolicyFailed", message, authorization_parameters=parameters)
