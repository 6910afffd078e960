"""Do a transfer: look through its items, then copy file by file."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from functools import partial
from typing import TYPE_CHECKING

from trivet.sandbox.carrier.pace import Subject
from trivet.sandbox.carrier.planning import look_through, shown
from trivet.sandbox.carrier.syncing import is_in_step
from trivet.sandbox.files.copying import Copying, Place
from trivet.sandbox.files.jail import opened_below, root_of
from trivet.sandbox.files.listed import listed
from trivet.sandbox.files.partial import remove_abandoned
from trivet.sandbox.files.trees import remove, remove_tree
from trivet.sandbox.files.troubles import blamed
from trivet.sandbox.world.tasks import Carried

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivet.sandbox.carrier.pace import Pace
    from trivet.sandbox.carrier.planning import Trip
    from trivet.sandbox.files.copying import Copied
    from trivet.sandbox.world.orders import TransferItem, TransferOrder
    from trivet.sandbox.world.tasks import Task


class Transfer:
    """One transfer. What goes wrong is in the task when ``run`` returns or raises TaskOverError."""

    def __init__(self, task: Task, order: TransferOrder, pace: Pace) -> None:
        self._task = task
        self._order = order
        self._pace = pace
        self._source = root_of(order.source)
        self._destination = root_of(order.destination)
        self._swept: set[tuple[str, ...]] = set()

    def run(self) -> None:
        self._task.start()
        trips = [trip for item in self._order.items for trip in look_through(self._task, self._order, item, self._pace)]
        clears = self._order.delete_destination_extra
        if clears and self._task.skipped:
            # What could not be seen at the source would look like something to delete.
            self._task.add_event("DELETE_DESTINATION_EXTRA_SKIPPED", "delete destination extra skipped")
            clears = False
        for trip in trips:
            self._make(trip, clears=clears)
        self._task.succeed()

    def _make(self, trip: Trip, *, clears: bool) -> None:
        """Make one trip: open or create its directories, then copy its files."""
        subject = Subject(shown(trip.source), shown(trip.destination), is_directory=trip.of_directory)
        with ExitStack() as stack:
            ends = self._pace.attempt(partial(self._open, trip, stack), subject)
            if ends is None:
                self._skip_files(trip)
                return
            if trip.of_directory:
                self._count_directory()
                if clears:
                    self._pace.attempt(partial(self._clear, trip, ends[1]), subject)
            for source_name, name in trip.names:
                source = Place(ends[0], source_name, shown((*trip.source, source_name)))
                destination = Place(ends[1], name, shown((*trip.destination, name)))
                subtask = partial(self._carry, trip.item, source, destination)
                self._pace.attempt(subtask, Subject(source.path, destination.path))

    def _open(self, trip: Trip, stack: ExitStack) -> tuple[int, int]:
        with blamed("source", shown(trip.source)):
            source = stack.enter_context(opened_below(self._source, trip.source))
        with blamed("destination", shown(trip.destination)):
            destination = stack.enter_context(opened_below(self._destination, trip.destination, make=True))
            if trip.destination not in self._swept:
                remove_abandoned(destination)
        self._swept.add(trip.destination)
        return source, destination

    def _count_directory(self) -> None:
        with self._task.going_on() as counts:
            counts.subtasks_succeeded += 1

    def _skip_files(self, trip: Trip) -> None:
        """Count what is in a directory that was skipped as a whole. A single file has been counted by being skipped."""
        with self._task.going_on() as counts:
            counts.subtasks_skipped_errors += len(trip.names) if trip.of_directory else 0

    def _clear(self, trip: Trip, directory: int) -> None:
        """Remove from the destination what the source does not have, or has as something else."""
        with blamed("destination", shown(trip.destination)):
            found = listed(directory)
            for name in {*found.directories} - {*trip.directories}:
                remove_tree(self._destination, (*trip.destination, name), before_each=self._pace.check)
            for name in {*found.files, *found.others} - {name for _, name in trip.names}:
                self._pace.check()
                remove(self._destination, (*trip.destination, name), is_directory=False)

    def _carry(self, item: TransferItem, source: Place, destination: Place) -> None:
        """Copy one file, unless it is in step with its copy already."""
        room = partial(self._pace.room, source.path)
        room(0)
        self._pace.strike(source.path, "source")
        self._pace.strike(destination.path, "destination")
        if self._is_in_step(item, source, destination):
            with self._task.going_on() as counts:
                counts.files_skipped += 1
                counts.subtasks_succeeded += 1
            return
        verifies = self._order.verify_checksum or item.external_checksum is not None
        copying = Copying(
            room=room,
            moved=self._pace.moved,
            algorithm=item.checksum_algorithm if verifies else None,
            expected=item.external_checksum,
            preserve_timestamp=self._order.preserve_timestamp,
        )
        copying.copy(source, destination, partial(self._committing, item, source, destination))

    def _is_in_step(self, item: TransferItem, source: Place, destination: Place) -> bool:
        level = self._order.sync_level
        if level is None:
            return False
        room = partial(self._pace.room, source.path)
        return is_in_step(
            source, destination, level, algorithm=item.checksum_algorithm, room=room, hashed=self._count_checksum
        )

    def _count_checksum(self, size: int) -> None:
        with self._task.going_on() as counts:
            counts.bytes_checksummed += size

    @contextmanager
    def _committing(self, item: TransferItem, source: Place, destination: Place, copied: Copied) -> Iterator[None]:
        """Give the new file its name only while the task goes on, and count it at the same moment."""
        with self._task.going_on() as counts:
            yield
            counts.files_transferred += 1
            counts.subtasks_succeeded += 1
            counts.bytes_checksummed += copied.size if copied.checksum else 0
            self._task.carried.append(
                Carried(
                    source.path,
                    destination.path,
                    copied.size,
                    copied.checksum,
                    item.checksum_algorithm if copied.checksum else None,
                )
            )
