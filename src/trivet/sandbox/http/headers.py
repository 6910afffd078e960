"""The headers that keep answers out of caches, pages out of frames, and let scripts read what is theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request

from trivet.sandbox.http.control_paths import is_control
from trivet.sandbox.http.cors import across_origins

if TYPE_CHECKING:
    from flask import Response

STATIC = "/sandbox/static"
CACHEABLE = (STATIC, "/.well-known/", "/jwk.json")

# No form-action here: Chrome applies it to the redirects after a form too, and would stop the way back to the
# application.
PAGE_POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'"

CONTROL_POLICY = f"{PAGE_POLICY}; script-src 'self'; connect-src 'self'; form-action 'self'"
"""The control page has one small script of its own, and its forms lead nowhere else."""


def add_protection(response: Response) -> Response:
    """Add them to *response*: ``no-store`` where it may hold something personal, the page policy to HTML."""
    headers = response.headers
    headers.extend(across_origins(request.path))
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    if not request.path.startswith(CACHEABLE):
        headers["Cache-Control"] = "no-store"
        headers["Pragma"] = "no-cache"
    if response.mimetype == "text/html":
        headers["X-Frame-Options"] = "DENY"
        headers["Content-Security-Policy"] = CONTROL_POLICY if is_control(request.path) else PAGE_POLICY
    return response
