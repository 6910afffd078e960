"""What Globus Transfer refuses, in plain words."""

from dataclasses import dataclass

from globus_sdk import TransferAPIError


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why something cannot be shown, what to do about it, and the HTTP status of the page that says so."""

    status: int
    title: str
    advice: str


_ASK_THE_OWNER = "Ask its owner for access, or sign in with another account."

_BY_CODE = {
    "EndpointNotFound": Trouble(404, "There is no such collection.", "It may have been removed, or the link is wrong."),
    "EndpointDeleted": Trouble(404, "This collection has been removed.", "Its owner may know where its data went."),
    "PermissionDenied": Trouble(403, "You have no access to this collection.", _ASK_THE_OWNER),
    "EndpointPermissionDenied": Trouble(403, "You have no access to this folder.", _ASK_THE_OWNER),
    "ClientError.NotFound": Trouble(404, "There is no such folder.", "It may have been moved or renamed."),
    "NotFound": Trouble(404, "There is no such folder.", "It may have been moved or renamed."),
    "ClientError.BadRequest": Trouble(400, "This cannot be shown as a folder.", "It may be a file."),
    "TaskNotFound": Trouble(404, "There is no such transfer.", "It may be somebody else's, or too long ago."),
    "OperationPaused": Trouble(409, "This collection is paused by its manager.", "Try again later."),
}

_NOT_ANSWERING = Trouble(
    502, "The computer behind this collection is not answering.", "It may be switched off or busy. Try again later."
)


def trouble(error: TransferAPIError) -> Trouble:
    """
    Return what *error* means on a page.

    Raises:
        TransferAPIError: *error* itself, when it is for Trivet to answer, as with an outage.
    """
    code = error.code or ""
    if code.startswith(("ExternalError.", "EndpointError")):
        return _NOT_ANSWERING
    if code not in _BY_CODE:
        raise error
    return _BY_CODE[code]
