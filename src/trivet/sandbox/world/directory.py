"""The directory of identities: everybody's, every client's, and those somebody wanted to know beforehand.

An identity can be looked up by its id or its username. A username at a known identity provider may be given an id
before anybody has signed in with it (provisioning), so that it can be put on a list meanwhile.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trivet.sandbox.world.clients import CLIENT_IDENTITIES
from trivet.sandbox.world.people import Identity, is_username

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from trivet.sandbox.world.applications import Applications
    from trivet.sandbox.world.people import IdentityProvider, Person

MAX_PROVISIONED = 10_000


@dataclass(frozen=True)
class Listed:
    """An identity, and whether anybody has ever used it."""

    identity: Identity
    used: bool


class Directory:
    """All identities and their providers; *providers* are by short name."""

    def __init__(
        self, providers: Mapping[str, IdentityProvider], people: Mapping[str, Person], applications: Applications
    ) -> None:
        self.providers = {**providers, CLIENT_IDENTITIES.domain: CLIENT_IDENTITIES}
        self._people = people
        self._applications = applications
        self._provisioned: dict[str, Identity] = {}

    def __iter__(self) -> Iterator[Listed]:
        for person in self._people.values():
            yield from (Listed(each, used=True) for each in person.identities)
        for client in self._applications:
            if not client.is_public:
                yield Listed(client.as_person().primary, used=True)
        yield from (Listed(each, used=False) for each in self._provisioned.values())

    def find(self, identity_id: str) -> Listed | None:
        wanted = identity_id.lower()
        provisioned, client = self._provisioned.get(wanted), self._applications.find(wanted)
        if provisioned is not None:
            return Listed(provisioned, used=False)
        if client is not None:
            return None if client.is_public else Listed(client.as_person().primary, used=True)
        found = (each for person in self._people.values() for each in person.identities if each.id == wanted)
        return next((Listed(each, used=True) for each in found), None)

    def named(self, username: str, *, provision: bool = False) -> Listed | None:
        """Return the identity with that username, whatever its case; with *provision*, make one if need be.

        Usernames of unknown providers, and those of clients, are never made up, nor more than ``MAX_PROVISIONED``.
        """
        return next(iter(self.all_named([username], provision=provision)), None)

    def all_named(self, usernames: Iterable[str], *, provision: bool = False) -> list[Listed]:
        """Return what ``named`` does for each of *usernames*, looking through everybody only once."""
        known = {each.identity.username.casefold(): each for each in self}
        found = []
        for wanted in (each.casefold() for each in usernames):
            listed = known.get(wanted) or (self._provision(wanted) if provision else None)
            if listed is not None:
                known[wanted] = listed
                found.append(listed)
        return found

    def claim(self, identity: Identity) -> None:
        """Keep *identity*, which was provisioned, no longer: it is somebody's now."""
        del self._provisioned[identity.id]

    def _provision(self, username: str) -> Listed | None:
        domain = username.rpartition("@")[2]
        provider = next((each for each in self.providers.values() if each.domain == domain), None)
        if provider is None or provider == CLIENT_IDENTITIES or not is_username(username):
            return None
        if len(self._provisioned) >= MAX_PROVISIONED:
            return None
        identity = Identity(str(uuid.uuid4()), username, "", None, None, provider)
        self._provisioned[identity.id] = identity
        return Listed(identity, used=False)
