"""``GET /v2/web/logout``: forget this browser. No token is revoked and nobody is redirected, as at Globus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, request

from trivet.sandbox.auth.sign_in.cookie import current_browser, forget
from trivet.sandbox.auth.sign_in.pages import signed_out_page
from trivet.sandbox.http.record import note
from trivet.sandbox.world.web_addresses import is_web_address

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from trivet.sandbox.world import World
    from trivet.sandbox.world.clients import Client


def logout_routes(world: World) -> Blueprint:
    routes = Blueprint("logout", __name__)

    @routes.get("/v2/web/logout")
    def logout() -> ResponseReturnValue:
        if request.method == "HEAD":
            return ""  # a HEAD ends nothing
        with world.lock:
            # The vendor's older samples say "client", the documentation "client_id" (Globus docs: Helper Pages, Auth).
            client = world.client(request.args.get("client_id") or request.args.get("client"))
            browser = current_browser(world)
            person = browser.person if browser else None
            note(client=client.key if client else None, person=person.key if person else None)
            link = _link(request.args.get("redirect_uri"), client, world)
            page = signed_out_page(client.name if client else None, link, request.args.get("redirect_name"))
            return forget(page, world)

    return routes


def _link(address: str | None, client: Client | None, world: World) -> str | None:
    """Return *address* if it may become a link: http or https only, so that no script hides in it."""
    if not address or not is_web_address(address):
        return None
    if world.switches.check_logout_redirect_uri and (client is None or address not in client.redirect_uris):
        return None
    return address
