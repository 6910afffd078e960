"""The name of the one cookie that lets the sandbox know a browser again."""

from __future__ import annotations

from urllib.parse import urlsplit


def cookie_name(issuer: str) -> str:
    """Return a name with the port in it: browsers share cookies between all ports of localhost."""
    return f"sandbox-{urlsplit(issuer).port or 'default'}"
