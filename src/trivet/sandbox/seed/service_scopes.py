"""The scopes that a seed's clients offer as services, and what each of them depends on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trivet.sandbox.world.scope_register import SUFFIX, Dependency, RegisteredScope, own_scope_string
from trivet.sandbox.world.scopes import collection_scopes, scope_id, standard_scopes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from trivet.sandbox.seed.entry import Entry
    from trivet.sandbox.world.clients import Client
    from trivet.sandbox.world.collections import Collection


@dataclass(frozen=True)
class SeedScope:
    """A scope as the seed has it. What it depends on may be described further down in the file."""

    entry: Entry
    scope: RegisteredScope
    depends_on: list[str]
    needs_refresh_tokens_of: list[str]


def own_scopes(client: Client, entry: Entry) -> list[SeedScope]:
    """Read the ``scopes`` of *client*'s entry."""
    found: list[SeedScope] = []
    for row in entry.tables("scopes"):
        suffix = row.text("suffix")
        if not SUFFIX.fullmatch(suffix):
            row.problem("only lower-case letters, digits and underscores", "suffix")
        if any(each.scope.scope_string == own_scope_string(client.id, suffix) for each in found):
            row.problem("this client has another scope of that suffix", "suffix")
        scope = RegisteredScope(
            client_id=client.id,
            scope_string=own_scope_string(client.id, suffix),
            name=row.text("name", suffix),
            description=row.text("description"),
            advertised=row.flag("advertised"),
            allows_refresh_token=not row.flag("no_refresh_tokens"),
            required_domains=row.texts("required_domains"),
            id=row.optional_id("id") or "",
        )
        found.append(SeedScope(row, scope, row.texts("depends_on"), row.texts("needs_refresh_tokens_of")))
        row.finish()
    return found


def settled_scopes(found: list[SeedScope], collections: Iterable[Collection]) -> list[RegisteredScope]:
    """Return the scopes with their dependencies, each of which has to exist; a ``*`` before one makes it optional."""
    ids = {name: scope_id(name) for name in standard_scopes()}
    for collection in collections:
        if collection.takes_data_access:
            ids |= {name: scope_id(name) for name in collection_scopes(collection.id)}
    ids |= {each.scope.scope_string: each.scope.id for each in found}
    for each in found:
        _add_dependencies(each, ids)
    return [each.scope for each in found]


def _add_dependencies(found: SeedScope, ids: Mapping[str, str]) -> None:
    names = [text.removeprefix("*") for text in found.depends_on]
    for number, (text, name) in enumerate(zip(found.depends_on, names, strict=True)):
        if name not in ids:
            found.entry.problem(f"there is no such scope: {name}", "depends_on", number)
            continue
        refreshes = name in found.needs_refresh_tokens_of
        found.scope.dependencies.append(Dependency(ids[name], optional=text != name, requires_refresh_token=refreshes))
    for number, name in enumerate(found.needs_refresh_tokens_of):
        if name not in names:
            found.entry.problem("the scope does not depend on this one", "needs_refresh_tokens_of", number)
