"""``/sandbox/collections``: what directory each shows, what it demands, and a button to pause it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import redirect, render_template, request

from trivet.sandbox.control.not_done import GoneError
from trivet.sandbox.script.carrying import MAINTENANCE
from trivet.sandbox.world.condition_words import demand
from trivet.sandbox.world.people import LONGEST_TEXT

if TYPE_CHECKING:
    from flask import Blueprint
    from flask.typing import ResponseReturnValue

    from trivet.sandbox.world import World
    from trivet.sandbox.world.collections import Collection

PATH = "/sandbox/collections"


def add_collections(pages: Blueprint, world: World) -> None:
    @pages.get(PATH)
    def collections() -> ResponseReturnValue:
        with world.lock:
            rows = [
                (each, demands(each, world), world.carrying.pause_message(each.id))
                for each in world.collections.values()
            ]
            return render_template("control/collections.html", rows=rows)

    @pages.post(PATH)
    def pause_or_resume() -> ResponseReturnValue:
        collection = world.collection(request.form.get("collection", ""))
        if collection is None:
            raise GoneError("That collection")
        if request.form.get("do") == "pause":
            said = " ".join(request.form.get("message", "").split())[:LONGEST_TEXT]
            world.carrying.pause(collection.id, said or MAINTENANCE)
        else:
            world.carrying.resume(collection.id)
        return redirect(f"{PATH}#{collection.id}", 303)


def demands(collection: Collection, world: World) -> list[str]:
    """Return in words what whoever is let in must have, besides being one of those it is shared with."""
    found = ["a consent to data_access"] if collection.takes_data_access else []
    if collection.assurance is not None:
        found.append(demand(collection.assurance.condition, world))
        policy = world.policies.find(collection.assurance.policy_id or "")
        found += [f"the policy “{policy.display_name}”"] if policy else []
    return found
