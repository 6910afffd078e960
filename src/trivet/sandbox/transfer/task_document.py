"""A task as Transfer describes it (SDK fixture ``task_list``; Globus docs: Task Management)."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from trivet.sandbox.transfer.times import written
from trivet.sandbox.world.orders import TransferOrder

if TYPE_CHECKING:
    from trivet.sandbox.world.collections import Collection
    from trivet.sandbox.world.orders import FilterRule
    from trivet.sandbox.world.tasks import Task


def task_document(task: Task) -> dict[str, Any]:
    """Return what its owner sees of *task* at this moment."""
    with task.lock:
        return {
            "DATA_TYPE": "task",
            "task_id": task.id,
            "type": task.type,
            "status": task.status,
            "label": task.label,
            "owner_id": task.owner.id,
            "username": task.owner.username,
            "request_time": written(task.requested_at),
            "completion_time": None if task.completed_at is None else written(task.completed_at),
            "deadline": written(task.deadline),
            "command": "API 0.10",
            "canceled_by_admin": None,
            "canceled_by_admin_message": None,
            "history_deleted": task.history_deleted,
            "is_paused": task.paused,
            "fatal_error": _fatal_error(task),
            **_how_it_goes(task),
            **_figures(task),
            **_options(task),
            **_end("source", task.order.source),
            **_end("destination", task.order.destination if isinstance(task.order, TransferOrder) else None),
        }


def _fatal_error(task: Task) -> dict[str, str] | None:
    return task.fatal_error and {"code": task.fatal_error[0], "description": task.fatal_error[1]}


def _how_it_goes(task: Task) -> dict[str, Any]:
    """Return the fields about a task's health, which have nothing to say of one that is over."""
    status = None if task.is_over else _nice_status(task)
    return {
        "is_ok": None if task.is_over else task.trouble is None,
        "nice_status": status and status[0],
        "nice_status_short_description": status and status[1],
        "nice_status_details": None,
        "nice_status_expires_in": None,
    }


def _nice_status(task: Task) -> tuple[str, str]:
    if task.paused:
        return "PAUSED", "paused"
    if task.trouble is not None:
        return task.trouble[0], task.trouble[1].lower()
    return ("OK", "OK") if task.started else ("Queued", "queued")


def _figures(task: Task) -> dict[str, int]:
    seconds = (task.completed_at or task.now()) - task.requested_at
    rate = int(task.counts.bytes_transferred / max(seconds, 1))
    counts = dataclasses.asdict(task.counts)
    return {
        **counts,
        "subtasks_pending": task.counts.subtasks_pending,
        "symlinks": 0,
        "effective_bytes_per_second": rate,
    }


def _options(task: Task) -> dict[str, Any]:
    order = task.order
    flags = (
        "verify_checksum",
        "preserve_timestamp",
        "encrypt_data",
        "skip_source_errors",
        "fail_on_quota_errors",
        "delete_destination_extra",
    )
    if not isinstance(order, TransferOrder):
        return {**dict.fromkeys(flags, False), "sync_level": None, "filter_rules": None, "recursive_symlinks": None}
    rules = [_filter_rule(each) for each in order.filter_rules]
    set_to = {flag: getattr(order, flag) for flag in flags}
    return {**set_to, "sync_level": order.sync_level, "filter_rules": rules or None, "recursive_symlinks": "ignore"}


def _filter_rule(rule: FilterRule) -> dict[str, Any]:
    method = "include" if rule.includes else "exclude"
    return {"DATA_TYPE": "filter_rule", "method": method, "name": rule.name, "type": rule.kind}


def _end(side: str, collection: Collection | None) -> dict[str, str | None]:
    """Return the fields that name the collection on one side; a delete task has no destination."""
    names = ("endpoint", "endpoint_id", "endpoint_display_name", "base_path")
    if collection is None:
        return {f"{side}_{name}": None for name in names}
    values = (f"{collection.owner.username}#{collection.id}", collection.id, collection.display_name, None)
    return {f"{side}_{name}": value for name, value in zip(names, values, strict=True)}
