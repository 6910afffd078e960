"""What a test has asked for and what has not come to its end, in one shape, so that it can be listed and ended."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class InForce:
    """One thing that goes wrong on purpose. ``left`` is how often it still will; None means until it is ended."""

    id: str
    words: str
    left: int | None
