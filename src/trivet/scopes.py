"""
Scope strings: what to ask for, and whether what was granted is enough.

A scope may carry dependencies, ``transfer:all[*collection/data_access]``. What Globus reports back are root scopes
only, so enough is judged by roots; the dependencies are for the service to miss. Parsing is the SDK's.
"""

import re
from collections.abc import Iterable

IDENTITY_SCOPES = ("openid", "profile", "email")

_SCOPE_TEXT = re.compile(r"[!#-\[\]-~ ]+")


def parse_problem(scope: str) -> str | None:
    """Return what is wrong with a scope string, or None."""
    from globus_sdk.scopes import ScopeCycleError, ScopeParseError, ScopeParser

    try:
        return None if ScopeParser.parse(scope) else "it is empty"
    except (ScopeParseError, ScopeCycleError) as error:
        return str(error)
    except RecursionError:
        return "it is too deep"


def union(*groups: Iterable[str]) -> tuple[str, ...]:
    """
    Return the scopes to ask for when all of *groups* are wanted: each root once, dependencies merged, in a fixed order.

    Raises:
        globus_sdk.scopes.ScopeParseError: one of them is not a scope string.
    """
    from globus_sdk.scopes import ScopeParser

    wanted = [scope for group in groups for scope in group]
    if not any("[" in scope or "*" in scope for scope in wanted):
        return tuple(dict.fromkeys(wanted))
    return tuple(sorted(str(scope) for scope in ScopeParser.parse(" ".join(dict.fromkeys(wanted)))))


def with_usable(wanted: Iterable[str], more: Iterable[object]) -> tuple[str, ...]:
    """
    Return the union of *wanted* and what can be asked for of *more*, which came over the wire.

    Left out is what is no scope string of printable ASCII (RFC 6749, section 3.3), and what contradicts what came
    before it: ``a[b]`` and ``b[a]`` cannot be wanted together.
    """
    found = union(wanted)
    for scope in more:
        if isinstance(scope, str) and _SCOPE_TEXT.fullmatch(scope) and parse_problem(scope) is None:
            found = _with_one(found, scope)
    return found


def _with_one(found: tuple[str, ...], scope: str) -> tuple[str, ...]:
    from globus_sdk.scopes import ScopeCycleError, ScopeParser

    try:
        # One text may hold several scopes.
        return union(found, sorted(str(each) for each in ScopeParser.parse(scope)))
    except (ScopeCycleError, RecursionError):
        return found


def roots(scopes: Iterable[str]) -> frozenset[str]:
    """Return the root scopes, without dependencies and without the mark of an optional one."""
    return frozenset(scope.partition("[")[0].removeprefix("*") for scope in scopes)


def missing(needed: Iterable[str], granted: Iterable[str]) -> tuple[str, ...]:
    """Return those of *needed* whose root scope is not in *granted*."""
    held = roots(granted)
    return tuple(scope for scope in needed if not roots([scope]) <= held)
