"""How a redirect address differs from the registered ones, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from trivet.sandbox.address import LOOPBACK_HOSTS

if TYPE_CHECKING:
    from collections.abc import Sequence


def how_it_differs(sent: str, registered: Sequence[str], *, as_what: str = "registered") -> str:
    """Return what sets *sent* apart from the *registered* address it is most like; it is none of them.

    *as_what* says what the other address is, if it is not that.
    """
    if not registered:
        return "No redirect address is registered for this application."
    differences = [(_differences(sent, each), each) for each in registered]
    fewest, nearest = min(differences, key=lambda each: len(each[0]))
    return f"The redirect URI differs by {' and '.join(fewest)}: sent {sent}, {as_what} {nearest}."


def _differences(sent: str, registered: str) -> list[str]:
    """Return in words what differs, in the order it is written in."""
    try:
        one, other = urlsplit(sent), urlsplit(registered)
        return _parts_that_differ(one, other) or ["the way it is written"]
    except ValueError:
        return ["not being an address", "everything", "at", "all"]  # further away than whatever is one


def _parts_that_differ(one: SplitResult, other: SplitResult) -> list[str]:
    found = []
    if one.scheme != other.scheme:
        found.append(f"its scheme ({one.scheme or 'none'}, not {other.scheme})")
    if one.hostname != other.hostname:
        found.append(_host(one, other))
    if one.port != other.port:
        found.append(f"its port ({one.port or 'none'}, not {other.port or 'none'})")
    if one.path != other.path:
        found.append(_path(one.path, other.path))
    found += [f"its {part}" for part in ("query", "fragment") if getattr(one, part) != getattr(other, part)]
    return found


def _host(one: SplitResult, other: SplitResult) -> str:
    same_computer = {one.hostname, other.hostname} <= {*LOOPBACK_HOSTS}
    hint = ", which is the same computer and another address" if same_computer else ""
    return f"its host ({one.hostname or 'none'}, not {other.hostname}{hint})"


def _path(one: str, other: str) -> str:
    if one.rstrip("/") == other.rstrip("/"):
        return "a trailing slash"
    return "upper and lower case in its path" if one.lower() == other.lower() else "its path"
