"""The register of scopes: whose token carries each, and what the scopes that clients have registered depend on.

The scopes of Globus's own services and of collections are in it from the beginning. A client that is a service adds
its own (``globus_sdk.AuthClient.create_scope``); its id is then the resource server of their tokens.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from trivet.sandbox.world.room import check_room
from trivet.sandbox.world.scopes import URL, Scope, scope_id, service_client

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


MAX_REGISTERED = 5_000
MAX_SCOPES = 1_000
MAX_LEVELS = 32
"""How many scopes one request may come to with all that they need, and how deep: ten services that all need each other
would be millions. The bounds are the sandbox's own, and far from what an application asks for."""


SUFFIX = re.compile(r"[a-z0-9_]+")
"""Lower-case letters, digits and underscores (``globus_sdk.AuthClient.create_scope``)."""


class TooManyScopesError(ValueError):
    """What is asked for needs so much that nobody could agree to it."""


@dataclass(frozen=True)
class Dependency:
    """A scope that another one needs, by id. People may decline an optional one, and apps must ask for it by name."""

    scope: str
    optional: bool = False
    requires_refresh_token: bool = False


@dataclass
class RegisteredScope:
    """One scope as its owner describes it. ``id`` stays when the suffix changes, and with it the scope string."""

    client_id: str
    scope_string: str
    name: str
    description: str
    advertised: bool = False
    allows_refresh_token: bool = True
    required_domains: list[str] = field(default_factory=list)
    dependencies: list[Dependency] = field(default_factory=list)
    id: str = ""

    def __post_init__(self) -> None:
        self.id = self.id or (scope_id(self.scope_string) if self.scope_string else "")


def own_scope_string(client_id: str, suffix: str) -> str:
    return f"{URL}{client_id}/{suffix}"


class ScopeRegister:
    """Every scope, by string and by id."""

    def __init__(self, built_in: Mapping[str, str], registered: Iterable[RegisteredScope]) -> None:
        self._by_id = {each.id: each for each in map(_described, built_in)}
        self._by_string = {each.scope_string: each for each in self._by_id.values()}
        self.resource_servers = dict(built_in)
        for scope in registered:
            self.add(replace(scope))

    def add(self, scope: RegisteredScope) -> None:
        self._by_id[scope.id] = scope
        self._by_string[scope.scope_string] = scope
        self.resource_servers[scope.scope_string] = scope.client_id

    def enter(self, scope: RegisteredScope, scope_string: str) -> None:
        """Add *scope* under *scope_string*, or move it there; its id is from the first one it had, if that was free.

        Raises:
            FullError: there are too many already.
        """
        if scope.scope_string in self._by_string:
            self.remove(scope)
        else:
            check_room(self._by_string, MAX_REGISTERED, "scopes")
        scope.scope_string = scope_string
        scope.id = scope.id or self._free_id(scope_string)
        self.add(scope)

    def _free_id(self, scope_string: str) -> str:
        """Return the id that follows from *scope_string*, unless a scope keeps it that was called so before."""
        usual = scope_id(scope_string)
        return usual if usual not in self._by_id else str(uuid.uuid4())

    def remove(self, scope: RegisteredScope) -> None:
        del self._by_id[scope.id]
        del self._by_string[scope.scope_string]
        del self.resource_servers[scope.scope_string]

    def find(self, scope: str) -> RegisteredScope | None:
        """Return the scope with that id."""
        return self._by_id.get(scope.lower())

    def named(self, scope_string: str) -> RegisteredScope | None:
        return self._by_string.get(scope_string)

    def of_client(self, client_id: str) -> list[RegisteredScope]:
        return [each for each in self._by_id.values() if each.client_id == client_id]

    def allows_refresh(self, scope_string: str) -> bool:
        """Say whether a token with that scope may come with a refresh token."""
        scope = self.named(scope_string)
        return scope is None or scope.allows_refresh_token

    def with_dependencies(self, trees: tuple[Scope, ...]) -> tuple[Scope, ...]:
        """Return *trees* and, below each scope, what it cannot do without: consent to it is consent to those too.

        Raises:
            TooManyScopesError: those would be more than ``MAX_SCOPES``, or deeper than ``MAX_LEVELS``.
        """
        room = iter(range(MAX_SCOPES))
        return tuple(self._completed(tree, (), room) for tree in trees)

    def _completed(self, tree: Scope, above: tuple[str, ...], room: Iterator[int]) -> Scope:
        if next(room, None) is None or len(above) >= MAX_LEVELS:
            raise TooManyScopesError(f"Too many scopes depend on each other below {(*above, tree.name)[0]}.")
        here = (*above, tree.name)
        asked = {each.name for each in tree.dependencies}
        needed = [Scope(name) for name in self.needed_by(tree.name) if name not in asked and name not in here]
        below = tuple(self._completed(each, here, room) for each in (*tree.dependencies, *needed))
        return replace(tree, dependencies=below)

    def needed_by(self, scope_string: str) -> list[str]:
        """Return the scopes that *scope_string* cannot do without."""
        scope = self.named(scope_string)
        known = [self.find(each.scope) for each in (scope.dependencies if scope else ()) if not each.optional]
        return [each.scope_string for each in known if each is not None]


def _described(scope_string: str) -> RegisteredScope:
    """Describe a scope that is there from the beginning; everybody may see and build upon it."""
    owner, name = service_client(scope_string), scope_string.rpartition(":")[2].rpartition("/")[2]
    return RegisteredScope(owner, scope_string, name, f"The scope {name} of this service", advertised=True)
