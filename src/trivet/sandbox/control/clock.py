"""``/sandbox/clock``: what time it is here, what will happen next, and how to get there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import redirect, render_template, request

from trivet.sandbox.world.durations import in_words
from trivet.sandbox.world.upcoming import KINDS, advance_to_next, upcoming

if TYPE_CHECKING:
    from flask import Blueprint
    from flask.typing import ResponseReturnValue

    from trivet.sandbox.world import World

PATH = "/sandbox/clock"
STEPS = ("15m", "1h", "49h", "183d")
"""What a button moves the clock by; the last two are past every access token, and past every refresh token."""

SHOWN_MOMENTS = 30


def add_clock(pages: Blueprint, world: World) -> None:
    @pages.get(PATH)
    def clock() -> ResponseReturnValue:
        with world.lock:
            return render_template(
                "control/clock.html",
                steps=STEPS,
                kinds=KINDS,
                moments=upcoming(world)[:SHOWN_MOMENTS],
                ahead=in_words(abs(world.clock.ahead)),
            )

    @pages.post(PATH)
    def move() -> ResponseReturnValue:
        """Do what the pressed button says; without a button, Enter was pressed in the field for a duration."""
        form = request.form
        if "freeze" in form:
            world.clock.freeze()
        elif "unfreeze" in form:
            world.clock.unfreeze()
        elif "to" in form:
            advance_to_next(world, form["to"])
        else:
            world.advance(form.get("step") or form.get("by", ""))
        return redirect(PATH, 303)
