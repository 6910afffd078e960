"""Find out what a transfer is about: look through an item, and say directory by directory which files it holds."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import partial
from typing import TYPE_CHECKING

from trivet.sandbox.carrier.pace import Subject
from trivet.sandbox.files.jail import opened_below, parts_of, real_parts, root_of
from trivet.sandbox.files.listed import listed
from trivet.sandbox.files.troubles import FileTrouble, blamed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trivet.sandbox.carrier.pace import Pace
    from trivet.sandbox.world.orders import FilterRule, TransferItem, TransferOrder
    from trivet.sandbox.world.tasks import Task

Parts = tuple[str, ...]


@dataclass(frozen=True)
class Trip:
    """Files from one directory to another. Both are given by real names from their collection's root down.

    ``names`` are pairs: what a file is called at the source, and at the destination. ``directories`` are the names of
    those below. A trip ``of_directory`` is for all that is in one, and not for a single file.
    """

    item: TransferItem
    source: Parts
    destination: Parts
    names: tuple[tuple[str, str], ...]
    directories: Parts = ()
    of_directory: bool = False


def shown(parts: Sequence[str]) -> str:
    """Return *parts* as a path in their collection."""
    return "/" + "/".join(parts)


def look_through(task: Task, order: TransferOrder, item: TransferItem, pace: Pace) -> list[Trip]:
    """Return the trips that *item* takes, the one for a directory before those for what is in it.

    Raises:
        TaskOverError: the task has ended, perhaps because of what was found.
    """
    first = pace.attempt(partial(_first_trip, order, item), Subject(item.source_path, item.destination_path))
    if first is None:
        return []
    _expect(task, files=len(first.names), directories=int(first.of_directory))
    trips = [first]
    for trip in trips:  # grows meanwhile
        for name in trip.directories:
            source, destination = (*trip.source, name), (*trip.destination, name)
            subject = Subject(shown(source), shown(destination), is_directory=True)
            _expect(task, directories=1)
            deeper = pace.attempt(partial(_trip_through, order, item, source, destination), subject)
            if deeper is not None:
                _expect(task, files=len(deeper.names))
                trips.append(deeper)
    with task.going_on() as counts:
        counts.subtasks_succeeded += 1
    return trips


def _expect(task: Task, *, files: int = 0, directories: int = 0) -> None:
    with task.going_on() as counts:
        counts.files += files
        counts.directories += directories
        counts.subtasks_total += files + directories


def _first_trip(order: TransferOrder, item: TransferItem) -> Trip:
    source, is_directory = _source_of(order, item)
    if item.recursive is not None and item.recursive != is_directory:
        raise FileTrouble("IS_A_DIRECTORY" if is_directory else "NOT_A_DIRECTORY", "source", item.source_path)
    destination = _destination_of(order, item)
    if not is_directory:
        return _trip_of_file(item, source, destination)
    inside = root_of(order.destination).joinpath(*destination).is_relative_to(root_of(order.source).joinpath(*source))
    if inside:
        raise FileTrouble("INVALID_PATH_NAME", "destination", item.destination_path, "It is inside its own source")
    return _trip_through(order, item, source, destination)


def _source_of(order: TransferOrder, item: TransferItem) -> tuple[Parts, bool]:
    """Return where *item* comes from, all links followed, and whether that is a directory."""
    with blamed("source", item.source_path):
        source = real_parts(order.source, parts_of(item.source_path, order.source.default_directory))
        return source, root_of(order.source).joinpath(*source).is_dir()


def _destination_of(order: TransferOrder, item: TransferItem) -> Parts:
    """Return where *item* goes to, all links followed; it need not be there yet."""
    path, collection = item.destination_path, order.destination
    with blamed("destination", path):
        return real_parts(collection, parts_of(path, collection.default_directory), may_be_new=True)


def _trip_of_file(item: TransferItem, source: Parts, destination: Parts) -> Trip:
    if not destination or item.destination_path.endswith("/"):
        # "The full path to the destination file must be provided" (globus_sdk.TransferData.add_item).
        raise FileTrouble("IS_A_DIRECTORY", "destination", item.destination_path)
    return Trip(item, source[:-1], destination[:-1], ((source[-1], destination[-1]),))


def _trip_through(order: TransferOrder, item: TransferItem, source: Parts, destination: Parts) -> Trip:
    with blamed("source", shown(source)), opened_below(root_of(order.source), source) as fd:
        found = listed(fd)
    files = tuple((each, each) for each in found.files if is_included(each, "file", order.filter_rules))
    directories = tuple(each for each in found.directories if is_included(each, "dir", order.filter_rules))
    return Trip(item, source, destination, files, directories, of_directory=True)


def is_included(name: str, kind: str, rules: Sequence[FilterRule]) -> bool:
    """Say whether the first rule that matches, if there is one, lets *name* in."""
    matching = (each for each in rules if each.kind in (None, kind) and fnmatchcase(name, each.name))
    first = next(matching, None)
    return first is None or first.includes
