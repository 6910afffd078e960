"""Write a seed as TOML: a table for each entry, lists of tables with one in each line (TOML 1.0)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def toml_text(table: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> str:
    """Return sections of named entries as TOML; values are texts, numbers, flags, and lists of texts or tables."""
    return "\n".join(
        f"[{_key(section)}.{_key(name)}]\n{_lines(entry)}"
        for section, entries in table.items()
        for name, entry in entries.items()
    )


def _lines(entry: Mapping[str, Any]) -> str:
    return "".join(f"{_key(field)} = {_value(value)}\n" for field, value in entry.items())


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _text(name)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(name)} = {_value(each)}" for name, each in value.items()) + " }"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, list) and value and isinstance(value[0], Mapping):
        return "[\n" + "".join(f"    {_value(each)},\n" for each in value) + "]"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return str(value)


def _text(value: str) -> str:
    """Return a basic string: JSON escapes the same characters in the same way, but for one."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")
