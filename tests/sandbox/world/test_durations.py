"""Durations as people write them."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trivet.sandbox.world.clock import ClockError
from trivet.sandbox.world.durations import in_words, seconds_in


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("49h", 176_400),
        ("90d", 7_776_000),
        ("15m", 900),
        ("30s", 30),
        ("1d12h", 129_600),
        ("1d 12h", 129_600),
        ("2W", 1_209_600),
        ("1.5h", 5400),
        ("90", 90),
        (90, 90),
        (0.5, 0.5),
        (0, 0),
    ],
)
def test_durations(written, seconds):
    """Weeks, days, hours, minutes and seconds, several in a row, and plain numbers of seconds."""
    assert seconds_in(written) == seconds


@pytest.mark.parametrize(
    "written", ["", "h", "1y", "-1h", "1h-", "1e9", "inf", "nan", "٣h", "1h1", -1, float("nan"), True, None, [1], {}]
)
def test_what_is_no_duration(written):
    """Anything else is refused with an example of what would do."""
    with pytest.raises(ClockError, match="Write 49h"):
        seconds_in(written)


@given(st.one_of(st.text(), st.floats(), st.integers()))
def test_any_input(written):
    """Whatever is sent is a duration of 0 or more, or refused."""
    with contextlib.suppress(ClockError):
        assert seconds_in(written) >= 0


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0s"), (59.6, "1m"), (90, "1m 30s"), (176_400, "2d 1h"), (15_724_799, "181d 23h")]
)
def test_in_words(seconds, words):
    """The two largest units, as they can be written."""
    assert in_words(seconds) == words
