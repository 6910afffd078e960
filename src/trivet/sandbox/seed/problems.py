"""What is wrong with one seed: collected while it is read, and told all at once with the lines."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from trivet.sandbox.seed.lines import lines_of
from trivet.sandbox.seed.reading import SeedError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trivet.sandbox.seed.lines import Way
    from trivet.sandbox.seed.reading import Seed

LONGEST = 200
"""Characters of a name that are compared: the time that takes grows with its square."""

ALIKE = 0.7
"""How much so, of 1: with difflib's own 0.6 "applications" would be taken for a slip of "policies"."""


class Problems:
    """The problems of *seed*, each with the way to the entry it is about."""

    def __init__(self, seed: Seed) -> None:
        self._seed = seed
        self._found: list[tuple[Way, str]] = []

    def add(self, way: Way, text: str) -> None:
        self._found.append((way, f"{named(way)}: {text}"))

    def check(self) -> None:
        """Let a seed pass that has none.

        Raises:
            SeedError: with every problem, in the order of the file.
        """
        if not self._found:
            return
        if not self._seed.text:
            raise SeedError([sentence for _, sentence in self._found])
        try:
            lines = lines_of(self._seed.text)
        except RecursionError:
            raise SeedError([f"{self._seed.name}: nested too deep"]) from None
        placed = sorted((_line(way, lines), sentence) for way, sentence in self._found)
        raise SeedError([f"{self._seed.name}, line {line}: {sentence}" for line, sentence in placed])


def named(way: Way) -> str:
    """Return *way* as people write it, such as ``people.ada.identities[0].idp``."""
    return "".join(f"[{each}]" if isinstance(each, int) else f".{each}" for each in way).removeprefix(".")


def meant(name: object, known: Iterable[str]) -> str:
    """Return the end of a sentence about a *name* that does not exist: which of the *known* ones is most like it."""
    close = get_close_matches(str(name)[:LONGEST], known, n=1, cutoff=ALIKE)
    return f"; did you mean {close[0]}?" if close else ""


def _line(way: Way, lines: dict[Way, int]) -> int:
    """Return the line of the entry, or of the one that it is missing in."""
    while way not in lines and way:
        way = way[:-1]
    return lines.get(way, 1)
