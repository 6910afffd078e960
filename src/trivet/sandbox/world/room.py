"""How much can be registered: it is never forgotten by itself, as tokens and requests are, so there is an end to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sized


class FullError(ValueError):
    """There is no room for another one. The bounds are the sandbox's own, and beyond what a test registers."""


def check_room(held: Sized, most: int, what: str) -> None:
    """Let one more in.

    Raises:
        FullError: there are *most* already.
    """
    if len(held) >= most:
        raise FullError(f"The sandbox keeps {most} {what} and has as many: delete some, or reset it.")
