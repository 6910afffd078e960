"""Read a seed: the people, applications and collections a sandbox begins with.

A seed is TOML (or the dictionary it parses to). Ids follow from names unless given, so tests can hard-code them. All
problems are reported at once, each with the entry it is in, and the line if the seed is a file.
"""

from __future__ import annotations

import re
import tomllib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://trivet.example/sandbox")
"""Ids are version-5 UUIDs in this namespace, of ``<kind>:<name>``."""

Table = Mapping[str, Any]


class SeedError(ValueError):
    """The seed cannot be used. ``problems`` lists every reason, each naming its entry, and its line if it is a file."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("The seed has problems:\n  " + "\n  ".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Seed:
    """A seed as it was read. It prints without what it says, for there are secrets in it.

    Args:
        table: what it says.
        base: the directory its relative paths start from; None for the sandbox's own.
        name: what the file is called in messages, if it is one.
        text: what the file holds.
    """

    table: Table = field(repr=False)
    base: Path | None = None
    name: str = ""
    text: str = field(default="", repr=False)


def read_seed(seed: str | Path | Table | None) -> Seed:
    """Return the seed.

    Raises:
        SeedError: the file cannot be read or is not TOML.
    """
    if seed is None:
        return _parsed(files("trivet.sandbox.seed").joinpath("default_seed.toml").read_text("utf-8"))
    if isinstance(seed, Mapping):
        return Seed(seed)
    path = Path(seed)
    try:
        return _parsed(path.read_text("utf-8"), path.resolve().parent, str(path))
    except OSError as error:
        raise SeedError([f"{path}: {error.strerror}"]) from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise SeedError([f"{path}, line {line}: not UTF-8, as TOML has to be"]) from None


def _parsed(text: str, base: Path | None = None, name: str = "") -> Seed:
    try:
        return Seed(tomllib.loads(text), base, name, text)
    except RecursionError:
        raise SeedError([f"{name}: nested too deep"]) from None
    except tomllib.TOMLDecodeError as error:
        raise SeedError([f"{name}, {_placed(str(error), text)}"]) from None


def _placed(message: str, text: str) -> str:
    """Return what ``tomllib`` says with the line in front, as in every other problem."""
    found = re.fullmatch(r"(.*) \(at line (\d+), (column \d+)\)", message)
    if found is None:
        return f"line {text.rstrip().count(chr(10)) + 1}: {message}"
    reason, line, column = found.groups()
    return f"line {line}: {reason} ({column})"


def seed_id(kind: str, name: str) -> str:
    """Return the id that follows from a name: ``seed_id("client", "portal")`` is the portal's client id.

    Kinds are ``identity_provider``, ``identity`` (named by username), ``client``, ``project``, ``policy``,
    ``collection`` and ``group``.
    """
    return str(uuid.uuid5(NAMESPACE, f"{kind}:{name}"))
