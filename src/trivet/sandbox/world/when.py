"""When something was or will be, as it is written. Times are epoch seconds, and what is written is about UTC."""

from __future__ import annotations

from datetime import UTC, datetime

UNITS = ((86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))
MINUTES = 2
"""Their place among the units."""


def time_of_day(at: float) -> str:
    """Return a time such as ``12:03:07``."""
    return _date(at).strftime("%H:%M:%S")


def day_and_time(at: float) -> str:
    """Return a time such as ``2026-11-25 12:03:07``."""
    return _date(at).strftime("%Y-%m-%d %H:%M:%S")


def iso(at: float) -> str:
    """Return a time such as ``2026-11-25T12:03:07.000000+00:00``, as Auth and Groups write it."""
    return _date(at).isoformat(timespec="microseconds")


def span(seconds: float) -> str:
    """Return how long *seconds* are in the largest unit that fits, and in the next if need be: ``1 day 23 hours``.

    It is cut off and not rounded, and minutes come without seconds.
    """
    left, words = int(abs(seconds)), []
    for unit, name in UNITS:
        number, left = divmod(left, unit)
        words.append(f"{number} {name}{'' if number == 1 else 's'}" if number else "")
    first = next((place for place, word in enumerate(words) if word), len(words))
    shown = words[first : first + 1] if first >= MINUTES else words[first : first + 2]
    return " ".join(filter(None, shown)) or "a moment"


def ago(at: float, now: float) -> str:
    """Return ``3 minutes ago``, or ``in 3 minutes`` for what is still to come."""
    return f"{span(now - at)} ago" if at <= now else f"in {span(at - now)}"


def _date(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)
