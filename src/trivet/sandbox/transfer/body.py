"""The JSON document a request brings, read field by field."""

from __future__ import annotations

import json
import re
from typing import Any

from flask import request

from trivet.sandbox.transfer.errors import TransferError, bad_request

MAX_CHARACTERS = 10_000
"""Of one text. No path is as long."""

_HALF_PAIR = re.compile("[\ud800-\udfff]")


class Fields:
    """One JSON object. What a field holds is checked when it is read; fields nobody reads are ignored, as Globus does.

    Every method raises TransferError, 400, for a value that means nothing. Null is the same as nothing.
    """

    def __init__(self, document: object) -> None:
        if not isinstance(document, dict):
            raise bad_request("A JSON object is needed here")
        self._document: dict[str, Any] = document

    def __contains__(self, name: str) -> bool:
        return self._document.get(name) is not None

    def names(self) -> set[str]:
        return set(self._document)

    def data_type(self, *names: str) -> str:
        """Return ``DATA_TYPE``, which may be missing where there is only one it can be."""
        found = self._document.get("DATA_TYPE", names[0] if len(names) == 1 else None)
        if found not in names:
            raise bad_request(f"DATA_TYPE is {' or '.join(names)}")
        return str(found)

    def text(self, name: str) -> str:
        return _required(name, self.optional_text(name))

    def optional_text(self, name: str) -> str | None:
        """Return a text, which no page or log could show with half of a surrogate pair in it."""
        value = self._optional_string(name)
        if value is not None and _HALF_PAIR.search(value):
            raise bad_request(f"{name} holds half of a surrogate pair")
        return value

    def path(self, name: str) -> str:
        """Return a path; some that JSON can say no file can have (Globus docs: Invalid Path Names).

        Halves of surrogate pairs are let through: that is how names that are not UTF-8 are listed.
        """
        value = _required(name, self._optional_string(name))
        if "\r\n" in value:
            raise TransferError(400, "InvalidPath", f"{name} holds a line break, which no path may have")
        return value

    def _optional_string(self, name: str) -> str | None:
        value = self._document.get(name)
        if value is not None and not isinstance(value, str):
            raise bad_request(f"{name} is a text")
        if value is not None and len(value) > MAX_CHARACTERS:
            raise bad_request(f"{name} has more than {MAX_CHARACTERS} characters")
        return value

    def flag(self, name: str) -> bool:
        return self.optional_flag(name) or False

    def optional_flag(self, name: str) -> bool | None:
        value = self._document.get(name)
        if value is not None and not isinstance(value, bool):
            raise bad_request(f"{name} is true or false")
        return value

    def choice(self, name: str, choices: tuple[Any, ...]) -> Any:
        """Return one of *choices*, or None. True is no 1."""
        value = self._document.get(name)
        if value is not None and (isinstance(value, bool | float) or value not in choices):
            raise bad_request(f"{name} is one of: {', '.join(map(str, choices))}")
        return value

    def objects(self, name: str) -> list[Fields]:
        value = self._document.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise bad_request(f"{name} is a list")
        return [Fields(each) for each in value]


def _required(name: str, value: str | None) -> str:
    if not value:
        raise bad_request(f"{name} is required")
    return value


def body() -> Fields:
    """Return the JSON object in the current request's body.

    Raises:
        TransferError: 400, if it is anything else.
    """
    try:
        return Fields(json.loads(request.get_data()))
    except (ValueError, RecursionError) as error:
        raise bad_request(f"Could not parse JSON: {error}") from None
