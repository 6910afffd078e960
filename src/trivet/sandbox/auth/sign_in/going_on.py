"""Go on with a sign-in: to the page for whatever stands in its way, or back to the application with a code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivet.sandbox.auth.sign_in.addresses import page_of
from trivet.sandbox.auth.sign_in.obstacles import obstacle
from trivet.sandbox.auth.sign_in.returning import redirect, return_with_code

if TYPE_CHECKING:
    from flask import Response

    from trivet.sandbox.world import World
    from trivet.sandbox.world.browsers import Attempt, Browser


def go_on(attempt: Attempt, browser: Browser, world: World) -> Response:
    """Go to the next page, or return; an attempt is answered once."""
    what = obstacle(attempt, browser, world)
    if what is not None:
        return redirect(page_of(what.page, attempt), 303)
    attempt.answered = True
    return return_with_code(attempt, browser, world)
