"""``GET /v2/web/logout``: forget this browser. No token is revoked and nobody is redirected, as at Globus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, request

from trivet.sandbox.auth.sign_in.cookie import current_browser, forget
from trivet.sandbox.auth.sign_in.pages import signed_out_page
from trivet.sandbox.auth.sign_in.way_back import link_from
from trivet.sandbox.http.record import note

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from trivet.sandbox.world import World


def logout_routes(world: World) -> Blueprint:
    routes = Blueprint("logout", __name__)

    @routes.get("/v2/web/logout")
    def logout() -> ResponseReturnValue:
        if request.method == "HEAD":
            return ""  # a HEAD ends nothing
        with world.lock:
            client, link = link_from(request.args, world)
            browser = current_browser(world)
            person = browser.person if browser else None
            note(client=client.key if client else None, person=person.key if person else None)
            page = signed_out_page(client.name if client else None, link, request.args.get("redirect_name"))
            return forget(page, world)

    return routes
