"""What a task is to do, as its owner submitted it (Globus docs: Task Submission)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

if TYPE_CHECKING:
    from trivet.sandbox.world.collections import Collection


@dataclass(frozen=True)
class FilterRule:
    """Includes or excludes what has a matching name; ``kind`` None means files and directories alike."""

    name: str
    kind: Literal["file", "dir"] | None
    includes: bool


@dataclass(frozen=True)
class TransferItem:
    """One file or directory. ``recursive`` None means: find out what it is."""

    source_path: str
    destination_path: str
    recursive: bool | None
    external_checksum: str | None
    checksum_algorithm: str


@dataclass(frozen=True, kw_only=True)
class TransferOrder:
    """Copy *items*. ``sync_level`` 0 to 3 leaves out what exists, has the size, is as new, is the same."""

    type: ClassVar[Literal["TRANSFER"]] = "TRANSFER"

    source: Collection
    destination: Collection
    items: tuple[TransferItem, ...]
    sync_level: int | None
    verify_checksum: bool
    preserve_timestamp: bool
    encrypt_data: bool
    skip_source_errors: bool
    fail_on_quota_errors: bool
    delete_destination_extra: bool
    filter_rules: tuple[FilterRule, ...]

    @property
    def collections(self) -> tuple[Collection, ...]:
        return self.source, self.destination

    @property
    def size(self) -> int:
        return len(self.items)


@dataclass(frozen=True, kw_only=True)
class DeleteOrder:
    """Delete what is at *paths*; ``interpret_globs`` lets the last name of each be a pattern."""

    type: ClassVar[Literal["DELETE"]] = "DELETE"

    source: Collection
    paths: tuple[str, ...]
    recursive: bool
    ignore_missing: bool
    interpret_globs: bool

    @property
    def collections(self) -> tuple[Collection, ...]:
        return (self.source,)

    @property
    def size(self) -> int:
        return len(self.paths)
