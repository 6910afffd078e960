"""What a reset has forgotten is gone at once for everybody, and from memory little by little."""

from __future__ import annotations

import weakref
from collections import deque
from typing import TYPE_CHECKING

import requests

from trivet.sandbox.world.remains import AT_ONCE, Remains

if TYPE_CHECKING:
    from trivet.sandbox import Sandbox
    from trivet.sandbox.world.tokens import Grant


class Thing:
    """Something whose end can be seen."""


def test_some_at_a_time():
    """Each time so many things are freed and no more, one container after the other, until nothing is left."""
    things = [Thing() for _ in range(3 * AT_ONCE)]
    alive = weakref.WeakSet(things)
    remains = Remains()
    remains.add([dict(enumerate(things[: AT_ONCE + 1])), {}, deque(things[AT_ONCE + 1 :])])
    del things
    for left in (2 * AT_ONCE, AT_ONCE, 0, 0):
        remains.take_apart()
        assert (len(alive), len(remains)) == (left, left)


def test_after_a_reset(globus: Sandbox, grant: Grant):
    """However much was forgotten, none of it can be found afterwards, and some requests later none is in memory."""
    _take_all_apart(globus.world.remains)
    with globus.world.lock:
        issued = [globus.world.tokens.issue("access", grant) for _ in range(3 * AT_ONCE)]
    requests.get(globus.url)
    globus.reset()
    assert (globus.tokens, globus.requests) == ([], [])
    assert not globus.token_is_active(issued[0].value)
    assert len(globus.world.remains) >= len(issued)
    with requests.Session() as http:
        while before := len(globus.world.remains):
            http.get(globus.url)
            assert len(globus.world.remains) == max(0, before - AT_ONCE)


def test_resets_in_a_row(globus: Sandbox):
    """Resets do not pile up what they forget: each request frees more than it adds."""
    remains = globus.world.remains
    _take_all_apart(remains)
    with requests.Session() as http:
        for _ in range(5):
            for _ in range(3):
                http.get(globus.url)
            globus.reset()
            assert len(remains) == 3


def _take_all_apart(remains: Remains) -> None:
    """Free what other tests have left."""
    while len(remains):
        remains.take_apart()
