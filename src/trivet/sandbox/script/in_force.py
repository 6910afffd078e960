"""What a test has asked for and what has not come to its end, in one shape, so that it can be listed and ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sized

MAX_IN_FORCE = 1_000
"""Of one kind. Whoever forgets to end faults meets this before every request has thousands to be compared with."""


@dataclass(frozen=True)
class InForce:
    """One thing that goes wrong on purpose. ``left`` is how often it still will; None means until it is ended."""

    id: str
    words: str
    left: int | None


def check_in_force(held: Sized) -> None:
    """Let one more of *held* be in force.

    Raises:
        ValueError: there are too many already.
    """
    if len(held) >= MAX_IN_FORCE:
        raise ValueError(f"{MAX_IN_FORCE} of these are in force already: clear faults that are over, or reset.")
