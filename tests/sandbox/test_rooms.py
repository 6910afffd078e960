"""The rooms of the sandbox: what each may know of the others, and that each says what it owns."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import trivet.sandbox

HOUSE = Path(str(trivet.sandbox.__file__)).parent
PREFIX = "trivet.sandbox."

MAY_USE = {
    "script": set(),
    "world": {"script", "switches"},
    "files": {"world", "script"},
    "carrier": {"files", "world", "script"},
    "seed": {"world"},
    "http": {"world", "script", "address"},
    "auth/sign_in": {"auth", "http", "world"},
    "auth/registration": {"auth", "http", "world"},
    "auth": {"http", "world", "script", "address"},
    "groups": {"http", "world"},
    "control": {"auth/sign_in", "carrier", "http", "seed", "script", "world"},
    "surface": {"http", "switches"},
    "visiting": {"world"},
    "transfer": {"carrier", "files", "http", "world", "script"},
}
"""Room -> the rooms (and modules at the top) it may import from, be it for types only."""


def _room(module: str) -> str:
    """Return the room of a module named from the sandbox down, or the module's own name if it is at the top."""
    first, *rest = module.split(".")
    inner = f"{first}/{rest[0]}" if rest else first
    return inner if inner in MAY_USE else first


def _imports(path: Path) -> set[str]:
    """Return the modules imported in the file *path*, anywhere in it."""
    nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
    plain = {name.name for node in nodes if isinstance(node, ast.Import) for name in node.names}
    return plain | {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)}


def _used_by(path: Path) -> set[str]:
    return {_room(name.removeprefix(PREFIX)) for name in _imports(path) if name.startswith(PREFIX)}


@pytest.mark.parametrize("room", MAY_USE)
def test_arrows_point_inwards(room):
    """Routes know the world, the world knows no route, and neither knows the application built from them."""
    used = {path.name: _used_by(path) - MAY_USE[room] - {room} for path in (HOUSE / room).glob("*.py")}
    assert {name: rooms for name, rooms in used.items() if rooms} == {}


def test_every_room_is_watched():
    """A new room has its line above."""
    assert {str(path.parent.relative_to(HOUSE)) for path in HOUSE.rglob("__init__.py")} - {"."} == set(MAY_USE)


@pytest.mark.parametrize("room", ["world", "script", "seed", "files", "carrier"])
def test_no_state_knows_a_web_framework(room):
    """What is known can be asked and changed without a request."""
    roots = {name.partition(".")[0] for path in (HOUSE / room).glob("*.py") for name in _imports(path)}
    assert not roots & {"flask", "werkzeug", "authlib", "waitress"}


@pytest.mark.parametrize("room", MAY_USE)
def test_every_room_says_what_it_owns(room):
    """A room opens with a line, and a few more on what it leaves to others."""
    said = ast.get_docstring(ast.parse((HOUSE / room / "__init__.py").read_text("utf-8")))
    assert said is not None
    assert 2 <= len(said.splitlines()) <= 6
