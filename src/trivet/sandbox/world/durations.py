"""Durations as people write them: ``49h``, ``90d``, ``1d12h``, ``15m``, ``30s``, or a number of seconds."""

from __future__ import annotations

import math
import re

from trivet.sandbox.world.clock import ClockError

UNITS = {"w": 604_800, "d": 86_400, "h": 3600, "m": 60, "s": 1}

_NUMBER = r"[0-9]{1,12}(?:\.[0-9]{1,6})?"
_PART = re.compile(rf"({_NUMBER})([wdhms])", re.ASCII)
_WHOLE = re.compile(rf"(?:{_NUMBER}[wdhms])+", re.ASCII)


def seconds_in(duration: object) -> float:
    """Return the seconds in *duration*; a number without a unit is seconds already.

    Raises:
        ClockError: it is no duration.
    """
    if isinstance(duration, str):
        text = duration.replace(" ", "").lower()
        if _WHOLE.fullmatch(text):
            return sum(float(number) * UNITS[unit] for number, unit in _PART.findall(text))
        if re.fullmatch(_NUMBER, text, re.ASCII):
            return float(text)
    elif isinstance(duration, int | float) and not isinstance(duration, bool) and 0 <= duration < math.inf:
        return float(min(duration, 1e15))
    raise ClockError(f"{duration!r} is no duration. Write 49h, 90d, 15m, 30s or 1d12h, or a number of seconds.")


def in_words(seconds: float) -> str:
    """Return *seconds* in the two largest units there are in them, such as ``181d 23h``."""
    left, words = round(seconds), []
    for unit, size in UNITS.items():
        if unit != "w" and left >= size:
            words.append(f"{left // size}{unit}")
            left %= size
    return " ".join(words[:2]) or "0s"
