"""Submit tasks: ``submission_id``, ``transfer`` and ``delete``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import jsonify, request

from trivet.sandbox.transfer.admission import signed_in
from trivet.sandbox.transfer.body import body
from trivet.sandbox.transfer.errors import result_document
from trivet.sandbox.transfer.submission import submit

if TYPE_CHECKING:
    from flask import Blueprint
    from flask.typing import ResponseReturnValue

    from trivet.sandbox.carrier.carriers import Carriers
    from trivet.sandbox.world import World
    from trivet.sandbox.world.tasks import Task

MAX_SUBMISSION_BYTES = 32_000_000
"""Room for some 100,000 items."""


def add_submission(routes: Blueprint, world: World, carriers: Carriers) -> None:
    @routes.get("/submission_id")
    def submission_id() -> ResponseReturnValue:
        with world.lock:
            value = world.tasks.new_submission_id(signed_in(world).grant.person)
        return jsonify({"DATA_TYPE": "submission_id", "value": value})

    @routes.post("/transfer")
    def transfer() -> ResponseReturnValue:
        return accept("transfer")

    @routes.post("/delete")
    def delete() -> ResponseReturnValue:
        return accept("delete")

    def accept(kind: str) -> ResponseReturnValue:
        with world.lock:
            signed_in(world)  # or nothing long is read
        request.max_content_length = MAX_SUBMISSION_BYTES
        fields = body()
        with world.lock:  # once more, since there may have been a reset meanwhile
            task, is_new = submit(world, signed_in(world), kind, fields)
            if is_new:
                carriers.take(task)
        return jsonify(_receipt(kind, task, is_new=is_new)), world.switches.submission_status if is_new else 200


def _receipt(kind: str, task: Task, *, is_new: bool) -> dict[str, Any]:
    """Return the answer to a submission (SDK fixtures ``submit_transfer`` and ``submit_delete``)."""
    accepted = f"The {kind} has been accepted and a task has been created and queued for execution"
    known = "A task with this submission_id has been accepted before"
    link = {
        "DATA_TYPE": "link",
        "href": f"/v0.10/task/{task.id}?format=json",
        "rel": "related",
        "resource": "task",
        "title": "related task",
    }
    result = result_document(f"{kind}_result", *(("Accepted", accepted) if is_new else ("Duplicate", known)))
    return {**result, "submission_id": task.submission_id, "task_id": task.id, "task_link": link}
