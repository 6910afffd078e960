"""
Sealing: what we hand to a store or a browser, nobody else can read, change or move.

AES-256-GCM (NIST SP 800-38D) under a key derived with HKDF-SHA256 (RFC 5869) from the application's secret, a
different key for each purpose. The *place* a value is for (its row, its cookie) is authenticated with it, so a
ciphertext copied to another place does not open there. Secrets rotate: the first one seals, all of them open.
"""

import base64
import os
from collections.abc import Callable, Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from trivet.errors import SealBroken

KEY_BYTES = 32
NONCE_BYTES = 12  # random per seal; SP 800-38D, section 8.3 allows 2**32 of them under one key
TAG_BYTES = 16
_FORMAT = b"\x01"


class Sealer:
    """
    Seals and opens values of one purpose.

    Args:
        secrets: the application's secrets, current one first.
        purpose: what the values are, such as ``"token"``; two purposes never share a key.
        random: source of random bytes.
    """

    def __init__(self, secrets: Sequence[bytes], purpose: str, *, random: Callable[[int], bytes] = os.urandom) -> None:
        self._ciphers = [AESGCM(_derive(secret, purpose)) for secret in secrets]
        self._random = random

    def seal(self, plaintext: bytes, *, place: str) -> bytes:
        """Return *plaintext* sealed for *place*; 29 bytes longer."""
        nonce = self._random(NONCE_BYTES)
        return _FORMAT + nonce + self._ciphers[0].encrypt(nonce, plaintext, place.encode())

    def open(self, sealed: bytes, *, place: str) -> bytes:
        """
        Return what was sealed for *place*.

        Raises:
            SealBroken: it was changed, cut short, sealed for another place, or under secrets we do not have.
        """
        if sealed[:1] == _FORMAT and len(sealed) >= 1 + NONCE_BYTES + TAG_BYTES:
            nonce, ciphertext = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
            for cipher in self._ciphers:
                try:
                    return cipher.decrypt(nonce, ciphertext, place.encode())
                except InvalidTag:
                    continue
        raise SealBroken("A sealed value does not open.", hint="Has the application's secret key changed?")

    def is_current(self, sealed: bytes, *, place: str) -> bool:
        """Tell whether *sealed*, which opens, was sealed under the current secret."""
        nonce, ciphertext = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
        try:
            self._ciphers[0].decrypt(nonce, ciphertext, place.encode())
        except InvalidTag:
            return False
        return True

    def seal_text(self, plaintext: bytes, *, place: str) -> str:
        """Return what `seal` returns in base64url, for a cookie or an address."""
        return base64.urlsafe_b64encode(self.seal(plaintext, place=place)).decode("ascii")

    def open_text(self, sealed: str, *, place: str) -> bytes:
        """
        Return what `seal_text` sealed for *place*.

        Raises:
            SealBroken: as `open` does, and for anything that is not base64url to the letter.
        """
        try:
            return self.open(base64.b64decode(sealed.encode(), altchars=b"-_", validate=True), place=place)
        except ValueError:
            raise SealBroken("A sealed value is not even base64url.") from None


def _derive(secret: bytes, purpose: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=b"trivet 1 " + purpose.encode()).derive(secret)
