"""The pages people see. Every value is escaped by Jinja, and nothing here needs JavaScript.

Browser tests may rely on these hooks; the rest of the pages may change.

    every page     #sandbox-banner
    account picker form#sign-in, button[name=identity][value=<identity id>], #application, #session-message; when the
                   session has to meet a demand, only what will do, with form#give-up and a#other-account
    second factor  form#second-factor, button[name=factor][value=confirm], #username, #session-message, form#give-up
    not you        #demanded, #person, #identities, form#give-up, a#other-account
    give up        form#give-up, button[name=give-up][value=yes], on the three pages above
    consent page   form#consent, button[name=decision][value=allow|deny], #application, #person, #scopes, #offline,
                   #session-message, a#other-account, input[type=checkbox] for each optional dependency; #label where
                   people are asked for a name
    refused        #error-sentence, #error-code, #error-id, #error-timestamp, #error-details
    out of date    a#start-again, if starting again is possible
    consents       form#consents, button[name=application][value=<client id>] to take back all an application has,
                   button[name=consent][value=<consent id>] for one of them, #nothing, a#continue; or form#sign-in
    identities     #identities, #person, a#continue; or form#sign-in
    signed out     #application, a#continue
    auth code      #auth-code and #application, or #error-sentence
    home           #environment, #people, #clients, #collections, #groups, #policies, a#consents

Each form holds a hidden ``attempt`` or ``form_key`` that has to be sent back from the browser it was made for.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from flask import Response, make_response, render_template

from trivet.sandbox.auth.sign_in.effective_identity import as_seen_by
from trivet.sandbox.auth.sign_in.scope_words import in_words
from trivet.sandbox.world.condition_words import demand
from trivet.sandbox.world.scopes import nodes_of

if TYPE_CHECKING:
    from trivet.sandbox.auth.sign_in.obstacles import Obstacle
    from trivet.sandbox.auth.sign_in.refusals import ShownError
    from trivet.sandbox.world import World
    from trivet.sandbox.world.browsers import Attempt, Browser
    from trivet.sandbox.world.codes import AuthorizationCode
    from trivet.sandbox.world.consents import Consent
    from trivet.sandbox.world.people import Identity, Person
    from trivet.sandbox.world.scopes import Scope


def sign_in_page(attempt: Attempt, what: Obstacle | None, world: World) -> Response:
    """Offer as buttons the identities that will do for *what* stands in the way, or every one of every person.

    Those of the provider that the application would rather have come first (``preselect_idp``).
    """
    preselected = attempt.request.client.preselect_idp
    accounts = sorted(_accounts(world), key=lambda account: account[0].identity_provider != preselected)
    wanted = what.identities if what is not None else ()
    return make_response(
        render_template(
            "sign_in.html",
            attempt=attempt,
            accounts=[(each, person) for each, person in accounts if each in wanted or not wanted],
            demands=[demand(each, world) for each in attempt.request.conditions],
            once_more=bool(wanted),
        )
    )


def _accounts(world: World) -> list[tuple[Identity, Person]]:
    """Return every identity that somebody can sign in with, and whose it is."""
    return [(each, person) for person in world.people.values() for each in person.identities]


def second_factor_page(attempt: Attempt, what: Obstacle) -> Response:
    """Ask for the second factor of the identity that has just authenticated."""
    [identity] = what.identities
    return make_response(render_template("second_factor.html", attempt=attempt, identity=identity))


def not_you_page(attempt: Attempt, what: Obstacle, world: World) -> Response:
    """Say what was demanded, and that whoever is signed in cannot meet it."""
    demanded = demand(what.condition, world) if what.condition else ""
    return make_response(render_template("not_you.html", attempt=attempt, person=attempt.whose, demanded=demanded))


def consent_page(attempt: Attempt, world: World) -> Response:
    """Name the application and what it wants, and ask; a dependency that is optional has a box to untick."""
    person = as_seen_by(attempt.request.client, attempt.whose, world)
    rows = [
        {
            "words": in_words(scope.name, world),
            "name": scope.name,
            "depth": len(path) - 1,
            "box": box(number) if may_be_declined(path, scope) else None,
        }
        for number, (path, scope) in enumerate(nodes_of(attempt.request.scopes))
    ]
    return make_response(render_template("consent.html", attempt=attempt, person=person, rows=rows))


def box(number: int) -> str:
    """Return the name of the box for the scope in that place; it is ticked unless the person unticks it."""
    return f"allow-{number}"


def may_be_declined(path: tuple[str, ...], scope: Scope) -> bool:
    """Say whether the person may allow the rest and not this: only what something else depends on, if optional."""
    return scope.optional and len(path) > 1


def consents_page(browser: Browser, link: str | None, link_name: str | None, world: World) -> Response:
    """Show what whoever is signed in has agreed to, by application, with a button to take it back; or ask who it is."""
    rows: dict[str, list[dict[str, object]]] = {}
    given = world.consents.of_person(browser.person) if browser.person else []
    for consent in sorted(given, key=lambda each: each.ids):
        rows.setdefault(consent.client_id, []).append(_consent_row(consent, world))
    applications = [
        (client_id, world.applications.name_of(client_id), _labels(browser, client_id, world), each)
        for client_id, each in rows.items()
    ]
    return make_response(
        render_template(
            "consents.html",
            browser=browser,
            accounts=_accounts(world),
            applications=applications,
            link=link,
            link_name=link_name,
        )
    )


def identities_page(browser: Browser, link: str | None, link_name: str | None, world: World) -> Response:
    """Show the identities of whoever is signed in, the one applications see first; or ask who it is."""
    linked = browser.person.identities if browser.person else ()
    return make_response(
        render_template(
            "identities.html",
            browser=browser,
            accounts=_accounts(world),
            identities=[(each, _minute(world.last_authentication.get(each.id))) for each in linked],
            link=link,
            link_name=link_name,
        )
    )


def _consent_row(consent: Consent, world: World) -> dict[str, object]:
    return {
        "consent": consent,
        "words": in_words(consent.scope_name, world),
        "depth": len(consent.path) - 1,
        "last_used": _minute(consent.last_used),
    }


def _minute(seconds: float | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")


def _labels(browser: Browser, client_id: str, world: World) -> str:
    """Return what the person calls that application's consents, as whichever identity they gave them."""
    identities = browser.person.identities if browser.person else ()
    return ", ".join(filter(None, (world.consents.label(each.id, client_id) for each in identities)))


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


def auth_code_page(code: AuthorizationCode | None, error: str | None) -> Response:
    """Show *code* for copying, or the *error* that came instead."""
    return make_response(render_template("auth_code.html", code=code, error=error))


def signed_out_page(application: str | None, link: str | None, link_name: str | None) -> Response:
    return make_response(render_template("signed_out.html", application=application, link=link, link_name=link_name))
