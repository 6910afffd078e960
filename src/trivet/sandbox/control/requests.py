"""``/sandbox/requests``: what was asked, what was answered, and why not; each can be repeated with curl."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import render_template, request

from trivet.sandbox.control.curl import as_curl

if TYPE_CHECKING:
    from flask import Blueprint
    from flask.typing import ResponseReturnValue

    from trivet.sandbox.world import World
    from trivet.sandbox.world.request_log import RequestRecord

SHOWN = 100


@dataclass(frozen=True)
class Row:
    """One request as the page shows it."""

    record: RequestRecord
    curl: str


def add_requests(pages: Blueprint, world: World) -> None:
    @pages.get("/sandbox/requests")
    def requests() -> ResponseReturnValue:
        """Show the log, or with ``rows`` its rows alone: what the page's script asks for every other second."""
        only_refused, words = "refused" in request.args, request.args.get("q", "")
        template = "control/request_rows.html" if "rows" in request.args else "control/requests.html"
        found = latest(world, SHOWN, words=words, only_refused=only_refused)
        return render_template(template, requests=found, only_refused=only_refused, words=words)


def latest(world: World, most: int, *, words: str = "", only_refused: bool = False) -> list[Row]:
    """Return the newest requests first, those that hold *words* in any of what is shown about them."""
    wanted = words.lower().strip()
    found = (each for each in reversed(world.log.all()) if each.refused or not only_refused)
    chosen = (each for each in found if wanted in _text(each))
    return [_row(each, world) for _, each in zip(range(most), chosen, strict=False)]


def _row(record: RequestRecord, world: World) -> Row:
    client = world.clients.get(record.client or "") or world.client(record.client)
    return Row(record, as_curl(record, world.issuer, client.id if client else None))


def _text(record: RequestRecord) -> str:
    said = (record.method, record.path, str(record.status), record.client, record.person, record.error, record.reason)
    return " ".join(each for each in said if each).lower()
