"""Filter and order a directory listing (Globus docs: Transfer API, List Directory Contents).

``filter`` is ``name:a.txt,b.txt/size:>5``: conditions joined by slashes, alternatives by commas. For names, ``~`` is
a glob, ``=`` (or nothing) an exact name and ``!`` turns either round; for sizes there are ``<``, ``<=``, ``>``, ``>=``.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase
from typing import Any

from trivet.sandbox.transfer.errors import bad_request

Document = dict[str, Any]
Test = Callable[[Document], bool]

ORDER_FIELDS = ("name", "type", "size", "last_modified", "user", "group", "permissions")
COMPARISONS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq}
_SIZE = re.compile(r"(<=|>=|<|>|=|)(\d{1,18})")


def keep_matching(documents: Iterable[Document], filters: Iterable[str]) -> list[Document]:
    """Return the documents all *filters* let through.

    Raises:
        TransferError: 400 for a filter that means nothing.
    """
    tests = [condition(text) for one in filters for text in one.split("/") if text]
    return [each for each in documents if all(test(each) for test in tests)]


def condition(text: str) -> Test:
    field, colon, wanted = text.partition(":")
    if not colon or field not in ("name", "type", "size"):
        raise bad_request("A filter is name:..., type:... or size:...")
    if field == "size":
        return _size_test(wanted)
    return _name_test(field, wanted)


def _name_test(field: str, wanted: str) -> Test:
    negated, wanted = wanted.startswith("!"), wanted.removeprefix("!")
    mark = wanted[:1] if wanted[:1] in ("~", "=") else ""
    choices = wanted.removeprefix(mark).split(",")

    def matches(document: Document) -> bool:
        value = document[field]
        found = any(fnmatchcase(value, each) if mark == "~" else value == each for each in choices)
        return found != negated

    return matches


def _size_test(wanted: str) -> Test:
    pieces = [_SIZE.fullmatch(each) for each in wanted.split(",")]
    if any(piece is None for piece in pieces):
        raise bad_request("A size filter compares with a whole number of bytes, such as size:>1000")
    limits = [(COMPARISONS[piece[1] or "="], int(piece[2])) for piece in pieces if piece]
    return lambda document: all(compare(document["size"], limit) for compare, limit in limits)


def in_order(documents: list[Document], orderby: str) -> list[Document]:
    """Sort by ``field [ASC|DESC]``, several joined by commas; by name if nothing is said.

    Raises:
        TransferError: 400 for an unknown field or direction.
    """
    ordered = sorted(documents, key=lambda each: each["name"])
    for term in reversed((orderby or "name").split(",")):
        field, _, direction = term.strip().partition(" ")
        if field not in ORDER_FIELDS or direction.upper() not in ("", "ASC", "DESC"):
            raise bad_request(f"orderby is one of {', '.join(ORDER_FIELDS)}, with ASC or DESC")
        ordered.sort(key=_key(field), reverse=direction.upper() == "DESC")
    return ordered


def _key(field: str) -> Callable[[Document], Any]:
    return lambda document: document[field]
