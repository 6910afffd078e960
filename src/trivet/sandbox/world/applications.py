"""Every application there is: those of the seed, those that everybody has, and those registered since."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from trivet.sandbox.world.clients import INSTALLED, Client
from trivet.sandbox.world.room import check_room

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MAX_APPLICATIONS = 2_000

CLI_TEMPLATES = {
    "production": "95fdeba8-fac2-42bd-a357-e068d82ff78e",
    "sandbox": "33b6a241-bce4-4359-9c6d-09f88b3c9eef",
    "integration": "e0c31fd1-663b-44e1-840f-f4304bb9ee7a",
    "test": "0ebfd058-452f-40c3-babf-5a6b16a7b337",
    "staging": "3029c3cb-c8d9-4f2b-979c-c53330aa7327",
    "preview": "b2867dbb-0846-4579-8486-dc70763d700b",
}
"""``GLOBUS_SDK_ENVIRONMENT`` -> the id of the native client that globus-cli makes its own from (its storage.py)."""


SDK_TUTORIAL = "61338d24-54d5-408f-a10d-66c06b59f6d2"
"""The native client in the examples of globus-sdk's documentation."""


class Applications:
    """Clients by id, and those a seed or somebody since has named, by key.

    The vendor's native clients are always here: globus-cli has their ids built in and cannot be told another.
    """

    def __init__(self, seeded: Mapping[str, Client], now: float) -> None:
        self.by_key = {key: _own_copy(client, now) for key, client in seeded.items()}
        built_in = [Client(f"globus-cli-{name}", each, "Globus CLI", INSTALLED) for name, each in CLI_TEMPLATES.items()]
        built_in.append(Client("sdk-tutorial", SDK_TUTORIAL, "Globus SDK tutorial", INSTALLED))
        self._by_id = {client.id: client for client in (*built_in, *self.by_key.values())}

    def __iter__(self) -> Iterator[Client]:
        return iter(self._by_id.values())

    def find(self, client_id: str) -> Client | None:
        return self._by_id.get(client_id.lower())

    def key_of(self, client_id: str) -> str:
        """Return what the client with that id is called in the seed, or the id of one that is gone."""
        client = self.find(client_id)
        return client.key if client else client_id

    def name_of(self, client_id: str) -> str:
        """Return what people know the client with that id by, or the id of one that is gone."""
        client = self.find(client_id)
        return client.name if client else client_id

    def add(self, client: Client) -> None:
        """Add one more.

        Raises:
            FullError: there are too many already.
        """
        check_room(self._by_id, MAX_APPLICATIONS, "applications")
        self._by_id[client.id] = client
        self.by_key[client.key] = client

    def remove(self, client: Client) -> None:
        del self._by_id[client.id]
        del self.by_key[client.key]


def _own_copy(client: Client, now: float) -> Client:
    """Return a copy that may change: a seed outlives every reset."""
    credentials = [replace(each, created=now) for each in client.credentials]
    return replace(client, redirect_uris=list(client.redirect_uris), credentials=credentials)
