"""``/sandbox/consents``: what everybody has agreed to, and buttons to take it back for them."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from flask import redirect, render_template, request

from trivet.sandbox.auth.sign_in.scope_words import in_words
from trivet.sandbox.control.not_done import GoneError

if TYPE_CHECKING:
    from flask import Blueprint
    from flask.typing import ResponseReturnValue

    from trivet.sandbox.world import World
    from trivet.sandbox.world.consents import Consent

PATH = "/sandbox/consents"


def add_consents(pages: Blueprint, world: World) -> None:
    @pages.get(PATH)
    def consents() -> ResponseReturnValue:
        with world.lock:
            return render_template("control/consents.html", given=_by_giver(world), in_words=in_words)

    @pages.post(PATH)
    def rescind() -> ResponseReturnValue:
        with world.lock:
            chosen = [each for each in world.consents.all() if str(each.id) == request.form.get("consent")]
            if not chosen:
                raise GoneError("That consent")
            world.rescind(chosen[0])
        return redirect(PATH, 303)


def _by_giver(world: World) -> list[tuple[str, str, list[Consent]]]:
    """Return username and application with what one has agreed to for the other; a client's own leave is left out."""
    found = []
    for (sub, client_id), given in groupby(world.consents.all(), key=lambda each: (each.sub, each.client_id)):
        whose = world.find_identity(sub)
        if whose is not None:
            found.append((whose[1].username, world.applications.name_of(client_id), list(given)))
    return found
