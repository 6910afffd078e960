"""The pages people see. Every value is escaped by Jinja, and nothing here needs JavaScript.

Browser tests may rely on these hooks; the rest of the pages may change.

    every page     #sandbox-banner
    account picker form#sign-in, button[name=identity][value=<identity id>], #application, #session-message
    consent page   form#consent, button[name=decision][value=allow|deny], #application, #person, #scopes, #offline,
                   #session-message, a#other-account
    refused        #error-sentence, #error-code, #error-id, #error-timestamp, #error-details
    out of date    a#start-again, if starting again is possible
    signed out     #application, a#continue
    home           #environment, #people, #clients, #collections

Each form holds a hidden ``attempt`` that has to be sent back from the browser it was made for.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from flask import Response, make_response, render_template

from trivet.sandbox.auth.sign_in.scope_words import in_words

if TYPE_CHECKING:
    from trivet.sandbox.auth.sign_in.refusals import ShownError
    from trivet.sandbox.world import World
    from trivet.sandbox.world.browsers import Attempt, Browser
    from trivet.sandbox.world.scopes import Scope


def sign_in_page(attempt: Attempt, browser: Browser, world: World) -> Response:
    """Offer every identity of every person as a button."""
    return make_response(
        render_template("sign_in.html", attempt=attempt, browser=browser, people=list(world.people.values()))
    )


def consent_page(attempt: Attempt, browser: Browser) -> Response:
    """Name the application and what it wants, and ask."""
    rows = [row for scope in attempt.request.scopes for row in _rows(scope, 0)]
    return make_response(render_template("consent.html", attempt=attempt, person=browser.person, rows=rows))


def _rows(scope: Scope, depth: int) -> list[dict[str, object]]:
    row = {"words": in_words(scope.name), "name": scope.name, "depth": depth}
    return [row, *(each for inner in scope.dependencies for each in _rows(inner, depth + 1))]


def shown_error_page(error: ShownError, world: World) -> Response:
    """Show a refusal with a sentence, a timestamp, an error id and an error code, as Globus does."""
    page = render_template(
        "refused.html",
        sentence=error.sentence,
        details=error.details,
        code=error.code,
        error_id=str(uuid.uuid4()),
        timestamp=datetime.fromtimestamp(world.now(), UTC).isoformat(timespec="seconds"),
    )
    return make_response(page, world.switches.page_error_status)


def stale_page(status: int, *, again: str | None) -> Response:
    """Say that a form or page cannot be used any more; *again* is the query that starts over."""
    return make_response(render_template("stale.html", again=again), status)


def signed_out_page(application: str | None, link: str | None, link_name: str | None) -> Response:
    return make_response(render_template("signed_out.html", application=application, link=link, link_name=link_name))
