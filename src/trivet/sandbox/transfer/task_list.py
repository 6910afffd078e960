"""``task_list``: a person's tasks, filtered, ordered and cut into pages (Globus docs: Get task list)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trivet.sandbox.transfer.filtering import flag_test, in_order, keep_matching, label_test, text_test, time_test
from trivet.sandbox.transfer.paging import offset_page
from trivet.sandbox.transfer.task_document import task_document

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

    from trivet.sandbox.world.tasks import Task

FILTERS = {
    "task_id": text_test,
    "type": text_test,
    "status": text_test,
    "label": label_test,
    "request_time": time_test,
    "completion_time": time_test,
    "is_paused": flag_test,
    "source_endpoint_id": text_test,
    "destination_endpoint_id": text_test,
}
ORDERS = (
    "request_time",
    "completion_time",
    "deadline",
    "status",
    "type",
    "label",
    "task_id",
    "bytes_transferred",
    "faults",
)


def task_list(tasks: list[Task], args: MultiDict[str, str]) -> dict[str, Any]:
    """Return the page that *args* ask for of *tasks*, given oldest first.

    Without a filter on ``type``, only transfers are listed (``globus_sdk`` docs: Transfer Client).

    Raises:
        TransferError: 400 for a parameter that means nothing.
    """
    filters = args.getlist("filter")
    if not any(each.startswith("type:") for one in filters for each in one.split("/")):
        filters = [*filters, "type:TRANSFER"]
    found = keep_matching(map(task_document, reversed(tasks)), filters, FILTERS)
    return offset_page("task_list", in_order(found, args.get("orderby") or "request_time DESC", ORDERS), args)
