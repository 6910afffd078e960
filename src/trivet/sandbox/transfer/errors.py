"""Transfer's documents about a request: a code, a sentence, a request id of nine characters, the resource asked for."""

from __future__ import annotations

import secrets
import string
from typing import Any

from flask import Response, jsonify, request

from trivet.sandbox.http.record import refused

REQUEST_ID_LETTERS = string.ascii_letters + string.digits


class TransferError(Exception):
    """A refusal by Transfer. *extra* fields go into the document as they are (``required_scopes``, ...)."""

    def __init__(self, status: int, code: str, message: str, **extra: Any) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.message = message
        self.extra = extra


def bad_request(message: str, code: str = "BadRequest") -> TransferError:
    return TransferError(400, code, message)


def request_id() -> str:
    return "".join(secrets.choice(REQUEST_ID_LETTERS) for _ in range(9))


def result_document(data_type: str, code: str, message: str) -> dict[str, Any]:
    """Return the document that says what was done (SDK fixtures ``operation_mkdir``, ``cancel_task``, ...)."""
    said = {"code": code, "message": message, "request_id": request_id(), "resource": request.path}
    return {"DATA_TYPE": data_type, **said}


def error_response(error: TransferError) -> Response:
    """Return the document for *error* (SDK fixture ``operation_stat``), always as JSON: clients parse nothing else."""
    refused(error.code, error.message)
    body = {"code": error.code, "message": error.message, "request_id": request_id(), "resource": request.path}
    response = jsonify({**body, **error.extra})
    response.status_code = error.status
    if error.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response
