"""``/v2/web/identities``: which identities are linked to my account? (Globus docs: Helper Pages, Auth.)"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, request

from trivet.sandbox.auth.sign_in.account_pages import show_page, take_form
from trivet.sandbox.auth.sign_in.pages import identities_page

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from trivet.sandbox.world import World
    from trivet.sandbox.world.people import Person

PATH = "/v2/web/identities"


def identities_page_routes(world: World) -> Blueprint:
    routes = Blueprint("identities_page", __name__)

    @routes.get(PATH)
    def show() -> ResponseReturnValue:
        if request.method == "HEAD":
            return ""  # a HEAD makes no browser known
        with world.lock:
            return show_page(identities_page, world)

    @routes.post(PATH)
    def sign_in() -> ResponseReturnValue:
        def nothing(_person: Person) -> None:
            """The page has no other form: who is linked is for the seed to say."""

        with world.lock:
            return take_form(nothing, world)

    return routes
