"""Read a seed: the people, applications and collections a sandbox begins with.

A seed is TOML (or the dictionary it parses to). Ids follow from names unless given, so tests can hard-code them. All
problems are reported at once, each with the entry it is in.
"""

from __future__ import annotations

import tomllib
import uuid
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://trivet.example/sandbox")
"""Ids are version-5 UUIDs in this namespace, of ``<kind>:<name>``."""

Table = Mapping[str, Any]


class SeedError(ValueError):
    """The seed cannot be used. ``problems`` lists every reason, each naming its entry."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("The seed has problems:\n  " + "\n  ".join(problems))
        self.problems = problems


def read_seed(seed: str | Path | Table | None) -> tuple[Table, Path | None]:
    """Return the seed as a table, and the directory its relative paths start from (None: the sandbox's own).

    Raises:
        SeedError: the file cannot be read or is not TOML.
    """
    if seed is None:
        text = files("trivet.sandbox.seed").joinpath("default_seed.toml").read_text("utf-8")
        return tomllib.loads(text), None
    if isinstance(seed, Mapping):
        return seed, None
    path = Path(seed)
    try:
        return tomllib.loads(path.read_text("utf-8")), path.resolve().parent
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SeedError([f"{path}: {error}"]) from None


def seed_id(kind: str, name: str) -> str:
    """Return the id that follows from a name: ``seed_id("client", "portal")`` is the portal's client id.

    Kinds are ``identity_provider``, ``identity`` (named by username), ``client``, ``policy``, ``collection`` and
    ``group``.
    """
    return str(uuid.uuid5(NAMESPACE, f"{kind}:{name}"))
