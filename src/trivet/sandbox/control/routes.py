"""Which page of the control page is where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, render_template

from trivet.sandbox.control.clock import STEPS, add_clock
from trivet.sandbox.control.gate import PAGES
from trivet.sandbox.control.key_page import key_routes

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from trivet.sandbox.control.gate import Gate
    from trivet.sandbox.world import World


def control_routes(world: World, gate: Gate) -> tuple[Blueprint, ...]:
    """Return the pages behind *gate*, and the one in front of it that asks for the key."""
    pages = Blueprint("control", __name__)
    gate.guard_pages(pages)

    add_clock(pages, world)

    @pages.get(PAGES)
    def overview() -> ResponseReturnValue:
        return render_template("control/overview.html", world=world, gate=gate, steps=STEPS)

    return pages, key_routes(gate)
