"""Read one project of a seed: who may change the clients and policies in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivet.sandbox.seed.reading import seed_id
from trivet.sandbox.world.projects import Project

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trivet.sandbox.seed.entry import Entry
    from trivet.sandbox.seed.names import Names
    from trivet.sandbox.world.groups import Group


def read_project(key: str, entry: Entry, names: Names, groups: Mapping[str, Group]) -> Project:
    project = Project(
        display_name=entry.text("display_name"),
        contact_email=entry.text("contact_email", ""),
        admin_ids=[identity.id for identity in names.named_in(entry, "admins")],
        admin_group_ids=[groups[name].id for name in entry.names("admin_groups", groups, "there is no group")],
        id=entry.id(seed_id("project", key)),
    )
    if not project.admin_ids and not project.admin_group_ids:
        entry.problem("a project has at least one administrator", "admins")
    return project
