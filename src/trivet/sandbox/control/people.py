"""``/sandbox/people``: everybody, and a form for somebody new."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import redirect, render_template, request, url_for

from trivet.sandbox.seed import seed_id
from trivet.sandbox.world import accounts
from trivet.sandbox.world.clients import CLIENT_IDENTITIES

if TYPE_CHECKING:
    from flask import Blueprint
    from flask.typing import ResponseReturnValue

    from trivet.sandbox.world import World
    from trivet.sandbox.world.people import Identity


def add_people(pages: Blueprint, world: World) -> None:
    @pages.get("/sandbox/people")
    def people() -> ResponseReturnValue:
        with world.lock:
            return render_template("control/people.html", domains=domains(world))

    @pages.post("/sandbox/people")
    def add() -> ResponseReturnValue:
        with world.lock:
            person = accounts.add_person(world, identity_from_form(world))
        return redirect(url_for("control.person", key=person.key), 303)


def identity_from_form(world: World) -> Identity:
    """Return a new identity as the current form describes it.

    Raises:
        AccountError: there can be none like that.
    """
    field = request.form.get
    username = field("username", "").strip()
    return accounts.new_identity(
        world,
        seed_id("identity", username),
        username,
        name=field("name", ""),
        email=field("email"),
        organization=field("organization"),
    )


def domains(world: World) -> list[str]:
    """Return what usernames may end in."""
    return [each.domain for each in world.directory.providers.values() if each != CLIENT_IDENTITIES]
