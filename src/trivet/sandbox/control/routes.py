"""All pages of the control page, put together. What a page is called in the address is what its file is called."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from flask import Blueprint

from trivet.sandbox.auth.sign_in.cookie import current_browser
from trivet.sandbox.control.applications import add_applications
from trivet.sandbox.control.clock import add_clock
from trivet.sandbox.control.collections import add_collections
from trivet.sandbox.control.consents import add_consents
from trivet.sandbox.control.faults import add_faults
from trivet.sandbox.control.handles import handle
from trivet.sandbox.control.here import add_here
from trivet.sandbox.control.key_page import key_routes
from trivet.sandbox.control.not_done import answer_not_done
from trivet.sandbox.control.overview import add_overview
from trivet.sandbox.control.people import add_people
from trivet.sandbox.control.person import add_person_page
from trivet.sandbox.control.requests import add_requests
from trivet.sandbox.control.reset import add_reset
from trivet.sandbox.control.sessions import add_sessions
from trivet.sandbox.control.tokens import add_tokens
from trivet.sandbox.world.when import ago, day_and_time, time_of_day

if TYPE_CHECKING:
    from trivet.sandbox.carrier.carriers import Carriers
    from trivet.sandbox.control.gate import Gate
    from trivet.sandbox.world import World

NAVIGATION = {
    "/sandbox/": "Overview",
    "/sandbox/requests": "Requests",
    "/sandbox/people": "People",
    "/sandbox/applications": "Applications",
    "/sandbox/collections": "Collections",
    "/sandbox/sessions": "Sessions",
    "/sandbox/tokens": "Tokens",
    "/sandbox/consents": "Consents",
    "/sandbox/faults": "Faults",
    "/sandbox/clock": "Clock",
}


def control_routes(world: World, carriers: Carriers, gate: Gate) -> tuple[Blueprint, ...]:
    """Return the pages behind *gate*, and the one in front of it that asks for the key."""
    pages = Blueprint("control", __name__)
    gate.guard_pages(pages)
    answer_not_done(pages)
    for add in (
        add_overview,
        add_requests,
        add_people,
        add_person_page,
        add_here,
        add_applications,
        add_collections,
        add_sessions,
        add_tokens,
        add_consents,
        add_faults,
        add_clock,
    ):
        add(pages, world)
    add_reset(pages, world, carriers)

    @pages.context_processor
    def everywhere() -> dict[str, Any]:
        """Return what the templates of all pages may use."""
        now = world.now()
        with world.lock:
            browser = current_browser(world)
        return {
            "ago": partial(ago, now=now),
            "browser": browser,
            "day_and_time": day_and_time,
            "form_key": gate.form_key,
            "handle": handle,
            "navigation": NAVIGATION,
            "now": now,
            "time_of_day": time_of_day,
            "world": world,
        }

    return pages, key_routes(gate)
