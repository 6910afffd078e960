"""Bookmarks: one's own names for directories of collections. They stay with the identity that made them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trivet.sandbox.world.people import Identity

MAX_BOOKMARKS = 100
"""A person can have no more (Globus docs: Endpoint Bookmarks)."""


@dataclass
class Bookmark:
    """One name for one directory. The collection is named by id, and need not exist any more."""

    owner: Identity
    name: str
    collection_id: str
    path: str
    pinned: bool
    id: str = field(default_factory=lambda: str(uuid.uuid4()))


class Bookmarks:
    """Everybody's bookmarks. Whoever uses them holds the world's lock."""

    def __init__(self) -> None:
        self._bookmarks: dict[str, Bookmark] = {}

    def of(self, owner: Identity) -> list[Bookmark]:
        own = (each for each in self._bookmarks.values() if each.owner == owner)
        return sorted(own, key=lambda each: each.name)

    def named(self, owner: Identity, name: str) -> Bookmark | None:
        return next((each for each in self.of(owner) if each.name == name), None)

    def find(self, owner: Identity, bookmark_id: str) -> Bookmark | None:
        """Return *owner*'s bookmark with that id; nobody sees those of others."""
        found = self._bookmarks.get(bookmark_id.lower())
        return found if found is not None and found.owner == owner else None

    def add(self, bookmark: Bookmark) -> None:
        self._bookmarks[bookmark.id] = bookmark

    def remove(self, bookmark: Bookmark) -> None:
        del self._bookmarks[bookmark.id]

    def clear(self) -> None:
        self._bookmarks.clear()
