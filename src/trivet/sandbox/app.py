"""Put the routes together into one WSGI application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask, render_template, request

from trivet.sandbox.absent import add_error_answers
from trivet.sandbox.account_picker import account_picker_routes
from trivet.sandbox.address import sdk_environment
from trivet.sandbox.authorize import authorize_routes
from trivet.sandbox.code_grant import CodeGrant, S256Only
from trivet.sandbox.consent_form import consent_routes
from trivet.sandbox.discovery import discovery_routes
from trivet.sandbox.front_door import RECORD, FrontDoor
from trivet.sandbox.headers import STATIC, add_protection
from trivet.sandbox.introspect import introspect_routes
from trivet.sandbox.logout import logout_routes
from trivet.sandbox.oauth import SandboxServer
from trivet.sandbox.refresh_grant import RefreshGrant
from trivet.sandbox.request_log import redacted
from trivet.sandbox.returning import add_refusals
from trivet.sandbox.revoke import revoke_routes
from trivet.sandbox.token import token_routes
from trivet.sandbox.transfer import transfer_routes
from trivet.sandbox.userinfo import userinfo_routes

if TYPE_CHECKING:
    import threading

    from _typeshed.wsgi import WSGIApplication
    from flask.typing import ResponseReturnValue

    from trivet.sandbox.world import World


def build(world: World, closing: threading.Event) -> WSGIApplication:
    """Return the application over *world*. Set *closing* to cut short any delay it is in."""
    app = Flask(__name__, static_url_path=STATIC)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    server = SandboxServer(world)
    server.register_grant(CodeGrant, [S256Only(required=True)])
    server.register_grant(RefreshGrant)
    for routes in (
        discovery_routes(world),
        authorize_routes(server),
        account_picker_routes(world),
        consent_routes(world),
        token_routes(server),
        revoke_routes(server),
        introspect_routes(server),
        userinfo_routes(world),
        logout_routes(world),
        transfer_routes(world),
    ):
        app.register_blueprint(routes)
    _add_home(app, world)
    _add_form_logging(app)
    add_refusals(app, world)
    add_error_answers(app)
    app.after_request(add_protection)
    return FrontDoor(app, world, closing)


def _add_home(app: Flask, world: World) -> None:
    @app.get("/")
    def home() -> ResponseReturnValue:
        return render_template("home.html", world=world, environment=sdk_environment(world.issuer))


def _add_form_logging(app: Flask) -> None:
    @app.before_request
    def log_form() -> None:
        record = request.environ.get(RECORD)
        if record is not None and request.method == "POST":
            record.params.update(redacted(request.form.items()))
