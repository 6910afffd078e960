"""Which of a person's linked identities an application sees: the effective identity, its ``sub``.

It is the primary one, unless the application is registered for one identity provider (``required_idp``): then it is the
person's identity there. Whoever has agreed to something for an application before stays who they were to it until they
take that back (reported by Globus staff, jupyterhub/oauthenticator issue 369).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivet.sandbox.world.conditions import Condition
from trivet.sandbox.world.scopes import nodes_of

if TYPE_CHECKING:
    from trivet.sandbox.world import World
    from trivet.sandbox.world.authorize_request import AuthorizeRequest
    from trivet.sandbox.world.clients import Client
    from trivet.sandbox.world.people import Person


def as_seen_by(client: Client, person: Person, world: World) -> Person:
    """Return *person* with the identity leading that *client* sees."""
    known = (each for each in person.identities if world.consents.of(each.id, client.id))
    required = (each for each in person.identities if each.identity_provider == client.required_idp)
    return person.led_by(next(known, None) or next(required, None) or person.primary)


def registered_conditions(asked: AuthorizeRequest, world: World) -> tuple[Condition, ...]:
    """Return what people need, whoever asks how: an identity at the application's one provider, if it has one.

    And one in each domain that any of the scopes is registered for (``required_domains``).
    """
    providers = world.directory.providers.values()
    domains = [each.domain for each in providers if each.id == asked.client.required_idp]
    for path, _ in nodes_of(asked.scopes):
        scope = world.scopes.named(path[-1])
        domains += scope.required_domains if scope else []
    return tuple(Condition(domains=(domain,), in_session=False) for domain in domains)
