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
    """The sandbox's keys, newest first. The first is made beside whatever else a start has to do."""

    def __init__(self) -> None:
        self._keys: list[RSAKey] = []
        self._making = threading.Thread(target=self._add, name="trivet-sandbox-key")
        self._making.start()

    def _add(self) -> None:
        self._keys = [new_key(), *self._keys][:KEPT_KEYS]

    def wait(self) -> None:
        """Return when the first key is there, and nobody makes it any more."""
        self._making.join()

    def _made(self) -> list[RSAKey]:
        self.wait()
        return self._keys

    @property
    def current(self) -> RSAKey:
        return self._made()[0]

    def rotate(self) -> None:
        """Sign with a new key from now on; the previous one stays in the list."""
        self._made()
        self._add()

    def document(self) -> dict[str, Any]:
        """Return the JWK set (RFC 7517 section 5), public parts only."""
        return {"keys": [key.as_dict(private=False) for key in self._made()]}
