"""What stands between a sign-in under way and its code.

    who are you? ──▶ what the session has to meet, one condition after the other ──▶ consent ──▶ code
                        ├── another identity, or the same once more: account picker
                        ├── the second factor of one that has just authenticated
                        └── none of the person's identities will do: end

Every page asks anew what stands in the way and gives way to the page for that, so none can be skipped by its address,
and what another tab of the browser has changed meanwhile is noticed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trivet.sandbox.auth.sign_in.addresses import CONSENT, NOT_YOU, SECOND_FACTOR, SIGN_IN
from trivet.sandbox.auth.sign_in.effective_identity import as_seen_by
from trivet.sandbox.world.conditions import Condition

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trivet.sandbox.world import World
    from trivet.sandbox.world.authorize_request import AuthorizeRequest
    from trivet.sandbox.world.browsers import Attempt, Browser
    from trivet.sandbox.world.people import Identity, Person
    from trivet.sandbox.world.sessions import Authentication

ANYBODY = Condition()
"""Met by whoever authenticates: what ``prompt=login`` asks for."""


@dataclass(frozen=True)
class Obstacle:
    """Something a person has to do first, at the page *page*.

    Args:
        error: what ``prompt=none`` answers instead (OpenID Connect Core section 3.1.2.6).
        condition: what it is done for, if the application demands something of the session.
        identities: those that it can be done with; empty for all there are.
    """

    page: str
    error: str
    condition: Condition | None = None
    identities: tuple[Identity, ...] = ()


WHO = Obstacle(SIGN_IN, "login_required")
AGREE = Obstacle(CONSENT, "consent_required")


def obstacle(attempt: Attempt, browser: Browser, world: World) -> Obstacle | None:
    """Return the first thing that stands in the way of *attempt*, or None."""
    person = attempt.person
    if person is None or person != browser.person:
        return WHO
    shown = _shown(attempt, browser, world)
    unmet = [each for each in attempt.request.conditions if not world.meets(person, shown, each)]
    hopeless = [each for each in unmet if not each.able(person)]
    if hopeless:
        # Said at once: nobody should have to do the rest first, only to end there.
        return Obstacle(NOT_YOU, "interaction_required", hopeless[0])
    if unmet:
        return _unmet(unmet[0], attempt, shown, person)
    if "login" in attempt.request.prompts and not ANYBODY.met_by(shown, world.now()):
        return WHO
    return None if _has_agreed(person, attempt.request, world) else AGREE


def _shown(attempt: Attempt, browser: Browser, world: World) -> list[Authentication]:
    """Return the authentications that count: the session's, or with ``prompt=login`` those of this attempt only."""
    session = browser.session_for(attempt.request.client.id)
    if world.switches.sessions_share_authentications:
        session.authentications.update(browser.authentications)
    found = list(session.authentications.values())
    return (
        [each for each in found if each.identity.id in attempt.fresh] if "login" in attempt.request.prompts else found
    )


def _unmet(condition: Condition, attempt: Attempt, shown: Sequence[Authentication], person: Person) -> Obstacle:
    able = condition.able(person)
    halfway = tuple(each.identity for each in shown if each.identity in able and each.identity.id in attempt.fresh)
    if condition.mfa and halfway:
        return Obstacle(SECOND_FACTOR, "interaction_required", condition, halfway[-1:])
    return Obstacle(SIGN_IN, "interaction_required", condition, able)


def _has_agreed(person: Person, asked: AuthorizeRequest, world: World) -> bool:
    """Say whether *person* has agreed to everything in *asked* before."""
    offline = asked.offline and world.switches.offline_needs_its_own_consent
    sub = as_seen_by(asked.client, person, world).sub
    return world.consents.cover(sub, asked.client.id, asked.scopes, offline=offline)
