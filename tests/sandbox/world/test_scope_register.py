"""Scopes that need other scopes, and what one request comes to with all of them."""

from __future__ import annotations

import pytest

from trivet.sandbox.world.scope_register import (
    MAX_LEVELS,
    MAX_SCOPES,
    Dependency,
    RegisteredScope,
    ScopeRegister,
    TooManyScopesError,
)
from trivet.sandbox.world.scopes import Scope, nodes_of, scope_id


def _register(needs):
    """A register of scopes, by name -> the names of those that each of them needs."""
    scopes = [RegisteredScope("x", name, name, "") for name in needs]
    for scope in scopes:
        scope.dependencies += [Dependency(scope_id(each)) for each in needs[scope.name]]
    return ScopeRegister({}, scopes)


def _everybody(number):
    """So many scopes, each of which needs all the others."""
    names = [f"scope{n}" for n in range(number)]
    return {name: [each for each in names if each != name] for name in names}


def _chain(number):
    return {f"scope{n}": [f"scope{n + 1}"] if n + 1 < number else [] for n in range(number)}


def _layers(number):
    """Two scopes in each layer, which need both of the next: twice as many ways with every layer, and no circle."""
    rows = [[f"scope{2 * n}", f"scope{2 * n + 1}"] for n in range(number)]
    return {name: below for row, below in zip(rows, [*rows[1:], []], strict=True) for name in row}


def _ways(needs):
    return [path for path, _ in nodes_of(_register(needs).with_dependencies((Scope("scope0"),)))]


def test_scopes_that_need_each_other():
    """Each is below the others once on every way, and no way goes in a circle."""
    assert _ways(_everybody(3)) == [
        ("scope0",),
        ("scope0", "scope1"),
        ("scope0", "scope1", "scope2"),
        ("scope0", "scope2"),
        ("scope0", "scope2", "scope1"),
    ]


@pytest.mark.parametrize("needs", [_everybody(6), _chain(MAX_LEVELS), _layers(9)])
def test_within_bounds(needs):
    """What a request may come to: many ways, or a long one."""
    assert len(_ways(needs)) <= MAX_SCOPES


@pytest.mark.parametrize("needs", [_everybody(12), _chain(MAX_LEVELS + 1), _chain(2_000), _layers(10), _layers(31)])
def test_beyond_bounds(needs):
    """More ways than anybody could agree to are refused before all are gone: a few services would make millions."""
    with pytest.raises(TooManyScopesError, match="below scope0"):
        _ways(needs)


def test_bounds_count_the_whole_request():
    """Scopes that are asked for side by side share the room."""
    register = _register(_everybody(6))
    with pytest.raises(TooManyScopesError):
        register.with_dependencies(tuple(Scope(f"scope{n}") for n in range(6)))
