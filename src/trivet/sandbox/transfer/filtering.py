"""Filter and order lists (Globus docs: Transfer API, Filtering and Sorting; List Directory Contents; Get task list).

``filter`` is ``name:a.txt,b.txt/size:>5``: conditions joined by slashes, alternatives by commas. For texts, ``~`` is a
glob, ``=`` (or nothing) is exact and ``!`` turns either round; sizes are compared with ``<``, ``<=``, ``>``, ``>=``;
times are from and to, either of which may be empty.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any

from trivet.sandbox.transfer.errors import bad_request
from trivet.sandbox.transfer.times import read

Document = dict[str, Any]
Test = Callable[[Document], bool]
Filters = Mapping[str, Callable[[str, str], Test]]
"""Field -> what makes a test of the field's name and what is wanted of it."""

COMPARISONS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq}
_SIZE = re.compile(r"(<=|>=|<|>|=|)(\d{1,18})")


def keep_matching(documents: Iterable[Document], filters: Iterable[str], fields: Filters) -> list[Document]:
    """Return the documents all *filters* let through.

    Raises:
        TransferError: 400 for a filter that means nothing.
    """
    tests = [_condition(text, fields) for one in filters for text in one.split("/") if text]
    return [each for each in documents if all(test(each) for test in tests)]


def _condition(text: str, fields: Filters) -> Test:
    field, colon, wanted = text.partition(":")
    if not colon or field not in fields:
        raise bad_request(f"A filter is one of: {', '.join(f'{each}:...' for each in fields)}")
    return fields[field](field, wanted)


def text_test(field: str, wanted: str, *, fold: bool = False) -> Test:
    """Any of the alternatives, if there are any, and none of those with ``!``; *fold* lets globs ignore case."""
    chosen = [_text_choice(each, fold=fold) for each in wanted.split(",") if not each.startswith("!")]
    refused = [_text_choice(each[1:], fold=fold) for each in wanted.split(",") if each.startswith("!")]

    def matches(document: Document) -> bool:
        value = document[field] or ""
        return (not chosen or any(each(value) for each in chosen)) and not any(each(value) for each in refused)

    return matches


def _text_choice(text: str, *, fold: bool) -> Callable[[str], bool]:
    if not text.startswith("~"):
        return lambda value: value == text.removeprefix("=")
    pattern = text[1:].casefold() if fold else text[1:]
    return lambda value: fnmatchcase(value.casefold() if fold else value, pattern)


def label_test(field: str, wanted: str) -> Test:
    return text_test(field, wanted, fold=True)


def size_test(field: str, wanted: str) -> Test:
    pieces = [_SIZE.fullmatch(each) for each in wanted.split(",")]
    if any(piece is None for piece in pieces):
        raise bad_request(f"A {field} filter compares with a whole number of bytes, such as {field}:>1000")
    limits = [(COMPARISONS[piece[1] or "="], int(piece[2])) for piece in pieces if piece]
    return lambda document: all(compare(document[field], limit) for compare, limit in limits)


def time_test(field: str, wanted: str) -> Test:
    """From and to, both included; a field that is null has no time and matches nothing."""
    earliest, _, latest = wanted.partition(",")
    begin = read(earliest, field) if earliest else float("-inf")
    end = read(latest, field) if latest else float("inf")
    return lambda document: document[field] is not None and begin <= read(document[field], field) <= end


def flag_test(field: str, wanted: str) -> Test:
    if wanted.casefold() not in ("0", "1", "false", "true"):
        raise bad_request(f"A {field} filter is {field}:0 or {field}:1")
    return lambda document: document[field] is (wanted.casefold() in ("1", "true"))


def in_order(documents: Iterable[Document], orderby: str, fields: Iterable[str]) -> list[Document]:
    """Sort by ``field [ASC|DESC]``, several joined by commas; what is equal stays in the order it came in.

    Raises:
        TransferError: 400 for an unknown field or direction.
    """
    ordered = list(documents)
    for term in reversed(orderby.split(",")):
        field, _, direction = term.strip().partition(" ")
        if field not in fields or direction.upper() not in ("", "ASC", "DESC"):
            raise bad_request(f"orderby is one of {', '.join(fields)}, with ASC or DESC")
        ordered.sort(key=_key(field), reverse=direction.upper() == "DESC")
    return ordered


def _key(field: str) -> Callable[[Document], Any]:
    return lambda document: (document[field] is not None, document[field])


def only_fields(document: Document, fields: str | None) -> Document:
    """Return *document* with no more than the comma separated *fields*, and what says its type.

    Documents in its ``DATA`` are cut down instead, if it is a list of them.
    """
    if not fields:
        return document
    if document["DATA_TYPE"].endswith("_list"):
        return {**document, "DATA": [only_fields(each, fields) for each in document["DATA"]]}
    wanted = {"DATA_TYPE", *fields.split(",")}
    return {name: value for name, value in document.items() if name in wanted}
