"""``/sandbox/clock``: move the clock on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import redirect, request

from trivet.sandbox.control.gate import PAGES

if TYPE_CHECKING:
    from flask import Blueprint
    from flask.typing import ResponseReturnValue

    from trivet.sandbox.world import World

STEPS = {"1h": 3600, "49h": 49 * 3600, "183d": 183 * 86_400}
"""What a button moves the clock by: a little, past every access token, past every refresh token."""


def add_clock(pages: Blueprint, world: World) -> None:
    @pages.post("/sandbox/clock")
    def advance() -> ResponseReturnValue:
        world.advance(STEPS.get(request.form.get("advance", ""), 0))
        return redirect(PAGES, 303)
