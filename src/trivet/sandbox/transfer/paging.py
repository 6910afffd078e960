"""Pages of a list, by offset or by marker (Globus docs: Transfer API, Paging)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trivet.sandbox.transfer.whole_numbers import whole_number

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_LIMIT = 1000
DEFAULT_LIMIT = 10
MARKER_PAGE = 100
MAX_OFFSET = 10_000_000


def offset_page(data_type: str, documents: list[dict[str, Any]], params: Mapping[str, str]) -> dict[str, Any]:
    """Return the page that ``limit`` and ``offset`` ask for; ``total`` tells whether there is another.

    Raises:
        TransferError: 400, if one of them is out of range.
    """
    limit = whole_number(params, "limit", default=DEFAULT_LIMIT, least=1, most=MAX_LIMIT)
    offset = whole_number(params, "offset", default=0, least=0, most=MAX_OFFSET)
    page = documents[offset : offset + limit]
    figures = {"length": len(page), "limit": limit, "offset": offset, "total": len(documents)}
    return {"DATA_TYPE": data_type, **figures, "DATA": page}


def marker_page(data_type: str, documents: list[dict[str, Any]], params: Mapping[str, str]) -> dict[str, Any]:
    """Return the page at ``marker``; ``next_marker`` is null on the last one.

    Raises:
        TransferError: 400, if the marker is none of ours.
    """
    marker = whole_number(params, "marker", default=0, least=0, most=MAX_OFFSET)
    end = marker + MARKER_PAGE
    following = end if end < len(documents) else None
    return {"DATA_TYPE": data_type, "marker": marker, "next_marker": following, "DATA": documents[marker:end]}
