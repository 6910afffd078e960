"""Collections: search all there are, or list your own."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request
from flask_wtf import FlaskForm
from globus_sdk import TransferClient
from wtforms import SearchField
from wtforms.validators import Length

from trivet.portal.extensions import globus
from trivet.portal.paging import Paging
from trivet.portal.text import clean

PER_PAGE = 25
MAX_WORDS_CHARACTERS = 200

pages = Blueprint("collections", __name__, url_prefix="/collections")


class SearchForm(FlaskForm):  # type: ignore[misc]
    """Asks only, so it is sent with GET and needs no protection against forgery."""

    class Meta:
        csrf = False

    q = SearchField("Search collections", validators=[Length(max=MAX_WORDS_CHARACTERS)])


@dataclass(frozen=True, slots=True)
class Collection:
    """What a list shows of one collection."""

    id: str
    name: str
    owner: str
    organization: str
    description: str

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "Collection":
        return cls(
            id=str(document["id"]),
            name=clean(document.get("display_name")) or "Collection without a name",
            owner=clean(document.get("owner_string")),
            organization=clean(document.get("organization")),
            description=clean(document.get("description")),
        )


@pages.get("/")
@globus.login_required
def search() -> str:
    form = SearchForm(request.args)
    words = (form.q.data or "").strip()
    searched = bool(words) and form.validate()
    found, paging = _find(filter_fulltext=words) if searched else _find(filter_scope="recently-used")
    return render_template(
        "portal/search.html", form=form, words=words, searched=searched, collections=found, paging=paging
    )


@pages.get("/mine")
@globus.login_required
def mine() -> str:
    found, paging = _find(filter_scope="my-endpoints")
    return render_template("portal/mine.html", collections=found, paging=paging)


def _find(**filters: Any) -> tuple[list[Collection], Paging]:
    paging = Paging.asked_for(request.args, size=PER_PAGE)
    answer = globus.client(TransferClient).endpoint_search(limit=paging.size, offset=paging.offset, **filters)
    found = [Collection.from_document(document) for document in answer]
    return found, paging.holding(len(found), more=bool(answer.get("has_next_page")))
