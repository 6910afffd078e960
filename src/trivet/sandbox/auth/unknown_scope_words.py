"""Which scopes do not exist, and which may have been meant."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

MENTIONED = 3
LONGEST = 200
"""Characters of a name that is worth comparing: the time that takes grows with its square."""


def which_do_not_exist(unknown: list[str], known: Iterable[str]) -> str:
    """Return a sentence for each of the first *unknown* scopes, with the *known* one that is most like it."""
    names = list(known)
    sentences = [f"The scope {name[:LONGEST]} does not exist{_meant(name, names)}" for name in unknown[:MENTIONED]]
    return " ".join(sentences)


def _meant(name: str, known: list[str]) -> str:
    if len(name) > LONGEST:
        return "."
    close = get_close_matches(name, known, n=1, cutoff=0.7) or [each for each in known if name and name in each]
    return f"; did you mean {close[0]}?" if close else "."
