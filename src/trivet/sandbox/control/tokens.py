"""``/sandbox/tokens``: what was issued to whom, for what, and until when; never a token itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import redirect, render_template, request

from trivet.sandbox.control.handles import handle
from trivet.sandbox.control.not_done import GoneError

if TYPE_CHECKING:
    from flask import Blueprint
    from flask.typing import ResponseReturnValue

    from trivet.sandbox.world import World

PATH = "/sandbox/tokens"
SHOWN = 200


def add_tokens(pages: Blueprint, world: World) -> None:
    @pages.get(PATH)
    def tokens() -> ResponseReturnValue:
        with_dead = "dead" in request.args
        with world.lock:
            found = [each for each in reversed(world.tokens.all()) if each.active or with_dead]
            return render_template(
                "control/tokens.html", tokens=found[:SHOWN], more=max(len(found) - SHOWN, 0), with_dead=with_dead
            )

    @pages.post(PATH)
    def revoke() -> ResponseReturnValue:
        name = request.form.get("token", "")
        with world.lock:
            token = next((each for each in world.tokens.all() if handle(each.value) == name), None)
            if token is None:
                raise GoneError("That token")
            token.revoke("on the control page")
        return redirect(PATH, 303)
