"""Values that are sent in one parameter, joined with commas."""

from __future__ import annotations


def between_commas(text: str) -> list[str]:
    """Return the values in *text*, without spaces around them and without those that are empty."""
    return [each for each in map(str.strip, text.split(",")) if each]
