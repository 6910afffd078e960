"""The key that signs ID tokens, and the public keys clients check them with.

RS512, and a ``kid`` of digits, as the live service has. The signing key is always first in the list, because
globus-sdk looks at the first key only and ignores ``kid`` (``globus_sdk.services.auth._common``).
"""

from __future__ import annotations

import secrets
from typing import Any

from joserfc.jwk import RSAKey

ALGORITHM = "RS512"
KEY_BITS = 2048
KEPT_KEYS = 2
"""Keys in the list: the one that signs, and the one before, so that tokens just issued can still be checked."""


def new_key() -> RSAKey:
    """Return a fresh RSA key with a random ``kid`` of digits. Takes about 50 milliseconds."""
    kid = str(secrets.randbelow(9 * 10**8) + 10**8)
    return RSAKey.generate_key(KEY_BITS, {"kid": kid, "use": "sig", "alg": ALGORITHM})


class SigningKeys:
    """The sandbox's keys, newest first."""

    def __init__(self) -> None:
        self._keys = [new_key()]

    @property
    def current(self) -> RSAKey:
        return self._keys[0]

    def rotate(self) -> None:
        """Sign with a new key from now on; the previous one stays in the list."""
        self._keys = [new_key(), *self._keys][:KEPT_KEYS]

    def document(self) -> dict[str, Any]:
        """Return the JWK set (RFC 7517 section 5), public parts only."""
        return {"keys": [key.as_dict(private=False) for key in self._keys]}
