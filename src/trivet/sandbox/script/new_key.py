"""Make a key to sign ID tokens with: one of the sandbox's own, or one that no client knows, for tokens to refuse."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from joserfc.jwk import RSAKey

ALGORITHM = "RS512"
KEY_BITS = 2048


def new_key() -> RSAKey:
    """Return a fresh RSA key with a random ``kid`` of digits.

    It takes about 50 milliseconds, in which no other thread goes on, and the first one twice that: the libraries are
    imported here, so that a start need not wait for them.
    """
    from cryptography.hazmat.primitives.asymmetric import rsa

    made = rsa.generate_private_key(public_exponent=65_537, key_size=KEY_BITS)
    from joserfc.jwk import RSAKey

    kid = str(secrets.randbelow(9 * 10**8) + 10**8)
    return RSAKey.import_key(made, {"kid": kid, "use": "sig", "alg": ALGORITHM})
