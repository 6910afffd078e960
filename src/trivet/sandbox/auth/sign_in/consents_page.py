"""``/v2/web/consents``: what have I agreed to, and what do I take back? (Globus docs: Helper Pages, Auth.)"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, request

from trivet.sandbox.auth.sign_in.account_pages import show_page, take_form
from trivet.sandbox.auth.sign_in.pages import consents_page

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from trivet.sandbox.world import World
    from trivet.sandbox.world.consents import Consent
    from trivet.sandbox.world.people import Person

PATH = "/v2/web/consents"


def consents_page_routes(world: World) -> Blueprint:
    routes = Blueprint("consents_page", __name__)

    @routes.get(PATH)
    def show() -> ResponseReturnValue:
        if request.method == "HEAD":
            return ""  # a HEAD makes no browser known
        with world.lock:
            return show_page(consents_page, world)

    @routes.post(PATH)
    def change() -> ResponseReturnValue:
        def rescind(person: Person) -> None:
            for consent in _chosen(person, world):
                world.rescind(consent)

        with world.lock:
            return take_form(rescind, world)

    return routes


def _chosen(person: Person, world: World) -> list[Consent]:
    """Return the consents to take back: everything one application has, or one of them. Each is the person's own."""
    if "application" in request.form:
        return [each for each in world.consents.of_person(person, request.form["application"]) if each.is_root]
    return [each for each in world.consents.of_person(person) if str(each.id) == request.form.get("consent")]
