"""``/sandbox/people/<name in the seed>``: one person, their identities, and what may be changed about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import redirect, render_template, request, url_for

from trivet.sandbox.control.not_done import GoneError, NotDoneError
from trivet.sandbox.control.people import domains, identity_from_form
from trivet.sandbox.world import accounts

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Blueprint
    from flask.typing import ResponseReturnValue

    from trivet.sandbox.world import World
    from trivet.sandbox.world.people import Identity, Person


def add_person_page(pages: Blueprint, world: World) -> None:
    @pages.get("/sandbox/people/<path:key>")
    def person(key: str) -> ResponseReturnValue:
        with world.lock:
            found = _person(key, world)
            others = [
                (identity, each) for each in world.people.values() if each != found for identity in each.identities
            ]
            return render_template("control/person.html", person=found, others=others, domains=domains(world))

    @pages.post("/sandbox/people/<path:key>")
    def change_person(key: str) -> ResponseReturnValue:
        with world.lock:
            found = _person(key, world)
            action = ACTIONS.get(request.form.get("do", ""))
            if action is None:
                raise NotDoneError("There is no such button.")
            action(found, world)
        return redirect(url_for("control.person", key=key), 303)


def _person(key: str, world: World) -> Person:
    if key not in world.people:
        raise GoneError("That person")
    return world.people[key]


def _rename(person: Person, _world: World) -> None:
    accounts.rename(person, request.form.get("name", ""))


def _describe(person: Person, world: World) -> None:
    identity, field = _own(person), request.form.get
    accounts.describe(world, identity, name=field("name", ""), email=field("email"), organization=field("organization"))


def _make_primary(person: Person, world: World) -> None:
    accounts.make_primary(world, _own(person))


def _unlink(person: Person, world: World) -> None:
    accounts.unlink(world, _own(person))


def _link(person: Person, world: World) -> None:
    found = world.find_identity(request.form.get("identity", ""))
    if found is None:
        raise GoneError("That identity")
    accounts.link(world, person, found[1])


def _link_new(person: Person, world: World) -> None:
    accounts.link(world, person, identity_from_form(world))


def _own(person: Person) -> Identity:
    """Return the identity that the form is about, which is one of the person's."""
    identity = person.identity(request.form.get("identity", ""))
    if identity is None:
        raise GoneError("That identity")
    return identity


ACTIONS: dict[str, Callable[[Person, World], None]] = {
    "rename": _rename,
    "describe": _describe,
    "make-primary": _make_primary,
    "unlink": _unlink,
    "link": _link,
    "link-new": _link_new,
}
