"""What Transfer asks for when a token is good but not enough: Globus Auth Requirements Errors (Globus docs: GAREs)."""

from __future__ import annotations

from trivet.sandbox.transfer.errors import TransferError


def consent_required(message: str, scope: str) -> TransferError:
    """Return the demand for a consent to *scope*, in the old form and the new one at once, as Transfer sends it."""
    parameters = {"session_message": message, "required_scopes": [scope]}
    return TransferError(403, "ConsentRequired", message, required_scopes=[scope], authorization_parameters=parameters)
