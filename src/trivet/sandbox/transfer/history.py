"""What happened to a task: its events, the files it carried and those it left out, and why it is paused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trivet.sandbox.transfer.errors import bad_request
from trivet.sandbox.transfer.filtering import flag_test, keep_matching, text_test
from trivet.sandbox.transfer.paging import marker_page, offset_page
from trivet.sandbox.transfer.times import written
from trivet.sandbox.world.orders import TransferOrder

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

    from trivet.sandbox.script.carrying import Carrying
    from trivet.sandbox.world.collections import Collection
    from trivet.sandbox.world.tasks import Carried, Event, Skipped, Task

EVENT_FILTERS = {"is_error": flag_test, "code": text_test}
PAUSED_OPERATIONS = (
    "pause_ls",
    "pause_mkdir",
    "pause_rename",
    "pause_task_delete",
    "pause_task_transfer_read",
    "pause_task_transfer_write",
)


def event_list(task: Task, args: MultiDict[str, str]) -> dict[str, Any]:
    """Return the page of events that *args* ask for, newest first.

    Raises:
        TransferError: 400 for a parameter that means nothing.
    """
    with task.lock:
        events = [] if task.history_deleted else task.events[::-1]
    found = keep_matching(map(_event_document, events), args.getlist("filter"), EVENT_FILTERS)
    return offset_page("event_list", found, args)


def _event_document(event: Event) -> dict[str, Any]:
    return {
        "DATA_TYPE": "event",
        "code": event.code,
        "is_error": event.is_error,
        "description": event.description,
        "details": event.details,
        "time": written(event.at),
    }


def successful_transfers(task: Task, args: MultiDict[str, str]) -> dict[str, Any]:
    """Return the page of carried files at the marker in *args*.

    Raises:
        TransferError: 400 while the task is still going on, and for one that carries nothing.
    """
    _check_finished_transfer(task)
    carried = [] if task.history_deleted else task.carried
    return marker_page("successful_transfers", [_carried_document(each) for each in carried], args)


def _carried_document(carried: Carried) -> dict[str, Any]:
    return {
        "DATA_TYPE": "successful_transfer",
        "source_path": carried.source_path,
        "destination_path": carried.destination_path,
        "checksum": carried.checksum,
        "checksum_algorithm": carried.algorithm,
        "dynamic": False,
        "size": carried.size,
    }


def skipped_errors(task: Task, args: MultiDict[str, str]) -> dict[str, Any]:
    """Return the page of skipped paths at the marker in *args*; see ``successful_transfers``."""
    _check_finished_transfer(task)
    skipped = [] if task.history_deleted else task.skipped
    return marker_page("skipped_errors", [_skipped_document(each) for each in skipped], args)


def _skipped_document(skipped: Skipped) -> dict[str, Any]:
    return {
        "DATA_TYPE": "skipped_error",
        "error_code": skipped.code,
        "error_details": skipped.details,
        "error_time": written(skipped.at),
        "source_path": skipped.source_path,
        "destination_path": skipped.destination_path,
        "is_directory": skipped.is_directory,
        "is_symlink": False,
        "is_delete_destination_extra": False,
        "external_checksum": None,
        "checksum_algorithm": None,
    }


def _check_finished_transfer(task: Task) -> None:
    if not isinstance(task.order, TransferOrder):
        raise bad_request("This is there for transfer tasks only", "ClientError.BadRequest")
    if not task.is_over:
        raise bad_request("This is there only when the task is completed", "ClientError.BadRequest")


def pause_info(task: Task, script: Carrying) -> dict[str, Any]:
    """Return why *task* is paused, or would be (globus-sdk for JavaScript: ``PauseInfoLimitedDocument``)."""
    paused = [] if task.is_over else [(each, script.pause_message(each.id)) for each in task.collections]
    messages = ("source_pause_message", "source_pause_message_share")
    others = ("destination_pause_message", "destination_pause_message_share")
    rules = [_pause_rule(collection, message) for collection, message in paused if message is not None]
    return {"DATA_TYPE": "pause_info_limited", "pause_rules": rules, **dict.fromkeys((*messages, *others))}


def _pause_rule(collection: Collection, message: str) -> dict[str, Any]:
    return {
        "DATA_TYPE": "pause_rule_limited",
        "id": collection.id,
        "message": message,
        "start_time": None,
        "endpoint_id": collection.id,
        "endpoint_display_name": collection.display_name,
        "identity_id": None,
        **dict.fromkeys(PAUSED_OPERATIONS, True),
    }
