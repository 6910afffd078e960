"""Watch one's tasks, change them, and call them off (Globus docs: Task Management)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import jsonify, request

from trivet.sandbox.transfer.admission import signed_in
from trivet.sandbox.transfer.body import Fields, body
from trivet.sandbox.transfer.errors import TransferError, bad_request, result_document
from trivet.sandbox.transfer.filtering import only_fields
from trivet.sandbox.transfer.history import event_list, pause_info, skipped_errors, successful_transfers
from trivet.sandbox.transfer.submission import deadline_in, label_in
from trivet.sandbox.transfer.task_document import task_document
from trivet.sandbox.transfer.task_list import task_list

if TYPE_CHECKING:
    from flask import Blueprint
    from flask.typing import ResponseReturnValue

    from trivet.sandbox.world import World
    from trivet.sandbox.world.tasks import Task


def add_tasks(routes: Blueprint, world: World) -> None:
    @routes.get("/task_list")
    def tasks() -> ResponseReturnValue:
        with world.lock:
            own = world.tasks.of(signed_in(world).grant.person)
        return jsonify(only_fields(task_list(own, request.args), request.args.get("fields")))

    @routes.get("/task/<task_id>")
    def task(task_id: str) -> ResponseReturnValue:
        return jsonify(only_fields(task_document(own_task(world, task_id)), request.args.get("fields")))

    @routes.put("/task/<task_id>")
    def update(task_id: str) -> ResponseReturnValue:
        _update(own_task(world, task_id), body(), world.now())
        return jsonify(result_document("result", "Updated", "The task was updated successfully"))

    @routes.post("/task/<task_id>/cancel")
    def cancel(task_id: str) -> ResponseReturnValue:
        if own_task(world, task_id).cancel():
            return jsonify(result_document("result", "Canceled", "The task has been cancelled successfully."))
        return jsonify(result_document("result", "TaskComplete", "The task completed before it could be cancelled."))

    _add_history(routes, world)


def _add_history(routes: Blueprint, world: World) -> None:
    @routes.get("/task/<task_id>/event_list")
    def events(task_id: str) -> ResponseReturnValue:
        return jsonify(only_fields(event_list(own_task(world, task_id), request.args), request.args.get("fields")))

    @routes.get("/task/<task_id>/successful_transfers")
    def carried(task_id: str) -> ResponseReturnValue:
        return jsonify(successful_transfers(own_task(world, task_id), request.args))

    @routes.get("/task/<task_id>/skipped_errors")
    def skipped(task_id: str) -> ResponseReturnValue:
        return jsonify(skipped_errors(own_task(world, task_id), request.args))

    @routes.get("/task/<task_id>/pause_info")
    def pause(task_id: str) -> ResponseReturnValue:
        return jsonify(pause_info(own_task(world, task_id), world.carrying))


def own_task(world: World, task_id: str) -> Task:
    """Return the task, if it is one of the person who asks.

    Raises:
        TransferError: 404, whether there is no such task or it is somebody else's; 401 and 403 of ``signed_in``.
    """
    with world.lock:
        task = world.tasks.find(signed_in(world).grant.person, task_id)
    if task is None:
        raise TransferError(404, "TaskNotFound", f"No task found with id '{task_id}'")
    return task


def _update(task: Task, fields: Fields, now: float) -> None:
    """Change label and deadline, which is all that can be changed.

    Raises:
        TransferError: 409 ``Conflict`` for a task that is over, 400 for values that mean nothing.
    """
    fields.data_type("task")
    label, deadline = label_in(fields), deadline_in(fields, now)
    if not fields.names() <= {"DATA_TYPE", "label", "deadline"}:
        raise bad_request("Only label and deadline of a task can be updated")
    with task.lock:
        if task.is_over:
            raise TransferError(409, "Conflict", "The task has completed, and cannot be updated any more")
        if "label" in fields:
            task.label = label
        task.deadline = deadline or task.deadline
