"""Transfers: what was sent, and how it is getting on."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue
from globus_sdk import TransferAPIError, TransferClient

from trivet.portal.extensions import globus
from trivet.portal.paging import Paging
from trivet.portal.text import clean
from trivet.portal.troubles import trouble
from trivet.portal.wording import file_size

PER_PAGE = 25

pages = Blueprint("tasks", __name__, url_prefix="/transfers")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a task is: in a word and in a sentence, and the files *done* of a *total* that may still grow."""

    state: str
    sentence: str
    done: int
    total: int
    is_over: bool

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> "Progress":
        done = document["files_transferred"] + document["files_skipped"]
        total = document["files"]
        state, sentence = _words(document, done, total)
        return cls(state, sentence, done, total, is_over=document["status"] in {"SUCCEEDED", "FAILED"})


@dataclass(frozen=True, slots=True)
class End:
    """A collection that a task is from or to; one that has been removed since has no name."""

    id: str
    name: str

    @classmethod
    def of(cls, document: Mapping[str, Any], side: str) -> "End":
        name = clean(document.get(f"{side}_endpoint_display_name"))
        return cls(str(document.get(f"{side}_endpoint_id") or ""), name or "a collection that is gone")


@dataclass(frozen=True, slots=True)
class Task:
    """What a page shows of one transfer."""

    id: str
    label: str
    source: End
    destination: End
    began: datetime
    ended: datetime | None
    progress: Progress

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "Task":
        ended = document.get("completion_time")
        return cls(
            id=str(document["task_id"]),
            label=clean(document.get("label")) or "Transfer without a label",
            source=End.of(document, "source"),
            destination=End.of(document, "destination"),
            began=datetime.fromisoformat(document["request_time"]),
            ended=datetime.fromisoformat(ended) if ended else None,
            progress=Progress.of(document),
        )


@pages.get("/")
@globus.login_required
def index() -> str:
    paging = Paging.asked_for(request.args, size=PER_PAGE)
    answer = globus.client(TransferClient).task_list(limit=paging.size, offset=paging.offset)
    tasks = [Task.from_document(document) for document in answer]
    paging = paging.holding(len(tasks), more=paging.offset + len(tasks) < answer["total"])
    return render_template("portal/tasks.html", tasks=tasks, paging=paging)


@pages.get("/<uuid:task_id>")
@globus.login_required
def show(task_id: UUID) -> ResponseReturnValue:
    """Show one transfer: as a page, or to a script its progress alone, as JSON."""
    try:
        task = Task.from_document(globus.client(TransferClient).get_task(task_id).data)
    except TransferAPIError as error:
        found = trouble(error)
        return render_template("portal/trouble.html", trouble=found), found.status
    for_script = request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"
    answer = (
        jsonify(asdict(task.progress)) if for_script else make_response(render_template("portal/task.html", task=task))
    )
    answer.vary.add("Accept")
    return answer


def _words(document: Mapping[str, Any], done: int, total: int) -> tuple[str, str]:
    """Return a word and a sentence on a task's status (Globus docs, "Task Management")."""
    status, size = document["status"], file_size(document["bytes_transferred"])
    if status == "SUCCEEDED":
        return "Done", f"{_files(done)} arrived, {size}." if done else "There was nothing to carry."
    if status == "FAILED":
        return "Failed", clean((document.get("fatal_error") or {}).get("description")) or "It was not completed."
    held_up = clean(document.get("nice_status_short_description")) or "It waits."
    if status == "INACTIVE":
        return "Suspended", held_up
    if document.get("is_paused") or document.get("is_ok") is False:
        return "Held up", held_up
    return "On its way", f"{done} of {_files(total)} so far, {size}." if total else "It has not begun yet."


def _files(count: int) -> str:
    return f"{count} file{'' if count == 1 else 's'}"
