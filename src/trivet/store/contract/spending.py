"""Spending: a key that is used up, once among all."""

import secrets
import time

from trivet.store import Store
from trivet.store.contract.racing import ROUNDS, THREADS, together


class SpendingContract:
    def test_a_key_is_spent_once(self, store: Store) -> None:
        """The first use of a key succeeds; every other until its time is over fails, whatever it says itself."""
        key, now = secrets.token_urlsafe(32), int(time.time())
        assert store.spend(key, now=now, until=now + 600) is True
        assert store.spend(key, now=now, until=now + 600) is False
        assert store.spend(key, now=now + 599, until=now + 1_200) is False
        assert store.spend(key, now=now + 599, until=now + 1_200) is False

    def test_keys_are_spent_separately(self, store: Store) -> None:
        """Using up one key leaves every other usable, however alike."""
        key, now = "Clé-" + secrets.token_urlsafe(32), int(time.time())
        for other in (key, key.swapcase(), key + " ", key[:-1]):
            assert store.spend(other, now=now, until=now + 600) is True

    def test_exactly_one_of_many_spends_a_key(self, store: Store) -> None:
        """However many present the same login attempt together, one may go on."""
        now = int(time.time())
        for _ in range(ROUNDS):
            key = secrets.token_urlsafe(32)
            assert sum(together(*[lambda: store.spend(key, now=now, until=now + 600)] * THREADS)) == 1  # noqa: B023

    def test_a_key_may_be_spent_again_when_its_time_is_over(self, store: Store) -> None:
        """One second before, it is still spent; at the second itself it is not, whether or not it was removed."""
        key, now = secrets.token_urlsafe(32), int(time.time())
        assert store.spend(key, now=now, until=now + 600) is True
        assert store.spend(key, now=now + 599, until=now + 1_200) is False
        assert store.spend(key, now=now + 600, until=now + 1_200) is True
        assert store.spend(key, now=now + 1_199, until=now + 1_800) is False
