"""The key that signs ID tokens, and the public keys clients check them with.

RS512, and a ``kid`` of digits, as the live service has. The signing key is always first in the list, because
globus-sdk looks at the first key only and ignores ``kid`` (``globus_sdk.services.auth._common``).
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from trivet.sandbox.script.new_key import new_key

if TYPE_CHECKING:
    from joserfc.jwk import RSAKey

KEPT_KEYS = 2
"""Keys in the list: the one that signs, and the one before, so that tokens just issued can still be checked."""


class SigningKeys:
    """The sandbox's keys, newest first. The first is made when somebody wants it: many a test signs nobody in."""

    def __init__(self) -> None:
        self._keys: list[RSAKey] = []
        self._lock = threading.Lock()

    @property
    def current(self) -> RSAKey:
        return self._made()[0]

    def rotate(self) -> None:
        """Sign with a new key from now on; the previous one stays in the list."""
        with self._lock:
            before = self._keys or [new_key()]
            self._keys = [new_key(), *before][:KEPT_KEYS]

    def document(self) -> dict[str, Any]:
        """Return the JWK set (RFC 7517 section 5), public parts only."""
        return {"keys": [key.as_dict(private=False) for key in self._made()]}

    def _made(self) -> list[RSAKey]:
        with self._lock:
            self._keys = self._keys or [new_key()]
            return self._keys
