"""What browsers are told about our pages, so that a mistake on one of them stays small."""

from flask import Flask, Response

# No `form-action`: browsers apply it to every redirect after a form is sent, and signing out leads on to Globus.
# `data:` is for the small pictures inside Bootstrap's own stylesheet.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)


def protect(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("X-Frame-Options", "DENY")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    return response


def add_to(app: Flask) -> None:
    app.after_request(protect)
