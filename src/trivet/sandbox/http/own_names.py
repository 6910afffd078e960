"""Under which names the sandbox answers: its issuer's, and this computer's.

Nobody here has a password, so a web page that gives its own name the address of this computer (DNS rebinding) could
sign in as anybody and read the answers. Its requests name it in ``Host``, and that is how they are known.
"""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import urlsplit

from trivet.sandbox.address import LOOPBACK_HOSTS


class OwnNames:
    """The names of the sandbox that is known as *issuer*. Ports do not matter: a container's is often mapped."""

    def __init__(self, issuer: str) -> None:
        self._names = frozenset((*LOOPBACK_HOSTS, urlsplit(issuer).hostname))

    def include(self, host: str | None) -> bool:
        """Say whether the ``Host`` header names this sandbox. Browsers always send one; whoever sends none is none."""
        return host is None or _name(host) in self._names


@lru_cache(maxsize=64)
def _name(host: str) -> str | None:
    try:
        parts = urlsplit(f"//{host}")
        # Two Host headers arrive as one, with a comma in what should be a port; asked for that, Python raises.
        return None if parts.netloc != host or parts.username is not None or parts.port == 0 else parts.hostname
    except ValueError:
        return None
