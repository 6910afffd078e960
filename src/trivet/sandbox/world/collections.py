"""Collections: real directories with an owner, and lists of people who may look and who may write."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from trivet.sandbox.world.conditions import Condition
    from trivet.sandbox.world.people import Person

ENTITY_TYPES = (
    "GCP_mapped_collection",
    "GCP_guest_collection",
    "GCSv5_mapped_collection",
    "GCSv5_guest_collection",
)


@dataclass(frozen=True)
class Assurance:
    """What a collection of high assurance demands of the session, and perhaps the id of a policy besides."""

    condition: Condition
    policy_id: str | None = None


@dataclass(frozen=True)
class Collection:
    """One collection. ``root`` is the directory it shows; nothing outside is ever served.

    ``root_is_own`` says that the sandbox made the directory. ``assurance`` is None where it is not high.
    """

    key: str
    id: str
    display_name: str
    root: Path
    owner: Person
    entity_type: str
    public: bool
    shared_with: tuple[Person, ...]
    writable_by: tuple[Person, ...]
    default_directory: str
    description: str
    organization: str
    keywords: tuple[str, ...]
    assurance: Assurance | None = None
    root_is_own: bool = False

    @property
    def takes_data_access(self) -> bool:
        """Whether it has a ``data_access`` scope, and wants a consent for it before it lets anybody at its files.

        Mapped collections without high assurance do, no others (``add_app_data_access_scope`` of the SDK's client).
        """
        return self.entity_type == "GCSv5_mapped_collection" and self.assurance is None

    def is_visible_to(self, person: Person) -> bool:
        return self.public or person in self.shared_with or self.is_writable_by(person)

    def is_writable_by(self, person: Person) -> bool:
        return self.owner == person or person in self.writable_by
