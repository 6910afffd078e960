"""What people have agreed to, per person, application and scope path (Globus docs: Clients, Scopes, and Consents).

A scope asked for on its own is the root of a tree; what it depends on hangs below. Each node of the tree is a consent
of its own, and asking for more later adds nodes: nothing that was given goes away by being left out.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trivet.sandbox.world.scopes import nodes_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from trivet.sandbox.world.people import Person
    from trivet.sandbox.world.remains import Held
    from trivet.sandbox.world.scopes import Scope

Path = tuple[str, ...]
"""Scope names, from a root to one of its dependencies."""

FIRST_ID = 1001

MAX_CONSENTS = 20_000
"""Beyond these the ones least recently used are forgotten, a root and what hangs below it together: people are asked
again."""


@dataclass
class Consent:
    """One thing agreed to. ``ids`` are the consents on the way here, its own last; times are epoch seconds.

    ``optional`` says that it can be taken back on its own; ``allows_refresh`` that refresh tokens are part of it.
    """

    ids: tuple[int, ...]
    sub: str
    client_id: str
    path: Path
    optional: bool
    allows_refresh: bool
    created: float
    updated: float
    last_used: float

    @property
    def id(self) -> int:
        return self.ids[-1]

    @property
    def scope_name(self) -> str:
        return self.path[-1]

    @property
    def is_root(self) -> bool:
        return len(self.path) == 1


class Consents:
    """Every consent in force."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._given: dict[tuple[str, str], dict[Path, Consent]] = {}
        self._labels: dict[tuple[str, str], str] = {}
        self._ids = itertools.count(FIRST_ID)

    def allow(
        self,
        sub: str,
        client_id: str,
        scopes: tuple[Scope, ...],
        *,
        offline: bool,
        declined: frozenset[Path] = frozenset(),
    ) -> None:
        """Remember that the person agreed to *scopes*, but for what is *declined* and whatever hangs below that.

        An earlier agreement to refresh tokens is kept.
        """
        nodes = [
            (path, scope) for path, scope in nodes_of(scopes) if not any(path[: len(each)] == each for each in declined)
        ]
        known = self._given.get((sub, client_id), {})
        self._make_room(sum(path not in known for path, _ in nodes))
        given = self._given.setdefault((sub, client_id), {})
        for path, scope in nodes:
            self._add(given, sub, client_id, path, scope, offline=offline)

    def _add(
        self, given: dict[Path, Consent], sub: str, client_id: str, path: Path, scope: Scope, *, offline: bool
    ) -> None:
        now, known = self._now(), given.get(path)
        if known is not None:
            known.optional, known.updated = scope.optional, now
            known.allows_refresh = known.allows_refresh or offline
            return
        above = given[path[:-1]].ids if len(path) > 1 else ()
        ids = (*above, next(self._ids))
        given[path] = Consent(ids, sub, client_id, path, scope.optional, offline, now, now, now)

    def _make_room(self, needed: int) -> None:
        if not needed:
            return  # nothing is counted for whoever agrees again, as clients do with every token of their own
        surplus = sum(map(len, self._given.values())) + needed - MAX_CONSENTS
        if surplus <= 0:
            return
        seen: dict[tuple[str, str, str], float] = {}
        for each in self.all():
            tree = each.sub, each.client_id, each.path[0]
            seen[tree] = max(seen.get(tree, 0.0), each.updated, each.last_used)
        for sub, client_id, root in sorted(seen, key=lambda tree: seen[tree]):
            if surplus <= 0:
                return
            surplus -= self.remove(self._given[sub, client_id][root,])

    def cover(self, sub: str, client_id: str, scopes: tuple[Scope, ...], *, offline: bool) -> bool:
        """Say whether everything in *scopes* was agreed to; with *offline*, refresh tokens included."""
        given = self._given.get((sub, client_id), {})
        return all(path in given and (given[path].allows_refresh or not offline) for path, _ in nodes_of(scopes))

    def find(self, sub: str, client_id: str, path: Path) -> Consent | None:
        return self._given.get((sub, client_id), {}).get(path)

    def below(self, sub: str, client_id: str, path: Path) -> list[str]:
        """Return the scopes agreed to directly below *path*."""
        given = self._given.get((sub, client_id), {})
        return [each[-1] for each in given if each[:-1] == path]

    def use(self, sub: str, client_id: str, paths: Iterable[Path]) -> None:
        """Note that what was agreed to at *paths* was made use of just now."""
        for path in paths:
            consent = self.find(sub, client_id, path)
            if consent is not None:
                consent.last_used = self._now()

    def of(self, sub: str, client_id: str | None = None) -> list[Consent]:
        """Return the person's consents, oldest first; with *client_id*, those of that application only."""
        whose = [key for key in self._given if key[0] == sub] if client_id is None else [(sub, client_id)]
        found = [consent for key in whose for consent in self._given.get(key, {}).values()]
        return sorted(found, key=lambda consent: consent.id)

    def all(self) -> list[Consent]:
        """Return everybody's consents, those of one person to one application together."""
        return [consent for given in self._given.values() for consent in given.values()]

    def name(self, sub: str, client_id: str, label: str) -> None:
        """Remember by which name the person wants to know this application's consents; an empty one is none."""
        self._labels[sub, client_id] = label

    def label(self, sub: str, client_id: str) -> str:
        return self._labels.get((sub, client_id), "")

    def forget_client(self, client_id: str) -> None:
        """Forget what anybody agreed to for one application."""
        for key in [key for key in self._given if key[1] == client_id]:
            del self._given[key]
        for key in [key for key in self._labels if key[1] == client_id]:
            del self._labels[key]

    def forget_scope(self, scope_string: str) -> None:
        """Forget what anybody agreed to about one scope, and what hangs below it."""
        for given in self._given.values():
            for path in [path for path in given if scope_string in path]:
                del given[path]

    def of_person(self, person: Person, client_id: str | None = None) -> list[Consent]:
        """Return what *person* has agreed to as any of their identities."""
        return [consent for identity in person.identities for consent in self.of(identity.id, client_id)]

    def remove(self, consent: Consent) -> int:
        """Forget *consent* and whatever hangs below it; return how many consents that were."""
        key = consent.sub, consent.client_id
        given = self._given.get(key, {})
        gone = [path for path in given if path[: len(consent.path)] == consent.path]
        for path in gone:
            del given[path]
        if not given:
            self._given.pop(key, None)
        return len(gone)

    def let_go(self) -> list[Held]:
        """Forget everything; return what held it."""
        held: list[Held] = [*self._given.values(), self._labels]
        self._given, self._labels, self._ids = {}, {}, itertools.count(FIRST_ID)
        return held
