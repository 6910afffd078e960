"""Read what is posted to Groups, field by field; null counts as not sent, and unknown fields are left alone."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from trivet.sandbox.groups.errors import MeaninglessError
from trivet.sandbox.http.json_body import json_body

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

BODY = "body"
MAX_CHARACTERS = 10_000
MAX_NUMBER = 10**9


def posted() -> dict[str, Any]:
    """Return the JSON object in the current request's body.

    Raises:
        MeaninglessError: there is none.
    """
    try:
        document = json_body()
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise MeaninglessError(BODY, "__root__", "a JSON object is needed")
    return document


def text(fields: Mapping[str, Any], name: str, now: str | None) -> str | None:
    """Return a text, or what there is *now* if none was sent."""
    value = fields.get(name)
    if value is None:
        return now
    if not isinstance(value, str) or len(value) > MAX_CHARACTERS:
        raise MeaninglessError(BODY, name, "a text is needed")
    return value


def flag(fields: Mapping[str, Any], name: str, *, now: bool) -> bool:
    value = fields.get(name)
    if value is None:
        return now
    if not isinstance(value, bool):
        raise MeaninglessError(BODY, name, "true or false is needed")
    return value


def number(fields: Mapping[str, Any], name: str, now: int | None) -> int | None:
    value = fields.get(name)
    if value is None:
        return now
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= MAX_NUMBER:
        raise MeaninglessError(BODY, name, "a whole number above zero is needed")
    return value


def choice(fields: Mapping[str, Any], name: str, choices: Sequence[str], now: str) -> Any:
    value = fields.get(name)
    if value is None:
        return now
    if value not in choices:
        raise MeaninglessError(BODY, name, f"one of these is needed: {', '.join(choices)}")
    return value


def choices_in(fields: Mapping[str, Any], name: str, choices: Sequence[str], now: tuple[str, ...]) -> tuple[str, ...]:
    value = fields.get(name)
    if value is None:
        return now
    if not isinstance(value, list) or not all(isinstance(each, str) and each in choices for each in value):
        raise MeaninglessError(BODY, name, f"a list of some of these is needed: {', '.join(choices)}")
    return tuple(dict.fromkeys(value))


def identity_in(fields: Mapping[str, Any]) -> str:
    """Return the ``identity_id``, which has to be there."""
    return uuid_of(fields.get("identity_id"), "identity_id")


def uuid_of(value: object, name: str) -> str:
    try:
        return str(uuid.UUID(str(value)))
    except ValueError:
        raise MeaninglessError(BODY, name, "a UUID is needed") from None


def one_object(fields: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return an object, empty if none was sent."""
    value = fields.get(name)
    if value is not None and not isinstance(value, dict):
        raise MeaninglessError(BODY, name, "an object is needed")
    return value or {}


def objects(fields: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """Return a list of objects, empty if none was sent."""
    value = fields.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise MeaninglessError(BODY, name, "a list of objects is needed")
    return list(value)
