"""Refusals by Auth's own API (``/v2/api/...`` and userinfo)."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from flask import Blueprint, Response, jsonify

from trivet.sandbox.http.record import refused
from trivet.sandbox.world.room import FullError

if TYPE_CHECKING:
    from trivet.sandbox.world.policies import Policy


class ApiError(Exception):
    """A refusal, as it goes into the document: *code* is for programs, *detail* for people, *more* for the root."""

    def __init__(self, status: int, code: str, detail: str, title: str, **more: object) -> None:
        super().__init__(code)
        self.more = more
        self.status = status
        self.code = code
        self.detail = detail
        self.title = title


def unauthenticated(status: int = 401) -> ApiError:
    """Return the refusal of a call without a usable token; the mix of codes and titles is Globus's own."""
    code = "FORBIDDEN" if status == 403 else "UNAUTHORIZED"
    return ApiError(status, code, "Call must be authenticated", "Unauthorized")


def forbidden(detail: str) -> ApiError:
    return ApiError(403, "FORBIDDEN", detail, "Forbidden")


def policy_required(policy: Policy, message: str) -> ApiError:
    """Return the refusal of a session that does not meet *policy*, in the shape ``globus_sdk.gare`` reads."""
    parameters = {"session_message": message, "session_required_policies": [policy.id]}
    return ApiError(403, "FORBIDDEN", message, "Forbidden", authorization_parameters=parameters)


def invalid_parameters(detail: str) -> ApiError:
    return ApiError(400, "INVALID_PARAMETERS", detail, "Invalid parameters")


def not_found(detail: str) -> ApiError:
    return ApiError(404, "NOT_FOUND", detail, "Not found")


def conflict(detail: str) -> ApiError:
    return ApiError(409, "RESOURCE_CONFLICT", detail, "Conflict")


def answer_api_errors(routes: Blueprint) -> None:
    """Answer every ``ApiError`` raised by *routes* with its document (SDK fixture ``userinfo``)."""

    @routes.errorhandler(ApiError)
    def answer(error: ApiError) -> Response:
        refused(error.code, error.detail)
        entry = {
            "status": str(error.status),
            "id": str(uuid.uuid4()),
            "code": error.code,
            "detail": error.detail,
            "title": error.title,
        }
        word = error.title.lower().replace(" ", "_")
        response = jsonify({"errors": [entry], "error": word, "error_description": error.title, **error.more})
        response.status_code = error.status
        if error.title == "Unauthorized":
            response.headers["WWW-Authenticate"] = "Bearer"
        return response

    @routes.errorhandler(FullError)
    def full(error: FullError) -> Response:
        return answer(conflict(str(error)))
