"""What the query of a call to Auth's own API lists."""

from __future__ import annotations

import uuid

from flask import request

from trivet.sandbox.auth.api_error import invalid_parameters
from trivet.sandbox.http.commas import between_commas


def listed_in(parameter: str) -> list[str]:
    """Return what is listed in a query *parameter*, joined with commas.

    Raises:
        ApiError: 400 ``INVALID_PARAMETERS``; it came more than once, and only one of them would be read.
    """
    sent = request.args.getlist(parameter)
    if len(sent) > 1:
        raise invalid_parameters(f"{parameter} was sent more than once; join its values with commas")
    return between_commas("".join(sent))


def checked_ids(ids: list[str]) -> list[str]:
    """Return *ids* in their usual form.

    Raises:
        ApiError: 400 ``INVALID_PARAMETERS``; one is not a UUID.
    """
    try:
        return [str(uuid.UUID(each)) for each in ids]
    except ValueError:
        raise invalid_parameters("An id is a UUID") from None
