"""What is posted to register or change something: a JSON object in an object, ``{"client": {...}}``.

A field that was not sent stays as it is; one that nobody knows is refused, since ignoring it would be a silent promise.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from trivet.sandbox.auth.api_error import invalid_parameters
from trivet.sandbox.http.json_body import json_body
from trivet.sandbox.world.web_addresses import is_redirect_address, is_web_address

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_NUMBER = 10**9
MAX_CHARACTERS = 2_000
"""Of one text, be it a description or a redirect address."""
MAX_ENTRIES = 100
"""Of one list, such as the redirect addresses of a client, or the administrators of a project."""


def posted(wrapper: str) -> Fields:
    """Return the fields of the object called *wrapper* in the current request's body.

    Raises:
        ApiError: 400 ``INVALID_PARAMETERS``; there is no such object.
    """
    try:
        document = json_body()
    except ValueError:
        raise invalid_parameters("The body is not JSON") from None
    inner = document.get(wrapper) if isinstance(document, dict) else None
    if not isinstance(inner, dict):
        raise invalid_parameters(f"The body is not an object with an object {wrapper}")
    return Fields(inner)


class Fields:
    """Fields read one by one. Every method raises ApiError, 400, for a value that means nothing.

    ``now`` is what the thing has now: what comes back if the field was not sent.
    """

    def __init__(self, sent: Mapping[str, Any]) -> None:
        self._unread = dict(sent)

    def __contains__(self, name: str) -> bool:
        return name in self._unread

    def text(self, name: str, now: str | None = None) -> str:
        """Return one line of text; it has to be sent if there is none now."""
        value = self._unread.pop(name, now)
        if not isinstance(value, str) or not value.strip() or len(value.splitlines()) > 1:
            raise invalid_parameters(f"{name} is one line of text")
        return value if value == now else _short(name, value)

    def flag(self, name: str, now: bool) -> bool:
        value = self._unread.pop(name, now)
        if not isinstance(value, bool):
            raise invalid_parameters(f"{name} is true or false")
        return value

    def choice(self, name: str, choices: tuple[str, ...], now: str) -> str:
        value = self._unread.pop(name, now)
        if value not in choices:
            raise invalid_parameters(f"{name} is one of: {', '.join(choices)}")
        return str(value)

    def texts(self, name: str, now: list[str]) -> list[str]:
        value = self._unread.pop(name, now)
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise invalid_parameters(f"{name} is a list of texts")
        return list(value) if value == now else [_short(name, each) for each in _few(name, value)]

    def optional_texts(self, name: str, now: tuple[str, ...] | None) -> tuple[str, ...] | None:
        if self._unread.get(name, now) is None:
            self._unread.pop(name, None)
            return None
        return tuple(self.texts(name, list(now or ())))

    def optional_number(self, name: str, now: int | None) -> int | None:
        """Return a whole number above zero, or None."""
        value = self._unread.pop(name, now)
        if value is not None and (not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= MAX_NUMBER):
            raise invalid_parameters(f"{name} is a whole number above zero")
        return value

    def ids(self, name: str, now: list[str]) -> list[str]:
        return [_id(name, each) for each in self.texts(name, now)]

    def optional_id(self, name: str, now: str | None) -> str | None:
        value = self._unread.pop(name, now)
        return None if value is None else _id(name, value)

    def redirect_uris(self, now: list[str]) -> list[str]:
        found = self.texts("redirect_uris", now)
        for each in found:
            if not is_redirect_address(each):
                raise invalid_parameters("A redirect URI is https, or http on localhost, and has no fragment")
        return found

    def links(self, now: tuple[str | None, str | None]) -> tuple[str | None, str | None]:
        """Return the addresses of terms and of the privacy policy: both or neither."""
        if "links" not in self._unread:
            return now
        value = self._unread.pop("links")
        if not isinstance(value, dict) or set(value) != {"terms_and_conditions", "privacy_policy"}:
            raise invalid_parameters("links has terms_and_conditions and privacy_policy")
        terms, privacy = value["terms_and_conditions"], value["privacy_policy"]
        if (terms, privacy) != (None, None) and not all(
            isinstance(each, str) and is_web_address(_short("links", each)) for each in (terms, privacy)
        ):
            raise invalid_parameters("Both links are web addresses, or both are null")
        return terms, privacy

    def objects(self, name: str) -> list[Fields] | None:
        """Return a list of objects, or None if none was sent."""
        if name not in self._unread:
            return None
        value = self._unread.pop(name)
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            raise invalid_parameters(f"{name} is a list of objects")
        return [Fields(each) for each in _few(name, value)]

    def finish(self) -> None:
        """Refuse fields that nobody has read."""
        if self._unread:
            raise invalid_parameters(f"Unknown fields: {', '.join(sorted(self._unread))}")


def _short(name: str, text: str) -> str:
    if len(text) > MAX_CHARACTERS:
        raise invalid_parameters(f"{name} has more than {MAX_CHARACTERS} characters, which is as many as are taken")
    return text


def _few(name: str, entries: list[Any]) -> list[Any]:
    if len(entries) > MAX_ENTRIES:
        raise invalid_parameters(f"{name} has more than {MAX_ENTRIES} entries, which is as many as are taken")
    return entries


def _id(name: str, value: object) -> str:
    try:
        return str(uuid.UUID(str(value)))
    except ValueError:
        raise invalid_parameters(f"{name} takes UUIDs") from None
