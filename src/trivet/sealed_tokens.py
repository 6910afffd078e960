"""
Sealed tokens: what a session holds, as the store keeps it.

Each record is sealed for its row, and stays so when the session has ended and the record waits in the outbox.
"""

import logging
from collections.abc import Iterable, Iterator

from trivet.errors import SealBroken
from trivet.sealing import Sealer
from trivet.store import RevocationRecord, TokenRecord
from trivet.tokens import TokenSet

_log = logging.getLogger(__name__)


class SealedTokens:
    """Seals and opens the tokens of sessions with *sealer*."""

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer

    def seal(self, session_id: str, tokens: TokenSet) -> bytes:
        """Return *tokens* as they are stored for that session."""
        return self._sealer.seal(tokens.to_bytes(), place=_place(session_id, tokens.resource_server))

    def open(self, record: TokenRecord | RevocationRecord) -> TokenSet:
        """
        Return the tokens in *record*.

        Raises:
            SealBroken: it does not open, which the log says too.
        """
        try:
            plaintext = self._sealer.open(record.sealed, place=_place(record.session_id, record.resource_server))
        except SealBroken:
            _log.warning(
                "tokens of session %s for %s do not open: were they sealed under another SECRET_KEY? "
                "To change it, keep the one before in SECRET_KEY_FALLBACKS",
                record.session_id,
                record.resource_server,
            )
            raise
        return TokenSet.from_bytes(record.resource_server, plaintext)

    def resealed(self, record: TokenRecord | RevocationRecord) -> bytes | None:
        """
        Return what is in *record* sealed under the current secret; None when it is already.

        Raises:
            SealBroken: it does not open, which the log says too.
        """
        tokens = self.open(record)
        place = _place(record.session_id, record.resource_server)
        return None if self._sealer.is_current(record.sealed, place=place) else self.seal(record.session_id, tokens)

    def readable(self, records: Iterable[TokenRecord | RevocationRecord]) -> Iterator[TokenSet]:
        """Return the tokens in those of *records* that open."""
        for record in records:
            try:
                yield self.open(record)
            except SealBroken:
                continue


def _place(session_id: str, resource_server: str) -> str:
    return f"{session_id} {resource_server}"
