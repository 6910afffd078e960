"""Tell the request log what a route found out about the current request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request

from trivet.sandbox.front_door import RECORD

if TYPE_CHECKING:
    from trivet.sandbox.request_log import RequestRecord


def note(*, client: str | None = None, person: str | None = None, reason: str | None = None) -> None:
    """Add what is given to the current request's record. Never pass a token, code or secret."""
    record: RequestRecord | None = request.environ.get(RECORD)
    if record is None:
        return
    record.client = client or record.client
    record.person = person or record.person
    record.reason = reason or record.reason
