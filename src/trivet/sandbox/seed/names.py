"""Whom a name in a seed means: an identity by its username, or a person's primary one by their name in the seed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from trivet.sandbox.seed.entry import Entry
    from trivet.sandbox.world.clients import Client
    from trivet.sandbox.world.people import Identity, Person


class Names:
    """Everybody who can be named: people, and clients that have an identity of their own."""

    def __init__(self, people: Mapping[str, Person], clients: Iterable[Client]) -> None:
        self._identities = {key: person.primary for key, person in people.items()}
        self._identities |= {each.username: each for person in people.values() for each in person.identities}
        own = (client.as_person().primary for client in clients if not client.is_public)
        self._identities |= {each.username: each for each in own}

    def named_in(self, entry: Entry, field: str) -> list[Identity]:
        """Return the identities that are listed in a field."""
        return [self._identities[name] for name in entry.names(field, self._identities)]
