"""What a fault answers that brings no body of its own: the document in which the service struck says that it failed."""

from __future__ import annotations

import json
import uuid
from http import HTTPStatus
from typing import Any

from trivet.sandbox.script.faults import service_of


def phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Fault"


def error_body(status: int, path: str) -> bytes:
    """Return the body, JSON in UTF-8, for an answer with *status* to a request for *path*."""
    return json.dumps(_document(status, path)).encode()


def _document(status: int, path: str) -> dict[str, Any]:
    title, said = phrase(status), f"The sandbox was asked to answer {status} here."
    match service_of(path):
        case "transfer":
            code = title.replace(" ", "")
            return {"code": code, "message": said, "request_id": uuid.uuid4().hex[:9], "resource": path}
        case "groups":
            return {"code": title.replace(" ", "_").upper(), "detail": said}
        case "auth":
            word = title.replace(" ", "_")
            entry = {"status": str(status), "id": str(uuid.uuid4()), "code": word.upper(), "title": title}
            return {"errors": [{**entry, "detail": said}], "error": word.lower(), "error_description": said}
    return {"code": title.replace(" ", ""), "message": said}
