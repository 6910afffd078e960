"""Where the pages of a sign-in under way are."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from trivet.sandbox.world.browsers import Attempt

SIGN_IN = "/sandbox/sign-in"
SECOND_FACTOR = "/sandbox/second-factor"
NOT_YOU = "/sandbox/not-you"
GIVE_UP = "/sandbox/give-up"
CONSENT = "/sandbox/consent"


def page_of(path: str, attempt: Attempt) -> str:
    """Return the address of the page at *path* for *attempt*."""
    return f"{path}?attempt={quote(attempt.id)}"
