"""Send files: from one folder of one collection to a folder of another, as a task that Globus Transfer carries out."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from globus_sdk import MISSING, TransferAPIError, TransferClient, TransferData
from wtforms import Field, HiddenField, SelectMultipleField, StringField, ValidationError, validators

from trivet.portal import files, paths
from trivet.portal.collections import Collection
from trivet.portal.extensions import globus
from trivet.portal.text import clean
from trivet.portal.troubles import Trouble, trouble

MAX_LABEL_CHARACTERS = 128  # Globus takes no more
MAX_OFFERED = 100  # collections of each kind

pages = Blueprint("send", __name__)

_NOT_ALLOWED = Trouble(
    403,
    "You may not send this there.",
    "It takes the right to read where the files are, and the right to write where they are to go. "
    "Choose another collection, or ask the owner.",
)


def _are_names(_form: FlaskForm, field: Field) -> None:
    for item in field.data:
        name = item.removesuffix("/")
        if not name or "/" in name or name in {".", ".."}:
            raise ValidationError("That is not in this folder.")


def _in_one_line(text: str | None) -> str:
    return " ".join((text or "").split())


def _as_folder(text: str | None) -> str:
    return paths.tidy(text.strip()) if text and text.strip() else ""


def _as_uuid(text: str | None) -> str:
    try:
        return str(UUID(text or ""))
    except ValueError:
        return ""


class SendForm(FlaskForm):  # type: ignore[misc]
    """What is sent, and where to. Where it comes from is in the address of the page."""

    item = SelectMultipleField(
        "Files and folders",
        choices=(),
        validate_choice=False,
        validators=[validators.DataRequired("Tick what you want to send."), _are_names],
    )
    destination = StringField(
        "Collection",
        validators=[validators.DataRequired("Choose a collection."), validators.UUID("That is no collection.")],
    )
    folder = StringField(
        "Folder there",
        default=paths.HOME,
        filters=[_as_folder],
        validators=[
            validators.DataRequired("Say which folder, such as /~/ for your home folder."),
            validators.Length(max=paths.MAX_CHARACTERS, message="That path is too long to be a folder."),
        ],
    )
    # Globus takes nothing twice under one submission id, so neither a second click nor sending again after an outage
    # makes a second transfer.
    submission_id = HiddenField(filters=[_as_uuid])
    label = StringField(
        "Label",
        filters=[_in_one_line],
        validators=[validators.Length(max=MAX_LABEL_CHARACTERS, message="A label has 128 characters at most.")],
    )

    def makes_sense(self, source: UUID, path: str) -> bool:
        """Tell whether it is complete, and leads anywhere from folder *path* of *source*; note what is wrong."""
        if not self.validate():
            return False
        folder = self.folder.data
        if UUID(self.destination.data) != source:
            return True
        if folder == path:
            self.folder.errors = ["That is where it is already. Choose another folder, or collection."]
        elif any(item.endswith("/") and folder.startswith(f"{path}{item}") for item in self.item.data):
            self.folder.errors = ["A folder cannot be sent into itself."]
        return not self.folder.errors


@pages.route("/collections/<uuid:collection_id>/send", methods=["GET", "POST"])
@globus.login_required
def send(collection_id: UUID) -> ResponseReturnValue:
    transfer = globus.client(TransferClient)
    form = SendForm()
    path = paths.tidy(files.asked_path())
    refused = None
    if form.is_submitted() and form.makes_sense(collection_id, path):
        try:
            task = transfer.submit_transfer(_order(form, collection_id, path))
            again = "1" if task["code"] == "Duplicate" else None
            return redirect(url_for("tasks.show", task_id=task["task_id"], again=again), 303)
        except TransferAPIError as error:
            refused = _refusal(error)
    return _page(transfer, collection_id, form, refused)


def _order(form: SendForm, source: UUID, path: str) -> TransferData:
    order = TransferData(
        source,
        form.destination.data,
        label=form.label.data or MISSING,
        submission_id=form.submission_id.data or MISSING,
    )
    for item in form.item.data:
        order.add_item(f"{path}{item}", f"{form.folder.data}{item}", recursive=item.endswith("/"))
    return order


def _refusal(error: TransferAPIError) -> Trouble:
    if error.code == "EndpointPermissionDenied":
        return _NOT_ALLOWED
    if error.http_status == 400:
        return Trouble(400, "Globus does not take this.", clean(error.message))
    return trouble(error)


def _page(transfer: TransferClient, source: UUID, form: SendForm, refused: Trouble | None) -> ResponseReturnValue:
    folder = files.opened(transfer, source)
    if refused or not form.submission_id.data:
        form.submission_id.data = transfer.get_submission_id()["value"]
    page = render_template(
        "portal/send.html",
        **files.shown(folder.collection, folder.path),
        folder=folder,
        form=form,
        refused=refused,
        offered=_offered(transfer, form.destination.data or ""),
    )
    return page, refused.status if refused else 400 if form.errors else 200


def _offered(transfer: TransferClient, chosen: str) -> Mapping[str, list[tuple[str, str]]]:
    """Return where things can be sent: by heading, the collections' ids and names."""
    mine = _find(transfer, filter_scope="my-endpoints")
    recent = _find(transfer, filter_scope="recently-used")
    others = {id_: name for id_, name in recent.items() if id_ not in mine}
    elsewhere = {} if chosen in {"", *recent, *mine} else {chosen: chosen}
    groups = {"Yours": mine, "Visited recently": others, "Chosen before": elsewhere}
    return {heading: list(found.items()) for heading, found in groups.items() if found}


def _find(transfer: TransferClient, **filters: Any) -> dict[str, str]:
    found = map(Collection.from_document, transfer.endpoint_search(limit=MAX_OFFERED, **filters))
    return {collection.id: collection.name for collection in found}
