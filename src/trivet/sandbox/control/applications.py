"""``/sandbox/applications``: each with its id, its secrets for whoever asks, and where it may send people back to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import redirect, render_template, request

from trivet.sandbox.control.not_done import GoneError, NotDoneError
from trivet.sandbox.world.clients import MAX_ADDRESSES
from trivet.sandbox.world.room import check_room
from trivet.sandbox.world.web_addresses import is_redirect_address

if TYPE_CHECKING:
    from flask import Blueprint
    from flask.typing import ResponseReturnValue

    from trivet.sandbox.world import World

PATH = "/sandbox/applications"


def add_applications(pages: Blueprint, world: World) -> None:
    @pages.get(PATH)
    def applications() -> ResponseReturnValue:
        with world.lock:
            named = list(world.clients.values())
            built_in = [each for each in world.applications if each not in named]
            return render_template("control/applications.html", named=named, built_in=built_in)

    @pages.post(PATH)
    def change_addresses() -> ResponseReturnValue:
        with world.lock:
            client = world.client(request.form.get("client"))
            if client is None:
                raise GoneError("That application")
            _set_addresses(client.redirect_uris)
        return redirect(f"{PATH}#{client.id}", 303)


def _set_addresses(registered: list[str]) -> None:
    """Register the address in the form, or take it off the list."""
    added, removed = request.form.get("add", "").strip(), request.form.get("remove")
    if removed in registered:
        registered.remove(removed)
    elif not is_redirect_address(added):
        raise NotDoneError("A redirect address is https, or http on localhost, without a fragment.")
    elif added not in registered:
        check_room(registered, MAX_ADDRESSES, "redirect addresses of one application")
        registered.append(added)
