"""Projects: whoever administers one administers the clients registered in it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from trivet.sandbox.world.room import check_room

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from trivet.sandbox.world.groups import Groups
    from trivet.sandbox.world.people import Person

MAX_PROJECTS = 1_000


@dataclass
class Project:
    """One project. Any linked identity of a person may be the one that administers it, or is in a group that does."""

    display_name: str
    contact_email: str
    admin_ids: list[str]
    admin_group_ids: list[str] = field(default_factory=list)
    id: str = field(default_factory=lambda: str(uuid.uuid4()))

    def is_run_by(self, person: Person, groups: Groups) -> bool:
        if any(each.id in self.admin_ids for each in person.identities):
            return True
        found = (groups.find(each) for each in self.admin_group_ids)
        return any(each.status == "active" for group in found if group for each in groups.memberships_of(person, group))


class Projects:
    """All projects, by id; those of a seed are copied, since they may change."""

    def __init__(self, seeded: Iterable[Project] = ()) -> None:
        self._by_id = {each.id: replace(each, admin_ids=list(each.admin_ids)) for each in seeded}

    def __iter__(self) -> Iterator[Project]:
        return iter(self._by_id.values())

    def find(self, project_id: str | None) -> Project | None:
        return self._by_id.get((project_id or "").lower())

    def add(self, project: Project) -> None:
        """Add one more.

        Raises:
            FullError: there are too many already.
        """
        check_room(self._by_id, MAX_PROJECTS, "projects")
        self._by_id[project.id] = project

    def remove(self, project: Project) -> None:
        del self._by_id[project.id]
