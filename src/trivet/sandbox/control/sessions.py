"""``/sandbox/sessions``: in which browsers somebody is signed in, what each application has seen, and how to end it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import redirect, render_template, request

from trivet.sandbox.control.handles import handle
from trivet.sandbox.control.not_done import GoneError

if TYPE_CHECKING:
    from flask import Blueprint
    from flask.typing import ResponseReturnValue

    from trivet.sandbox.world import World
    from trivet.sandbox.world.browsers import Browser

PATH = "/sandbox/sessions"


def add_sessions(pages: Blueprint, world: World) -> None:
    @pages.get(PATH)
    def sessions() -> ResponseReturnValue:
        with world.lock:
            known = [each for each in reversed(list(world.browsers)) if each.person is not None]
            return render_template("control/sessions.html", browsers=known)

    @pages.post(PATH)
    def end() -> ResponseReturnValue:
        with world.lock:
            browser = _browser(request.form.get("browser", ""), world)
            client = request.form.get("client")
            if client is None:
                world.browsers.forget(browser.id)
            else:
                browser.sessions.pop(client, None)
        return redirect(PATH, 303)


def _browser(name: str, world: World) -> Browser:
    for each in world.browsers:
        if handle(each.id) == name:
            return each
    raise GoneError("That session")
