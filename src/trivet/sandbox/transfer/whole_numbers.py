"""Whole numbers in query parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivet.sandbox.transfer.errors import bad_request

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_DIGITS = 12


def whole_number(params: Mapping[str, str], name: str, *, default: int, least: int, most: int) -> int:
    """Return the parameter *name* as a number from *least* to *most*.

    Raises:
        TransferError: 400, if it is anything else.
    """
    text = params.get(name, "")
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or len(text) > MAX_DIGITS or not least <= int(text) <= most:
        raise bad_request(f"{name} is a whole number from {least} to {most}")
    return int(text)
