"""Which scopes there are, and which service's token carries which.

Names are constants: they stay as written although this service has another address.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

AUTH = "auth.globus.org"
TRANSFER = "transfer.api.globus.org"
GROUPS = "groups.api.globus.org"
SEARCH = "search.api.globus.org"

URN = "urn:globus:auth:scope:"
URL = "https://auth.globus.org/scopes/"
FLOWS_CLIENT = "eec9b274-0c81-4334-bdc2-54e90e689b9a"
TIMERS_CLIENT = "524230d7-ea86-4a52-8312-86065a9e0417"
COMPUTE_CLIENT = "facd7ccc-c5f4-42aa-916b-a0e270e2c2a9"

TRANSFER_ALL = f"{URN}{TRANSFER}:all"
MANAGE_PROJECTS = f"{URN}{AUTH}:manage_projects"
GROUPS_ALL = f"{URN}{GROUPS}:all"
VIEW_MY_GROUPS = f"{URN}{GROUPS}:view_my_groups_and_memberships"
VIEW_CONSENTS = f"{URN}{AUTH}:view_consents"
VIEW_IDENTITY_SET = f"{URN}{AUTH}:view_identity_set"
OFFLINE_ACCESS = "offline_access"
"""Asks for refresh tokens, as ``access_type=offline`` does, and belongs to no token (globus-sdk for JavaScript)."""

URN_SCOPES = {
    AUTH: (
        "manage_projects",
        "view_authentications",
        "view_clients",
        "view_clients_and_scopes",
        "view_consents",
        "view_identities",
        "view_identity_set",
    ),
    TRANSFER: ("all", "gcp_install"),
    GROUPS: ("all", "view_my_groups_and_memberships"),
    SEARCH: ("all", "ingest", "search", "globus_connect_server"),
}
URL_SCOPES = {
    FLOWS_CLIENT: ("flows.globus.org", ("all", "manage_flows", "view_flows", "run", "run_status", "run_manage")),
    TIMERS_CLIENT: (TIMERS_CLIENT, ("timer",)),
    COMPUTE_CLIENT: ("funcx_service", ("all",)),
}


@dataclass(frozen=True)
class Scope:
    """One scope and what it depends on. ``optional`` marks a dependency the user may take back on its own."""

    name: str
    optional: bool = False
    dependencies: tuple[Scope, ...] = ()

    def nodes(self, above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Scope]]:
        """Yield this scope and every dependency, each after the chain of names that leads to it."""
        here = (*above, self.name)
        yield here, self
        for dependency in self.dependencies:
            yield from dependency.nodes(here)


def nodes_of(scopes: tuple[Scope, ...]) -> list[tuple[tuple[str, ...], Scope]]:
    """Return every scope in *scopes* after its chain of names, each before what it depends on."""
    return [node for scope in scopes for node in scope.nodes()]


def standard_scopes() -> dict[str, str]:
    """Return scope name -> resource server for the services everybody has."""
    table = dict.fromkeys(("openid", "profile", "email"), AUTH)
    for server, names in URN_SCOPES.items():
        table.update({f"{URN}{server}:{name}": server for name in names})
    for client_id, (server, names) in URL_SCOPES.items():
        table.update({f"{URL}{client_id}/{name}": server for name in names})
    return table


def collection_scopes(collection_id: str) -> dict[str, str]:
    """Return the scopes a GCSv5 mapped collection brings; its id is the resource server."""
    return {f"{URL}{collection_id}/{name}": collection_id for name in ("data_access", "https")}


def data_access(collection_id: str) -> str:
    """Return the scope for reaching the data on a mapped collection."""
    return f"{URL}{collection_id}/data_access"


def scope_id(name: str) -> str:
    """Return a scope's own id. Globus draws its ids at random; ours follow from the names."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))


def service_client(name: str) -> str:
    """Return the client id of the service that the scope *name* belongs to; services are clients too."""
    if name.startswith(URL):
        return name.removeprefix(URL).partition("/")[0]
    server = name.removeprefix(URN).rpartition(":")[0] if name.startswith(URN) else AUTH
    return str(uuid.uuid5(uuid.NAMESPACE_DNS, server))


def unknown_scopes(scopes: tuple[Scope, ...], table: Mapping[str, str]) -> list[str]:
    """Return the names in *scopes*, at any depth, that *table* does not know."""
    names = dict.fromkeys(path[-1] for path, _ in nodes_of(scopes))
    return [name for name in names if name not in table and name != OFFLINE_ACCESS]


def by_resource_server(names: list[str], table: Mapping[str, str]) -> dict[str, list[str]]:
    """Group root scope *names* by the resource server whose token carries them, each once, in the order asked in."""
    grouped: dict[str, list[str]] = {}
    for name in dict.fromkeys(names):
        grouped.setdefault(table[name], []).append(name)
    return grouped
