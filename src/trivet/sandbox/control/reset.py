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


def back_to_seed(world: World, carriers: Carriers) -> None:
    """Forget all that has happened, to the sandbox's own files too; no task touches any more.

    Tasks end under the world's lock, so that none is submitted between their end and that of everything else.

    Raises:
        OSError: a file could not be put back. All else is as in the seed.
    """
    with world.lock:
        try:
            carriers.start_over()
        finally:
            world.reset()


def add_reset(pages: Blueprint, world: World, carriers: Carriers) -> None:
    @pages.post("/sandbox/reset")
    def reset() -> ResponseReturnValue:
        back_to_seed(world, carriers)
        return redirect(PAGES, 303)
