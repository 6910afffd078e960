"""``/sandbox/applications``: each with its id, its secrets for whoever asks, and where it may send people back to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import redirect, render_template, request

from trivet.sandbox.control.not_done import GoneError, NotDoneError
from trivet.sandbox.world.web_addresses import is_redirect_address

if TYPE_CHECKING:
    from flask import Blueprint
    from flask.typing import ResponseReturnValue

    from trivet.sandbox.world import World
    from trivet.sandbox.world.clients import Client

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
            _set_addresses(client)
        return redirect(f"{PATH}#{client.id}", 303)


def _set_addresses(client: Client) -> None:
    """Register the address in the form, or take it off the list."""
    added, removed = request.form.get("add", "").strip(), request.form.get("remove")
    if removed in client.redirect_uris:
        client.redirect_uris.remove(removed)
    elif not is_redirect_address(added):
        raise NotDoneError("A redirect address is https, or http on localhost, without a fragment.")
    else:
        client.register(added)
