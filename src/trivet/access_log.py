"""
Access logs: web servers write down each address, and the callback's holds the authorization code.

The code is spent by the time anybody reads the log, but a log is kept for long and read by many.
"""

import logging
import re

SERVER_LOGGERS = ("werkzeug", "gunicorn.access", "uvicorn.access")

_QUERY_SECRETS = re.compile(r"(?<=[?&])(code|state)=[^&\s\"']+")


class HideCallbackQuery(logging.Filter):
    """Replaces ``code`` and ``state`` in a line of an access log by stars."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass, cleaned where that is needed."""
        line = record.getMessage()
        if "code=" in line or "state=" in line:
            record.msg, record.args = _QUERY_SECRETS.sub(r"\1=*****", line), ()
        return True


_FILTER = HideCallbackQuery()


def hide_codes() -> None:
    """Clean the access logs of the servers we know. Calling it again changes nothing."""
    for name in SERVER_LOGGERS:
        logging.getLogger(name).addFilter(_FILTER)
