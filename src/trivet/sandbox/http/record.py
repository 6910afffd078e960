"""The log record of the request being answered: the front door begins it, the routes add what they find out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request

from trivet.sandbox.world.request_log import redacted

if TYPE_CHECKING:
    from flask import Flask

    from trivet.sandbox.world.request_log import RequestRecord

RECORD = "trivet.sandbox.record"
"""Where in the WSGI environment the routes find this request's log record."""


def note(*, client: str | None = None, person: str | None = None, reason: str | None = None) -> None:
    """Add what is given to the current request's record. Never pass a token, code or secret."""
    record: RequestRecord | None = request.environ.get(RECORD)
    if record is None:
        return
    record.client = client or record.client
    record.person = person or record.person
    record.reason = reason or record.reason


def add_form_logging(app: Flask) -> None:
    """Add the fields of every form to its record; the front door sees the query only."""

    @app.before_request
    def log_form() -> None:
        record = request.environ.get(RECORD)
        if record is not None and request.method == "POST" and request.mimetype != "application/json":
            record.params.update(redacted(request.form.items()))
