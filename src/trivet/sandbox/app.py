"""Put the routes together into one WSGI application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask, render_template

from trivet.sandbox.address import environment
from trivet.sandbox.auth.consents import consents_routes
from trivet.sandbox.auth.discovery import discovery_routes
from trivet.sandbox.auth.identities import identities_routes
from trivet.sandbox.auth.identity_providers import identity_providers_routes
from trivet.sandbox.auth.introspect import introspect_routes
from trivet.sandbox.auth.oauth_server import SandboxServer
from trivet.sandbox.auth.registration.clients import clients_routes
from trivet.sandbox.auth.registration.credentials import credentials_routes
from trivet.sandbox.auth.registration.policies import policies_routes
from trivet.sandbox.auth.registration.projects import projects_routes
from trivet.sandbox.auth.registration.scopes import scopes_routes
from trivet.sandbox.auth.revoke import revoke_routes
from trivet.sandbox.auth.sign_in.account_picker import account_picker_routes
from trivet.sandbox.auth.sign_in.auth_code import auth_code_routes
from trivet.sandbox.auth.sign_in.authorize import authorize_routes
from trivet.sandbox.auth.sign_in.consent_form import consent_routes
from trivet.sandbox.auth.sign_in.consents_page import consents_page_routes
from trivet.sandbox.auth.sign_in.identities_page import identities_page_routes
from trivet.sandbox.auth.sign_in.logout import logout_routes
from trivet.sandbox.auth.sign_in.returning import add_refusals
from trivet.sandbox.auth.sign_in.step_up import step_up_routes
from trivet.sandbox.auth.token import token_routes
from trivet.sandbox.auth.userinfo import userinfo_routes
from trivet.sandbox.auth.validate import validate_routes
from trivet.sandbox.control.api import api_routes
from trivet.sandbox.control.routes import control_routes
from trivet.sandbox.groups.routes import groups_routes
from trivet.sandbox.http.absent import add_error_answers
from trivet.sandbox.http.front_door import FrontDoor
from trivet.sandbox.http.headers import STATIC, add_protection
from trivet.sandbox.http.record import add_body_logging
from trivet.sandbox.transfer.routes import transfer_routes

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication
    from flask.typing import ResponseReturnValue

    from trivet.sandbox.carrier.carriers import Carriers
    from trivet.sandbox.control.gate import Gate
    from trivet.sandbox.world import World

MAX_BODY_BYTES = 1_000_000
"""What a request may bring, unless its route has room for more."""


def build(world: World, carriers: Carriers, gate: Gate) -> WSGIApplication:
    """Return the application over *world*; *carriers* get its tasks, and *gate* says who may control it."""
    return FrontDoor(routed(world, carriers, gate), world)


def routed(world: World, carriers: Carriers, gate: Gate) -> Flask:
    """Return the application as it is behind the front door."""
    app = Flask(__name__, static_url_path=STATIC)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    app.json.sort_keys = False  # type: ignore[attr-defined]
    server = SandboxServer(world)
    for routes in (
        discovery_routes(world),
        authorize_routes(server),
        account_picker_routes(world),
        step_up_routes(world),
        consent_routes(world),
        auth_code_routes(world),
        token_routes(server),
        revoke_routes(server),
        introspect_routes(server),
        validate_routes(server),
        userinfo_routes(world),
        identities_routes(world),
        identity_providers_routes(world),
        projects_routes(world),
        policies_routes(world),
        groups_routes(world),
        clients_routes(world),
        credentials_routes(world),
        scopes_routes(world),
        logout_routes(world),
        consents_routes(world),
        consents_page_routes(world),
        identities_page_routes(world),
        transfer_routes(world, carriers),
        *control_routes(world, carriers, gate),
        api_routes(world, carriers, gate),
    ):
        app.register_blueprint(routes)
    _add_home(app, world)
    add_body_logging(app)
    add_refusals(app, world)
    add_error_answers(app)
    app.after_request(add_protection)
    return app


def _add_home(app: Flask, world: World) -> None:
    @app.get("/")
    def home() -> ResponseReturnValue:
        with world.lock:
            return render_template("home.html", world=world, environment=environment(world.issuer))
