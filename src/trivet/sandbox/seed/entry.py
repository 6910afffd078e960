"""One entry of a seed, read field by field; what is wrong is collected and reading goes on."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from trivet.sandbox.seed.problems import meant

if TYPE_CHECKING:
    from trivet.sandbox.seed.lines import Way
    from trivet.sandbox.seed.problems import Problems


class Entry:
    """A table in the seed, and the way to it."""

    def __init__(self, way: Way, table: object, problems: Problems) -> None:
        self.way = way
        self._problems = problems
        self._unread: dict[str, Any] = {}
        self._fields: list[str] = []
        if isinstance(table, Mapping):
            self._unread = dict(table)
        else:
            self.problem("is not a table")

    def problem(self, text: str, *below: str | int) -> None:
        """Tell what is wrong with this entry, or with the field *below*, or with an element of that."""
        self._problems.add((*self.way, *below), text)

    def _take(self, field: str, default: Any) -> Any:
        self._fields.append(field)
        return self._unread.pop(field, default)

    def text(self, field: str, default: str | None = None) -> str:
        """Return a string that must be there unless a *default* is given."""
        value = self._take(field, default)
        if not isinstance(value, str) or (not value and default is None):
            self.problem("a text is needed here", field)
            return default or ""
        return value

    def optional_text(self, field: str) -> str | None:
        self._fields.append(field)
        return self.text(field) if field in self._unread else None

    def flag(self, field: str) -> bool:
        value = self._take(field, False)
        if not isinstance(value, bool):
            self.problem("true or false is needed here", field)
        return value is True

    def whole_number(self, field: str) -> int | None:
        """Return a number above zero, or None if there is none."""
        value = self._take(field, None)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            self.problem("a whole number above zero is needed here", field)
            return None
        return value

    def texts(self, field: str) -> list[str]:
        value = self._take(field, [])
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            self.problem("a list of texts is needed here", field)
            return []
        return list(value)

    def names(self, field: str, known: Mapping[str, object], nobody: str = "there is nobody called") -> list[str]:
        """Return those of the names listed that are *known*; the others are problems."""
        found = self.texts(field)
        for number, name in enumerate(found):
            if name not in known:
                self.problem(f"{nobody} {name!r}", field, number)
        return [name for name in found if name in known]

    def tables(self, field: str) -> list[Entry]:
        value = self._take(field, [])
        if not isinstance(value, list):
            self.problem("a list of tables is needed here", field)
            return []
        return [Entry((*self.way, field, n), each, self._problems) for n, each in enumerate(value)]

    def id(self, default: str) -> str:
        """Return the ``id`` in lower case, or the *default* that follows from the name."""
        return self.optional_id("id") or default

    def optional_id(self, field: str) -> str | None:
        value = self.optional_text(field)
        try:
            return None if value is None else str(uuid.UUID(value))
        except ValueError:
            self.problem("a UUID is needed here", field)
            return None

    def choice(self, field: str, choices: tuple[str, ...], default: str | None = None) -> str:
        value = self.text(field, default)
        if value and value not in choices:
            found = f"{value!r} is not one of: {', '.join(choices)}" if choices else f"no {value!r}: the seed has none"
            self.problem(found, field)
        return value

    def finish(self) -> None:
        """Complain about fields nobody asked for: a slip of the pen must not become a silent default."""
        for field in self._unread:
            self.problem(f"there is no such field{meant(field, self._fields)}", field)
