"""The clock: forward, to a moment, and standing still."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trivet.sandbox.world.clock import MAX_AHEAD_SECONDS, Clock, ClockError


class Real:
    """A clock on a wall, moved by hand."""

    now = 1_800_000_000.25

    def __call__(self):
        return self.now


@pytest.fixture
def real():
    return Real()


@pytest.fixture
def clock(real):
    return Clock(real)


def test_follows_the_real_one(clock, real):
    """It goes as the real one goes, as far ahead as it was moved."""
    clock.advance(60)
    real.now += 5
    assert (clock.now(), clock.ahead) == (real.now + 60, 60)


def test_stands_still(clock, real):
    """A frozen clock stays where it is, moves only when told, and goes on from there."""
    frozen = clock.now()
    clock.freeze()
    real.now += 1000
    assert (clock.now(), clock.frozen, clock.ahead) == (frozen, True, -1000)
    clock.advance(7)
    assert clock.now() == frozen + 7
    clock.unfreeze()
    real.now += 1
    assert (clock.now(), clock.frozen) == (frozen + 8, False)


def test_freezing_twice_and_thawing_twice(clock, real):
    """Doing it again changes nothing."""
    clock.freeze()
    before = clock.now()
    real.now += 1
    clock.freeze()
    assert clock.now() == before
    clock.unfreeze()
    clock.unfreeze()
    assert clock.now() == before


@pytest.mark.parametrize("seconds", [-1, -0.001, float("nan"), float("inf"), MAX_AHEAD_SECONDS + 1])
def test_where_it_does_not_go(clock, seconds):
    """Never back, and nowhere beyond a hundred years, where dates would end; it stays where it was."""
    before = clock.now()
    with pytest.raises(ClockError):
        clock.advance(seconds)
    assert clock.now() == before


def test_a_hundred_years_in_all(clock):
    """Small steps lead as far as a big one and no further, and one of no length leads nowhere."""
    clock.advance(MAX_AHEAD_SECONDS - 10)
    with pytest.raises(ClockError, match="100 years"):
        clock.advance(11)
    clock.advance(10)
    clock.advance(0)
    assert clock.ahead == MAX_AHEAD_SECONDS


def test_a_moment_that_has_passed(clock):
    """To go to the past is to stay."""
    before = clock.now()
    clock.advance_to(before - 5)
    assert clock.now() == before


@given(st.floats(0, 1e9), st.floats(0, 1e9))
def test_it_arrives(start, further):
    """Whatever the floating point does, a moment gone to has come: nothing that dies then is alive."""
    real = Real()
    real.now = 1_700_000_000 + start
    clock = Clock(real)
    clock.advance_to(real.now + further)
    assert clock.now() >= real.now + further


def test_reset(clock, real):
    """Back in step, and going."""
    clock.freeze()
    clock.advance(60)
    clock.reset()
    assert (clock.now(), clock.frozen) == (real.now, False)
