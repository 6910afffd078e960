"""Put the portal together from its settings."""

from collections.abc import Mapping
from typing import Any

from flask import Flask
from globus_sdk.scopes import TransferScopes

from trivet.portal import (
    collections,
    dashboard,
    error_pages,
    files,
    home,
    security_headers,
    send,
    services,
    sessions,
    soon,
    tasks,
    wording,
)
from trivet.portal.extensions import bootstrap, csrf, globus

DEFAULTS = {
    "BOOTSTRAP_SERVE_LOCAL": True,  # nothing on our pages comes from anybody else's server
    "GLOBUS_APP_NAME": "Data Portal",
    "GLOBUS_SCOPES": [str(TransferScopes.all)],  # asked for at sign-in, so that one consent is enough
    "MAX_CONTENT_LENGTH": 1_000_000,  # bytes; a form is read whole, before anybody has looked who sends it
    "SESSION_COOKIE_NAME": "portal",
    "SESSION_COOKIE_SAMESITE": "Lax",
    # A page may stay open overnight; what makes its forms safe is the session they belong to, not their age.
    "WTF_CSRF_TIME_LIMIT": None,
}


def create_app(config: Mapping[str, Any] | None = None) -> Flask:
    """
    Return the portal.

    Args:
        config: settings; what it leaves out comes from ``FLASK_...`` environment variables, such as
            ``FLASK_GLOBUS_CLIENT_ID``.

    Raises:
        ConfigError: something is missing or wrong; says everything at once.
    """
    app = Flask("trivet.portal")
    app.config.update(DEFAULTS)
    app.config.from_prefixed_env()
    app.config.update(config or {})
    if str(app.config.get("GLOBUS_BASE_URL", "")).startswith("https://"):
        app.config["SESSION_COOKIE_SECURE"] = True
    for extension in (bootstrap, csrf, globus):
        extension.init_app(app)
    for page in (home, dashboard, collections, files, send, tasks, sessions):
        app.register_blueprint(page.pages)
    for part in (wording, services, soon, error_pages, security_headers):
        part.add_to(app)
    app.context_processor(lambda: {"globus": globus, "app_name": app.config["GLOBUS_APP_NAME"]})
    return app
