"""When something was or will be, in words. Times are epoch seconds, and words are about UTC."""

from __future__ import annotations

from datetime import UTC, datetime

UNITS = ((86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))


def time_of_day(at: float) -> str:
    """Return a time such as ``12:03:07``."""
    return _date(at).strftime("%H:%M:%S")


def day_and_time(at: float) -> str:
    """Return a time such as ``2026-11-25 12:03:07``."""
    return _date(at).strftime("%Y-%m-%d %H:%M:%S")


def span(seconds: float) -> str:
    """Return how long *seconds* are in the largest unit that fits, cut off and not rounded: ``3 minutes``."""
    for unit, name in UNITS:
        if abs(seconds) >= unit:
            number = int(abs(seconds) // unit)
            return f"{number} {name}{'' if number == 1 else 's'}"
    return "a moment"


def ago(at: float, now: float) -> str:
    """Return ``3 minutes ago``, or ``in 3 minutes`` for what is still to come."""
    return f"{span(now - at)} ago" if at <= now else f"in {span(at - now)}"


def _date(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)
