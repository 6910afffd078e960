"""Which addresses may become a link, and which may be registered to receive a code."""

from __future__ import annotations

from urllib.parse import urlsplit


def is_web_address(address: str) -> bool:
    """Say whether *address* is an absolute http or https address without spaces or control characters."""
    if any(ord(character) < 33 for character in address):
        return False
    try:
        parts = urlsplit(address)
        # A port is a number up to 65535; asked for one that is none, Python raises, and so would whatever leads there.
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def is_redirect_address(address: str) -> bool:
    """Say whether Globus would register *address*: https, or http on localhost, and no fragment."""
    if not is_web_address(address) or "#" in address:
        return False
    parts = urlsplit(address)
    return parts.scheme == "https" or parts.hostname == "localhost"
