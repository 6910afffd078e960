"""Times in words."""

from __future__ import annotations

import pytest

from trivet.sandbox.world.when import ago, day_and_time, iso, span, time_of_day


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "a moment"),
        (0.9, "a moment"),
        (1, "1 second"),
        (59.9, "59 seconds"),
        (60, "1 minute"),
        (3599, "59 minutes"),
        (3600, "1 hour"),
        (172_799, "1 day 23 hours"),
        (3661, "1 hour 1 minute"),
        (86_430, "1 day"),
        (86_400 * 182, "182 days"),
        (-120, "2 minutes"),
    ],
)
def test_span(seconds, words):
    """The largest unit that fits and perhaps the next, cut off: no hour is said to have passed before it has."""
    assert span(seconds) == words


def test_ago_and_to_come():
    """The same function for the past and for what is still to come."""
    assert (ago(100, 280), ago(280, 100)) == ("3 minutes ago", "in 3 minutes")


def test_dates():
    """Dates and times are those of UTC, to the second, or to the microsecond for programs."""
    assert (day_and_time(1_800_000_000.9), time_of_day(1_800_000_000)) == ("2027-01-15 08:00:00", "08:00:00")
    assert iso(1_800_000_000.5) == "2027-01-15T08:00:00.500000+00:00"
