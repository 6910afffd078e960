"""Read scope strings (Globus docs: Clients, Scopes, and Consents; ``globus_sdk.scopes``).

The grammar is ``['*'] name ['[' scope (SP scope)* ']']``, separated by spaces.
"""

from __future__ import annotations

import re

from trivet.sandbox.world.scopes import Scope

MAX_DEPTH = 16
"""Dependencies nest a few levels in practice; the bound keeps hostile brackets from using up the stack."""

_PIECE = re.compile(r"[^\s\[\]*]+|[\[\]*]| +")


class ScopeSyntaxError(ValueError):
    """The scope string does not follow the grammar."""


def parse(text: str) -> tuple[Scope, ...]:
    """Return the scope trees in *text*, in order and without repeated roots.

    Raises:
        ScopeSyntaxError: *text* does not follow the grammar, or nests deeper than ``MAX_DEPTH``.
    """
    pieces = _PIECE.findall(text)
    if "".join(pieces) != text:
        raise ScopeSyntaxError("only spaces separate scopes")
    found, rest = _read_list(pieces, 0, depth=0)
    if rest != len(pieces):
        raise ScopeSyntaxError("a closing bracket has no opening one")
    return tuple(dict.fromkeys(found))


def _read_list(pieces: list[str], at: int, *, depth: int) -> tuple[list[Scope], int]:
    if depth > MAX_DEPTH:
        raise ScopeSyntaxError("brackets nest too deep")
    found: list[Scope] = []
    while at < len(pieces) and pieces[at] != "]":
        if pieces[at].isspace():
            at += 1
            continue
        scope, at = _read_scope(pieces, at, depth=depth)
        found.append(scope)
        if at < len(pieces) and not pieces[at].isspace() and pieces[at] != "]":
            raise ScopeSyntaxError("a space is missing between two scopes")
    return found, at


def _read_scope(pieces: list[str], at: int, *, depth: int) -> tuple[Scope, int]:
    optional = pieces[at] == "*"
    at += optional
    if at >= len(pieces) or pieces[at] in "[]*" or pieces[at].isspace():
        raise ScopeSyntaxError("a scope name is missing")
    name, at = pieces[at], at + 1
    if at >= len(pieces) or pieces[at] != "[":
        return Scope(name, optional), at
    dependencies, at = _read_list(pieces, at + 1, depth=depth + 1)
    if not dependencies or at >= len(pieces):
        raise ScopeSyntaxError("a bracket is empty or never closed")
    return Scope(name, optional, tuple(dependencies)), at + 1
