"""Pages for what went wrong. What Trivet has to say is shown by ``trivet/page.html``, in the same look."""

from flask import Flask, render_template
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException


def http_error(error: HTTPException) -> ResponseReturnValue:
    """Explain a plain HTTP error; an answer that an HTTPException carries is passed on."""
    if error.response is not None:
        return error.response
    template = "portal/not_found.html" if error.code == 404 else "portal/error.html"
    return render_template(template, error=error), error.code or 500, _headers(error)


def stale_form(_error: CSRFError) -> ResponseReturnValue:
    """Explain a form that does not belong to the session, as in a tab from before a sign-out elsewhere."""
    return render_template("portal/stale_form.html"), 400


def _headers(error: HTTPException) -> list[tuple[str, str]]:
    return [(name, value) for name, value in error.get_headers() if name.lower() in {"allow", "retry-after"}]


def add_to(app: Flask) -> None:
    app.register_error_handler(CSRFError, stale_form)
    app.register_error_handler(HTTPException, http_error)
