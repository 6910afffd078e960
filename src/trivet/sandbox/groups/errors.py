"""What Groups refuses: a code for programs and a sentence for people (the service's OpenAPI document)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, jsonify

from trivet.sandbox.http.record import refused
from trivet.sandbox.world.room import FullError

if TYPE_CHECKING:
    from flask import Blueprint


class GroupsError(Exception):
    """A refusal. *extra* fields go into the document as they are."""

    def __init__(self, status: int, code: str, detail: str, **extra: Any) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.detail = detail
        self.extra = extra


class MeaninglessError(Exception):
    """A field of the request that means nothing: 422, in the shape of a validation error."""

    def __init__(self, where: str, name: str, message: str) -> None:
        super().__init__(message)
        self.document = {"detail": [{"loc": [where, name], "msg": message, "type": "value_error"}]}
        self.message = f"{name}: {message}"


def forbidden(detail: str, **extra: Any) -> GroupsError:
    return GroupsError(403, "FORBIDDEN", detail, **extra)


def no_such_group() -> GroupsError:
    return GroupsError(404, "NOT_FOUND", "There is no such group")


def answer_errors(routes: Blueprint) -> None:
    """Answer every refusal raised by *routes* with its document."""

    @routes.errorhandler(GroupsError)
    def answer(error: GroupsError) -> Response:
        refused(error.code, error.detail)
        response = jsonify({"code": error.code, "detail": error.detail, **error.extra})
        response.status_code = error.status
        if error.status == 401:
            response.headers["WWW-Authenticate"] = "Bearer"
        return response

    @routes.errorhandler(FullError)
    def full(error: FullError) -> Response:
        return answer(GroupsError(409, "CONFLICT", str(error)))

    @routes.errorhandler(MeaninglessError)
    def meaningless(error: MeaninglessError) -> Response:
        refused("value_error", error.message)
        response = jsonify(error.document)
        response.status_code = 422
        return response
