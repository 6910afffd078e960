"""The log record of the request being answered: the front door begins it, the routes add what they find out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request

from trivet.sandbox.world.redaction import MAX_BODY, redacted, redacted_json, redacted_text

if TYPE_CHECKING:
    from flask import Flask

    from trivet.sandbox.world.request_log import RequestRecord

RECORD = "trivet.sandbox.record"
"""Where in the WSGI environment the routes find this request's log record."""


def note(*, client: str | None = None, person: str | None = None, reason: str | None = None) -> None:
    """Add what is given to the current request's record. Never pass a token, code or secret.

    A *reason* is why something is about to be refused, known where it was found and often nowhere else: the answer
    may have to say less.
    """
    record: RequestRecord | None = request.environ.get(RECORD)
    if record is None:
        return
    record.client = client or record.client
    record.person = person or record.person
    record.reason = redacted_text(reason) if reason else record.reason


def refused(error: str, words: str) -> None:
    """Add to the record that the answer is a refusal with this code; *words* stand where no reason was noted."""
    record: RequestRecord | None = request.environ.get(RECORD)
    if record is not None:
        record.error = error
        record.reason = record.reason or redacted_text(words)


def add_body_logging(app: Flask) -> None:
    """Add what each request brings to its record, a form or JSON; the front door sees the query only."""

    @app.before_request
    def log_body() -> None:
        record: RequestRecord | None = request.environ.get(RECORD)
        if record is None or request.method in ("GET", "HEAD"):
            return
        if request.is_json:
            record.too_long = (request.content_length or 0) > MAX_BODY
            record.body = None if record.too_long else redacted_json(request.get_data())
        elif request.method == "POST":
            record.form = redacted(request.form.items(multi=True))
