"""Read what is submitted as a transfer or a delete task (Globus docs: Task Submission)."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from trivet.sandbox.files.copying import ALGORITHMS
from trivet.sandbox.transfer.admission import admit
from trivet.sandbox.transfer.errors import TransferError, bad_request
from trivet.sandbox.transfer.times import read
from trivet.sandbox.world.orders import DeleteOrder, FilterRule, TransferItem, TransferOrder
from trivet.sandbox.world.tasks import Task

if TYPE_CHECKING:
    from trivet.sandbox.transfer.body import Fields
    from trivet.sandbox.world import World
    from trivet.sandbox.world.people import Person
    from trivet.sandbox.world.tokens import Token

DEFAULT_DEADLINE_SECONDS = 86_400
"""A task that names no deadline has one day (SDK fixture ``task_list``)."""

MAX_LABEL_CHARACTERS = 128
DEFAULT_ALGORITHM = "MD5"


def submit(world: World, token: Token, kind: str, fields: Fields) -> tuple[Task, bool]:
    """Return the task for the document *fields* (*kind* is its type), and whether it is new.

    Call it with the world's lock.

    Raises:
        TransferError: 400 for a document that means nothing, 403 or 404 for collections that are not for everybody.
        FullError: too many tasks go on.
    """
    person = token.grant.person
    fields.data_type(kind)
    submission_id = _submission_id(fields)
    known = world.tasks.submitted(person, submission_id)
    if known is not None:
        return known, False
    if world.switches.submission_id_must_be_ours and not world.tasks.knows_submission_id(person, submission_id):
        raise bad_request("This submission_id was not given out by GET /submission_id, or not to you")
    order = _transfer_order(world, token, fields) if kind == "transfer" else _delete_order(world, token, fields)
    task = _task(world, person, order, fields, submission_id)
    world.tasks.add(task)
    return task, True


def _task(world: World, person: Person, order: TransferOrder | DeleteOrder, fields: Fields, submission_id: str) -> Task:
    now = world.now()
    task = Task(
        id=str(uuid.uuid4()),
        submission_id=submission_id,
        owner=person.primary,
        order=order,
        label=label_in(fields),
        deadline=deadline_in(fields, now) or now + DEFAULT_DEADLINE_SECONDS,
        now=world.now,
        woken=world.carrying.wake,
    )
    task.counts.subtasks_total = order.size
    return task


def _submission_id(fields: Fields) -> str:
    try:
        return str(uuid.UUID(fields.text("submission_id")))
    except ValueError:
        raise bad_request("submission_id is a UUID") from None


def label_in(fields: Fields) -> str | None:
    """Return the label, if there is one.

    Raises:
        TransferError: 400 for one too long, with line breaks, or with spaces around it.
    """
    label = fields.optional_text("label") or None
    if label is None:
        return None
    if len(label) > MAX_LABEL_CHARACTERS or "\n" in label or "\r" in label or label != label.strip():
        raise bad_request(
            f"label has at most {MAX_LABEL_CHARACTERS} characters, no line breaks and no spaces around it"
        )
    return label


def deadline_in(fields: Fields, now: float) -> float | None:
    """Return the deadline in epoch seconds, if there is one.

    Raises:
        TransferError: 400 for one that is no time, or has passed.
    """
    text = fields.optional_text("deadline")
    if text is None:
        return None
    deadline = read(text, "deadline")
    if deadline <= now:
        raise bad_request("deadline is in the past")
    return deadline


def _transfer_order(world: World, token: Token, fields: Fields) -> TransferOrder:
    source = admit(world, token, fields.text("source_endpoint"))
    destination = admit(world, token, fields.text("destination_endpoint"), to_write=True)
    items = tuple(_transfer_item(each) for each in fields.objects("DATA"))
    if not items:
        raise bad_request("A transfer requires at least one item", "ClientError.BadRequest.NoTransferItems")
    if fields.choice("recursive_symlinks", ("ignore", "keep", "copy")) in ("keep", "copy"):
        raise _no_symlinks()
    return TransferOrder(
        source=source,
        destination=destination,
        items=items,
        sync_level=fields.choice("sync_level", (0, 1, 2, 3)),
        verify_checksum=fields.flag("verify_checksum"),
        preserve_timestamp=fields.flag("preserve_timestamp"),
        encrypt_data=fields.flag("encrypt_data"),
        skip_source_errors=fields.flag("skip_source_errors"),
        fail_on_quota_errors=fields.flag("fail_on_quota_errors"),
        delete_destination_extra=fields.flag("delete_destination_extra"),
        filter_rules=tuple(_filter_rule(each) for each in fields.objects("filter_rules")),
    )


def _transfer_item(fields: Fields) -> TransferItem:
    if fields.data_type("transfer_item", "transfer_symlink_item") == "transfer_symlink_item":
        raise _no_symlinks()
    recursive, checksum = fields.optional_flag("recursive"), fields.optional_text("external_checksum")
    if recursive and checksum:
        raise bad_request("external_checksum is for single files, and not for a recursive item")
    algorithm = (fields.optional_text("checksum_algorithm") or DEFAULT_ALGORITHM).upper().replace("-", "")
    if algorithm not in ALGORITHMS:
        raise bad_request(f"checksum_algorithm is one of: {', '.join(ALGORITHMS)}")
    return TransferItem(fields.path("source_path"), fields.path("destination_path"), recursive, checksum, algorithm)


def _no_symlinks() -> TransferError:
    return TransferError(409, "NotSupported", "This collection does not support symlinks")


def _filter_rule(fields: Fields) -> FilterRule:
    includes = fields.choice("method", ("include", "exclude")) == "include"
    return FilterRule(fields.text("name"), fields.choice("type", ("file", "dir")), includes=includes)


def _delete_order(world: World, token: Token, fields: Fields) -> DeleteOrder:
    source = admit(world, token, fields.text("endpoint"), to_write=True)
    paths = tuple(_delete_path(each) for each in fields.objects("DATA"))
    if not paths:
        raise bad_request("A delete requires at least one item", "ClientError.BadRequest")
    return DeleteOrder(
        source=source,
        paths=paths,
        recursive=fields.flag("recursive"),
        ignore_missing=fields.flag("ignore_missing"),
        interpret_globs=fields.flag("interpret_globs"),
    )


def _delete_path(fields: Fields) -> str:
    fields.data_type("delete_item")
    return fields.path("path")
