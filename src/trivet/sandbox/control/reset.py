"""``/sandbox/reset``: back to the seed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import redirect

from trivet.sandbox.control.gate import PAGES

if TYPE_CHECKING:
    from flask import Blueprint
    from flask.typing import ResponseReturnValue

    from trivet.sandbox.carrier.carriers import Carriers
    from trivet.sandbox.world import World


def add_reset(pages: Blueprint, world: World, carriers: Carriers) -> None:
    @pages.post("/sandbox/reset")
    def reset() -> ResponseReturnValue:
        with world.lock:
            carriers.drop_everything()
            world.reset()
        return redirect(PAGES, 303)
