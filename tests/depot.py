"""Collections to move files between, and the SDK's TransferClient to ask for it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import globus_sdk

from trivet.sandbox import Sandbox
from trivet.sandbox.world.tokens import Grant

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

TRANSFER_ALL = "urn:globus:auth:scope:transfer.api.globus.org:all"

SEED = {
    "identity_providers": {"u": {"display_name": "U", "domain": "u.example"}},
    "people": {
        name: {"name": name.title(), "identities": [{"idp": "u", "username": f"{name}@u.example"}]}
        for name in ("ada", "grace", "alan")
    },
    "clients": {"portal": {"name": "Portal", "redirect_uris": ["http://localhost:5000/cb"]}},
    "collections": {
        "here": {"display_name": "Here", "owner": "ada"},
        "there": {"display_name": "There", "owner": "ada"},
        "public": {"display_name": "Public", "owner": "grace", "public": True},
        "group": {"display_name": "Group", "owner": "grace", "shared_with": ["alan"], "writable_by": ["ada"]},
    },
}


def transfer_token(sandbox: Sandbox, person: str = "ada") -> str:
    """An access token for Transfer, without going through sign-in."""
    grant = Grant(
        person=sandbox.people[person],
        client_id=sandbox.clients["portal"].id,
        resource_server="transfer.api.globus.org",
        scopes=(TRANSFER_ALL,),
        family="f",
        session_id="s",
        authentications={},
        offline=False,
    )
    return sandbox.world.tokens.issue("access", grant).value


class Depot:
    """A sandbox with four collections: two of ada's, one that is public, and one of a group that ada may write to."""

    def __init__(self, clock: Callable[[], float], **options: Any) -> None:
        self.globus = Sandbox(SEED, clock=clock, **options)
        self._clients: dict[str, globus_sdk.TransferClient] = {}

    def empty(self) -> None:
        """Forget everything, files included."""
        self.globus.reset()
        self.sign_out()

    def sign_out(self) -> None:
        """Forget everybody's client, and with it the token it has."""
        for client in self._clients.values():
            client.close()
        self._clients.clear()

    def root(self, key: str = "here") -> Path:
        return self.globus.collections[key].root

    def id(self, key: str) -> str:
        return self.globus.collections[key].id

    def client(self, person: str = "ada") -> globus_sdk.TransferClient:
        """Somebody's unmodified client; it finds the sandbox by the environment."""
        if person not in self._clients:
            authorizer = globus_sdk.AccessTokenAuthorizer(transfer_token(self.globus, person))
            self._clients[person] = globus_sdk.TransferClient(authorizer=authorizer)
            self._clients[person].retry_config.max_retries = 0
        return self._clients[person]

    def fill(self, files: Mapping[str, bytes | str], key: str = "here") -> None:
        """Write files, given by path; parents are made."""
        for name, contents in files.items():
            path = self.root(key) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(contents.encode() if isinstance(contents, str) else contents)

    def contents(self, key: str = "there") -> dict[str, bytes]:
        """Every file in a collection, those under construction included, by path."""
        root = self.root(key)
        return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}

    def order(self, *items: tuple[Any, ...], source: str = "here", to: str = "there", **options: Any) -> Any:
        """A transfer document. An item is (source, destination) or (source, destination, options)."""
        data = globus_sdk.TransferData(self.id(source), self.id(to), **options)
        for path, goal, *more in items:
            data.add_item(path, goal, **(more[0] if more else {}))
        return data

    def submit(self, *items: tuple[Any, ...], person: str = "ada", **options: Any) -> str:
        """Submit a transfer; return the task's id."""
        return str(self.client(person).submit_transfer(self.order(*items, **options))["task_id"])

    def transfer(self, *items: tuple[Any, ...], **options: Any) -> dict[str, Any]:
        """Submit a transfer, wait for its end, and return the task's document."""
        return self.finished(self.submit(*items, **options), options.get("person", "ada"))

    def delete(self, *paths: str, key: str = "here", **options: Any) -> dict[str, Any]:
        data = globus_sdk.DeleteData(self.id(key), additional_fields=options)
        for path in paths:
            data.add_item(path)
        return self.finished(self.client().submit_delete(data)["task_id"])

    def finished(self, task_id: str, person: str = "ada") -> dict[str, Any]:
        self.globus.wait_for_tasks()
        return dict(self.client(person).get_task(task_id).data)

    def until(self, task_id: str, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Return the task's document as soon as something *holds* of it."""
        client, begun = self.client(), time.monotonic()
        while time.monotonic() < begun + 30:
            task = dict(client.get_task(task_id).data)
            if holds(task):
                return task
        raise AssertionError(f"It does not hold after 30 seconds: {task}")

    def events(self, task_id: str) -> list[str]:
        """The codes of the task's events, oldest first."""
        return [event["code"] for event in self.client().task_event_list(task_id, limit=1000)][::-1]
