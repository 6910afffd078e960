"""Find the line of each entry of a TOML file, which ``tomllib`` does not tell.

It reads text that ``tomllib`` has found right already, so it looks only for where things begin: keys, the elements of
arrays, the headers of tables (TOML 1.0).
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right

Way = tuple[str | int, ...]
"""The way to an entry: keys, and the numbers of elements."""

_IGNORED = re.compile(r"(?:[ \t\r\n,]+|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_KEY = re.compile(r'"(?:\\.|[^"\\])*"|\'[^\']*\'|[A-Za-z0-9_-]+')
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:\\.|[^"\\])*"|\'[^\']*\'',
    re.DOTALL,
)
_OTHER = re.compile(r"[^,\]}\n#]*")


def lines_of(text: str) -> dict[Way, int]:
    """Return the line, counted from 1, in which each table, key and element of the TOML document *text* begins."""
    return _Reader(text).document()


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._line_ends = [found.start() for found in re.finditer("\n", text)]
        self._lines: dict[Way, int] = {}
        self._last: dict[Way, int] = {}  # array of tables -> the number of its last element

    def document(self) -> dict[Way, int]:
        table: Way = ()
        while self._skip(_IGNORED):
            if self._text[self._at] == "[":
                table = self._header()
            else:
                self._pair(table)
        return self._lines

    def _skip(self, pattern: re.Pattern[str]) -> bool:
        """Go past what *pattern* matches here, and say whether something is left."""
        found = pattern.match(self._text, self._at)
        self._at = found.end() if found else self._at
        return self._at < len(self._text)

    def _note(self, path: Way, at: int) -> None:
        self._lines.setdefault(path, self._line(at))

    def _line(self, at: int) -> int:
        return bisect_right(self._line_ends, at - 1) + 1

    def _header(self) -> Way:
        at, is_array = self._at, self._text.startswith("[[", self._at)
        self._at += 2 if is_array else 1
        *above, last = self._keys()
        self._at += 2 if is_array else 1
        path: Way = ()
        for key in above:
            path = self._entered((*path, key))
            self._note(path, at)
        path = (*path, last)
        if is_array:
            self._note(path, at)
            self._last[path] = self._last.get(path, -1) + 1
            path = self._entered(path)
        self._lines[path] = self._line(at)  # a table is where its header is, although one below it may stand above
        return path

    def _entered(self, path: Way) -> Way:
        """Return where keys below *path* belong: of an array of tables, to its last element."""
        return (*path, self._last[path]) if path in self._last else path

    def _keys(self) -> list[str]:
        keys = []
        while True:
            self._skip(_SPACE)
            found = _KEY.match(self._text, self._at)
            assert found is not None
            self._at = found.end()
            keys.append(_plain(found.group()))
            self._skip(_SPACE)
            if not self._text.startswith(".", self._at):
                return keys
            self._at += 1

    def _pair(self, table: Way) -> None:
        at, path = self._at, table
        for key in self._keys():
            path = (*path, key)
            self._note(path, at)
        self._at += 1  # the equals sign
        self._skip(_SPACE)
        self._value(path)

    def _value(self, path: Way) -> None:
        first = self._text[self._at]
        if first == "[":
            self._array(path)
        elif first == "{":
            self._inline_table(path)
        else:
            self._skip(_STRING if first in "\"'" else _OTHER)

    def _array(self, path: Way) -> None:
        self._at += 1
        number = 0
        while self._skip(_IGNORED) and self._text[self._at] != "]":
            self._note((*path, number), self._at)
            self._value((*path, number))
            number += 1
        self._at += 1

    def _inline_table(self, path: Way) -> None:
        self._at += 1
        while self._skip(_IGNORED) and self._text[self._at] != "}":
            self._pair(path)
        self._at += 1


def _plain(key: str) -> str:
    """Return what a key says, without its quotes."""
    if key[0] not in "\"'":
        return key
    value: str = tomllib.loads(f"key = {key}")["key"]
    return value
