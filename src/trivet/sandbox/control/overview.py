"""``/sandbox/``: who is signed in here, how much of everything there is, and what was asked last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template

from trivet.sandbox.control.gate import PAGES
from trivet.sandbox.control.requests import latest

if TYPE_CHECKING:
    from flask import Blueprint
    from flask.typing import ResponseReturnValue

    from trivet.sandbox.world import World

SHOWN_REQUESTS = 12


def add_overview(pages: Blueprint, world: World) -> None:
    @pages.get(PAGES)
    def overview() -> ResponseReturnValue:
        with world.lock:
            return render_template(
                "control/overview.html",
                signed_in=sum(each.person is not None for each in world.browsers),
                alive=sum(each.active for each in world.tokens.all()),
                faults=world.in_force(),
                requests=latest(world, SHOWN_REQUESTS),
            )
