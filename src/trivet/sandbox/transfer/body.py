"""The JSON document a request brings, read field by field."""

from __future__ import annotations

import json
from typing import Any

from flask import request

from trivet.sandbox.transfer.errors import TransferError, bad_request


def document() -> dict[str, Any]:
    """Return the JSON object in the current request's body.

    Raises:
        TransferError: 400, if it is anything else.
    """
    try:
        found = json.loads(request.get_data())
    except (ValueError, RecursionError) as error:
        raise bad_request(f"Could not parse JSON: {error}") from None
    if not isinstance(found, dict):
        raise bad_request("The body is a JSON object")
    return found


def path_in(fields: dict[str, Any], name: str) -> str:
    """Return the path under *name*.

    Raises:
        TransferError: 400, if there is none, or one that Globus has no name for (Globus docs: Invalid Path Names).
    """
    value = fields.get(name)
    if not isinstance(value, str) or not value:
        raise bad_request(f"{name} is required, and is a text")
    if "\r\n" in value:
        raise TransferError(400, "InvalidPath", f"{name} holds a line break, which no path may have")
    return value
