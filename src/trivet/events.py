"""
Events: what happened to whom, for the audit log and for the application.

Each event is one line of JSON on the logger ``trivet.audit`` and one call to whoever listens; an adapter hands it on as
its framework's signal. An event names a person by ``sub`` alone, and never holds a token or an address they visited.
"""

import json
import logging
from collections.abc import Callable

EVENTS = (
    "user_logged_in",
    "login_failed",
    "tokens_refreshed",
    "refresh_failed",
    "consent_required",
    "sign_in_needed_soon",
    "user_logged_out",
    "tokens_revoked",
    "revocation_postponed",
    "revocation_abandoned",
    "tokens_resealed",
)

Listener = Callable[[str, dict[str, object]], None]

_log = logging.getLogger("trivet.audit")


class Events:
    """Where the core says what happened."""

    def __init__(self, listener: Listener | None = None) -> None:
        self._listener = listener

    def emit(self, event: str, **facts: object) -> None:
        """Tell the log and the listener. *facts* are short values that JSON can hold."""
        assert event in EVENTS, event
        _log.info("%s", json.dumps({"event": event, **facts}, sort_keys=True))
        if self._listener:
            try:
                self._listener(event, facts)
            except Exception:  # noqa: BLE001 - whatever a listener raises
                # What happened has happened, and what is still to be done must not depend on who listens.
                _log.exception("a listener to %s failed", event)
