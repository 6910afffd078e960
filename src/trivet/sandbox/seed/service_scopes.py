"""The scopes that a seed's clients offer as services, and what each of them depends on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trivet.sandbox.world.scope_register import Dependency, RegisteredScope, own_scope_string
from trivet.sandbox.world.scopes import collection_scopes, scope_id, standard_scopes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trivet.sandbox.seed.entry import Entry
    from trivet.sandbox.world.clients import Client
    from trivet.sandbox.world.collections import Collection

SUFFIX = re.compile(r"[a-z0-9_]+")
"""Lower-case letters, digits and underscores (``globus_sdk.AuthClient.create_scope``)."""


@dataclass(frozen=True)
class SeedScope:
    """A scope as the seed has it. What it depends on may be described further down in the file."""

    entry: Entry
    scope: RegisteredScope
    depends_on: list[str]


def own_scopes(client: Client, entry: Entry) -> list[SeedScope]:
    """Read the ``scopes`` of *client*'s entry."""
    found: list[SeedScope] = []
    for row in entry.tables("scopes"):
        suffix = row.text("suffix")
        if not SUFFIX.fullmatch(suffix):
            row.problem("only lower-case letters, digits and underscores", "suffix")
        if any(each.scope.scope_string == own_scope_string(client.id, suffix) for each in found):
            row.problem("this client has another scope of that suffix", "suffix")
        description = row.text("description")
        scope = RegisteredScope(client.id, own_scope_string(client.id, suffix), row.text("name", suffix), description)
        found.append(SeedScope(row, scope, row.texts("depends_on")))
        row.finish()
    return found


def settled_scopes(found: list[SeedScope], collections: Iterable[Collection]) -> list[RegisteredScope]:
    """Return the scopes with their dependencies, each of which has to exist; a ``*`` before one makes it optional."""
    known = {*standard_scopes(), *(each.scope.scope_string for each in found)}
    for collection in collections:
        if collection.takes_data_access:
            known.update(collection_scopes(collection.id))
    for each in found:
        for number, text in enumerate(each.depends_on):
            name = text.removeprefix("*")
            if name not in known:
                each.entry.problem(f"there is no such scope: {name}", "depends_on", number)
            each.scope.dependencies.append(Dependency(scope_id(name), optional=text != name))
    return [each.scope for each in found]
