"""What the sandbox does not have: a loud 501 where Globus has something, and plain 404 and 405 elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound

from trivet.sandbox.http.record import refused

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

FLOWS = "Flows"

ABSENT = {
    "/v2/api/": "this call of Globus Auth's API",
    "/v2/oauth2/": "this Globus Auth OAuth2 endpoint",
    "/v2/web/": "this Globus Auth page",
    "/v2/groups": "this Groups call",
    "/v2/preferences": "this Groups call",
    "/v2/subscription_info": "this Groups call",
    "/v0.10/": "this Transfer call",
    "/v2/bookmarks": "this Transfer call",
    "/v2/tunnels": "Transfer's tunnels",
    "/v2/stream_access_points": "Transfer's stream access points",
    "/v1/": "Search",
    "/flows": FLOWS,
    "/runs": FLOWS,
    "/registered_apis": FLOWS,
    "/web_inputs": FLOWS,
    "/jobs": "Timers",
    "/v2/timer": "Timers",
    "/v2/endpoints": "Compute",
    "/v2/functions": "Compute",
    "/v2/submit": "Compute",
    "/v2/task": "Compute",
    "/v2/batch_status": "Compute",
    "/v2/get_amqp_result_connection_url": "Compute",
    "/v2/version": "Compute",
    "/v3/endpoints": "Compute",
    "/v3/functions": "Compute",
}
"""Where Globus services live, and what to call what is missing there."""


def add_error_answers(app: Flask) -> None:
    """Answer unknown paths, wrong methods, oversized bodies and the like as JSON."""

    @app.errorhandler(NotFound)
    def not_found(error: NotFound) -> ResponseReturnValue:
        feature = next((words for prefix, words in ABSENT.items() if request.path.startswith(prefix)), None)
        return answer(error) if feature is None else answer_absent(feature)

    @app.errorhandler(HTTPException)
    def answer(error: HTTPException) -> ResponseReturnValue:
        if error.response is not None:
            return Response.force_type(error.get_response())
        refused(error.name.replace(" ", ""), _in_words(error))
        headers = [pair for pair in error.get_headers() if pair[0].lower() not in ("content-type", "content-length")]
        return jsonify({"code": error.name.replace(" ", ""), "message": error.name}), error.code or 500, headers


def _in_words(error: HTTPException) -> str:
    if isinstance(error, NotFound):
        return f"There is nothing at {request.path}."
    if isinstance(error, MethodNotAllowed):
        return f"{request.path} takes {', '.join(sorted(error.valid_methods or ()))}, and not {request.method}."
    return f"{error.name}."


def answer_absent(feature: str) -> ResponseReturnValue:
    """Say which feature is missing, in every error shape that Globus clients read."""
    message = f"The sandbox does not have {feature} yet: {request.method} {request.path}"
    refused("NotImplemented", message)
    entry = {"status": "501", "code": "NOT_IMPLEMENTED", "title": "Not in the sandbox", "detail": message}
    document: dict[str, Any] = {"code": "NotImplemented", "message": message, "errors": [entry]}
    if feature == FLOWS:
        document["error"] = entry  # globus-cli asks for error.detail without looking whether it is there
    return jsonify(document), 501
