"""Which paths are for whoever controls the sandbox, and no part of the Globus it plays: no fault strikes those."""

from __future__ import annotations

CONTROL = "/sandbox"
SIGN_IN_PAGES = frozenset(f"/sandbox/{page}" for page in ("sign-in", "second-factor", "not-you", "give-up", "consent"))
"""Globus has its own pages for signing in under ``/p/``, which is private to it; ours are here."""


def is_control(path: str) -> bool:
    return (path == CONTROL or path.startswith(f"{CONTROL}/")) and path not in SIGN_IN_PAGES
