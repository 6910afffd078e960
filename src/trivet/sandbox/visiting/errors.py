"""Why somebody did not get in."""

from __future__ import annotations

from urllib.parse import urlsplit


class VisitError(RuntimeError):
    """A sign-in did not come to its end. The message says where it stopped, and what to do; no code is in it."""


def without_query(address: str) -> str:
    """Return *address* as it may be shown: codes and states are in the query."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}{parts.path}" if parts.netloc else parts.path
