"""What people have agreed to, remembered per person and app, so that the second sign-in asks nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trivet.sandbox.world.scopes import Scope

Path = tuple[str, ...]


class Consents:
    """Consents by (person, client) and scope path; the value says whether refresh tokens were part of it."""

    def __init__(self) -> None:
        self._given: dict[tuple[str, str], dict[Path, bool]] = {}

    def allow(self, sub: str, client_id: str, scopes: tuple[Scope, ...], *, offline: bool) -> None:
        """Remember that the person agreed to *scopes*; an earlier agreement to refresh tokens is kept."""
        given = self._given.setdefault((sub, client_id), {})
        for path in _paths(scopes):
            given[path] = given.get(path, False) or offline

    def cover(self, sub: str, client_id: str, scopes: tuple[Scope, ...], *, offline: bool) -> bool:
        """Say whether everything in *scopes* was agreed to; with *offline*, refresh tokens included."""
        given = self._given.get((sub, client_id), {})
        return all(path in given and (given[path] or not offline) for path in _paths(scopes))

    def clear(self) -> None:
        self._given.clear()


def _paths(scopes: tuple[Scope, ...]) -> list[Path]:
    return [path for scope in scopes for path in scope.paths()]
