"""``/sandbox/here``: be somebody else in this browser, or nobody, without going through an application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request

from trivet.sandbox.auth.sign_in.account_picker import sign_in_as_chosen
from trivet.sandbox.auth.sign_in.cookie import current_browser, forget, remember
from trivet.sandbox.auth.sign_in.returning import redirect
from trivet.sandbox.control.gate import PAGES
from trivet.sandbox.control.not_done import GoneError
from trivet.sandbox.world.browsers import Browser

if TYPE_CHECKING:
    from flask import Blueprint
    from flask.typing import ResponseReturnValue

    from trivet.sandbox.world import World


def add_here(pages: Blueprint, world: World) -> None:
    @pages.post("/sandbox/here")
    def be() -> ResponseReturnValue:
        response = redirect(PAGES, 303)
        with world.lock:
            if not request.form.get("identity"):
                return forget(response, world)
            browser = current_browser(world) or Browser()
            if sign_in_as_chosen(browser, world) is None:
                raise GoneError("That identity")
            return remember(response, browser, world)
