"""Which of a person's linked identities an application sees: the effective identity, its ``sub``.

It is the primary one, unless the application is registered for one identity provider (``required_idp``): then it is the
person's identity there. Whoever has agreed to something for an application before stays who they were to it until they
take that back (reported by Globus staff, jupyterhub/oauthenticator issue 369).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivet.sandbox.world.conditions import Condition

if TYPE_CHECKING:
    from trivet.sandbox.world import World
    from trivet.sandbox.world.clients import Client
    from trivet.sandbox.world.people import Person


def as_seen_by(client: Client, person: Person, world: World) -> Person:
    """Return *person* with the identity leading that *client* sees."""
    known = (each for each in person.identities if world.consents.of(each.id, client.id))
    required = (each for each in person.identities if each.identity_provider == client.required_idp)
    return person.led_by(next(known, None) or next(required, None) or person.primary)


def required_provider(client: Client, world: World) -> tuple[Condition, ...]:
    """Return the condition that a person has an identity at *client*'s one provider, if it has one."""
    found = next((each for each in world.directory.providers.values() if each.id == client.required_idp), None)
    return (Condition(domains=(found.domain,), in_session=False),) if found else ()
