"""Times as Transfer writes and reads them: ISO 8601, UTC."""

from __future__ import annotations

from datetime import UTC, datetime

from trivet.sandbox.transfer.errors import bad_request


def written(epoch_seconds: float) -> str:
    """Return for example ``2026-03-01T12:00:00+00:00``."""
    return datetime.fromtimestamp(int(epoch_seconds), UTC).isoformat()


def read(text: str, name: str) -> float:
    """Return the epoch seconds of an ISO 8601 time or date; UTC, if it does not say.

    Raises:
        TransferError: 400, if it is neither.
    """
    try:
        found = datetime.fromisoformat(text.strip())
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        raise bad_request(f"{name} is a time such as 2026-03-01T12:00:00+00:00") from None
