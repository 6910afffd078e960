"""Let applications that live in a browser ask from their own origin (WHATWG Fetch standard, CORS protocol).

Any origin may ask where a token or a client's own credentials decide, never where the cookie does: the pages people see
are left out, and no answer allows a browser to send its cookies along.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivet.sandbox.http.absent import ABSENT

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

OPEN = ("/.well-known/", "/jwk.json", *ABSENT)
"""Wherever a service of Globus lives, so that a script can read also what is not here: to it, an answer it may not read
is no different from a network that is down."""

PAGES = ("/v2/oauth2/authorize", "/v2/web/")
"""But not what goes by the cookie."""

METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE"
REQUEST_HEADERS = "Accept, Authorization, Content-Type, X-Globus-Client-Info"
"""What globus-sdk for JavaScript sends."""

PREFLIGHT_SECONDS = 600

ANY_ORIGIN = ("Access-Control-Allow-Origin", "*")


def is_open(path: str) -> bool:
    """Say whether scripts of any origin may read what *path* answers."""
    return path.startswith(OPEN) and not path.startswith(PAGES)


def across_origins(path: str) -> list[tuple[str, str]]:
    """Return the header that lets scripts of any origin read the answer, where they may."""
    return [ANY_ORIGIN] if is_open(path) else []


def is_preflight(environ: WSGIEnvironment) -> bool:
    """Say whether a browser asks on behalf of a script whether it may ask."""
    asked = "HTTP_ORIGIN" in environ and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in environ
    return asked and environ["REQUEST_METHOD"] == "OPTIONS"


def preflight_headers(asked_for: str, *, any_header: bool) -> list[tuple[str, str]]:
    """Return the answer to a preflight that wants to send the headers named in *asked_for*."""
    return [
        ANY_ORIGIN,
        ("Access-Control-Allow-Methods", METHODS),
        ("Access-Control-Allow-Headers", asked_for if any_header and asked_for else REQUEST_HEADERS),
        ("Access-Control-Max-Age", str(PREFLIGHT_SECONDS)),
    ]
