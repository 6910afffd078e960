"""
What we keep for a while on the server, sealed: each document under its own key, until its time is over.

A document of one key does not open under another, so nobody who can write to the store can pass one person's things off
as another's.
"""

import json
import logging
from collections.abc import Callable
from typing import Any

from trivet.errors import SealBroken
from trivet.sealing import Sealer
from trivet.store import Store

_log = logging.getLogger(__name__)


class Kept:
    """
    Keeps documents: whatever JSON can hold.

    Args:
        store: where they are.
        sealer: seals them.
        clock: seconds since the epoch.
    """

    def __init__(self, store: Store, sealer: Sealer, *, clock: Callable[[], float]) -> None:
        self._store = store
        self._sealer = sealer
        self._clock = clock

    def put(self, key: str, document: Any, *, seconds: int) -> None:
        """Keep *document* under *key* for *seconds*, in place of what is there."""
        now = int(self._clock())
        data = json.dumps(document, separators=(",", ":")).encode()
        self._store.keep(key, self._sealer.seal(data, place=key), now=now, until=now + seconds)

    def get(self, key: str) -> Any:
        """Return what is kept under *key*; None when there is nothing, or it does not open, which the log says."""
        return self._opened(key, self._store.kept(key, now=int(self._clock())))

    def take(self, key: str) -> Any:
        """Return what is kept under *key*, to exactly one caller, and forget it; None to all others."""
        return self._opened(key, self._store.take(key, now=int(self._clock())))

    def claim(self, key: str, *, seconds: int) -> bool:
        """Tell one caller that *key* is theirs, and all others for *seconds* that it is not."""
        now = int(self._clock())
        return self._store.spend(key, now=now, until=now + seconds)

    def _opened(self, key: str, sealed: bytes | None) -> Any:
        if sealed is None:
            return None
        try:
            return json.loads(self._sealer.open(sealed, place=key))
        except SealBroken:
            # The rest of a key may be an address that somebody holds.
            _log.warning("what is kept as %r does not open, and counts as not there", key.partition(" ")[0])
            return None
