"""Sizes and times as people write them."""

import time
from datetime import UTC, datetime

from flask import Flask

_UNITS = ("kB", "MB", "GB", "TB", "PB", "EB")
# Seconds in the unit, its name, and from how many seconds on it is the one to use.
_SPANS = ((86400, "day", 3 * 86400), (3600, "hour", 5400), (60, "minute", 60))


def file_size(size: int) -> str:
    """Return a number of bytes in the unit that suits it: ``812 B``, ``4.1 kB``. A kB is 1000 bytes."""
    if size < 1000:
        return f"{size} B"
    amount = float(size)
    for unit in _UNITS:
        amount /= 1000
        if amount < 999.95 or unit == _UNITS[-1]:
            break
    return f"{amount:.1f} {unit}" if amount < 99.95 else f"{amount:.0f} {unit}"


def moment(when: datetime | float) -> str:
    """Return a point in time (epoch seconds, if a number) to the minute: ``1 Mar 2026, 12:03 UTC``."""
    when = _in_utc(when)
    return f"{when.day} {when:%b %Y, %H:%M} UTC"


def machine_time(when: datetime | float) -> str:
    """Return the same for the ``datetime`` attribute of ``<time>``."""
    return _in_utc(when).isoformat(timespec="seconds")


def how_long_until(when: float) -> str:
    """Return about how far off *when* is, in the unit people would use: ``48 hours``, ``5 days``."""
    seconds = when - time.time()
    for span, name, from_here in _SPANS:
        if seconds >= from_here:
            count = round(seconds / span)
            return f"{count} {name}{'' if count == 1 else 's'}"
    return "less than a minute"


def _in_utc(when: datetime | float) -> datetime:
    return when.astimezone(UTC) if isinstance(when, datetime) else datetime.fromtimestamp(when, UTC)


def add_to(app: Flask) -> None:
    for function in (file_size, moment, machine_time, how_long_until):
        app.add_template_filter(function)
