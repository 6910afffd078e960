"""What is kept for a while under a key, and taken once."""

import secrets
import time

from trivet.store import Store
from trivet.store.contract.racing import ROUNDS, THREADS, together


class KeptContract:
    def test_what_is_kept_is_found_and_stays(self, store: Store) -> None:
        """Looking does not take it away; what was never kept is None."""
        key, now = secrets.token_urlsafe(32), int(time.time())
        assert store.kept(key, now=now) is None
        store.keep(key, b"value", now=now, until=now + 60)
        assert [store.kept(key, now=now) for _ in range(2)] == [b"value"] * 2

    def test_any_bytes_are_kept(self, store: Store) -> None:
        """A value may be a megabyte of any bytes, or be empty, which is not the same as nothing."""
        now = int(time.time())
        for value in (bytes(range(256)) * 4096, b""):
            key = secrets.token_urlsafe(32)
            store.keep(key, value, now=now, until=now + 60)
            assert store.kept(key, now=now) == value
            assert store.take(key, now=now) == value

    def test_what_is_kept_has_its_time(self, store: Store) -> None:
        """One second before, it is there; at the second itself it is not, neither to look at nor to take."""
        key, now = secrets.token_urlsafe(32), int(time.time())
        store.keep(key, b"value", now=now, until=now + 60)
        assert store.kept(key, now=now + 59) == b"value"
        assert store.kept(key, now=now + 60) is None
        assert store.take(key, now=now + 60) is None

    def test_the_last_that_was_kept_is_found(self, store: Store) -> None:
        """Keeping again puts value and time in place of those before, be the time later or sooner."""
        key, now = secrets.token_urlsafe(32), int(time.time())
        store.keep(key, b"first", now=now, until=now + 60)
        store.keep(key, b"second", now=now, until=now + 90)
        assert store.kept(key, now=now + 89) == b"second"
        store.keep(key, b"third", now=now, until=now + 30)
        assert store.kept(key, now=now + 29) == b"third"
        assert store.kept(key, now=now + 30) is None

    def test_what_is_taken_is_gone(self, store: Store) -> None:
        """It is handed out once, and its key may be used again."""
        key, now = secrets.token_urlsafe(32), int(time.time())
        for value in (b"first", b"second"):
            store.keep(key, value, now=now, until=now + 60)
            assert store.take(key, now=now) == value
            assert store.take(key, now=now) is None
            assert store.kept(key, now=now) is None

    def test_keys_are_kept_separately(self, store: Store) -> None:
        """Taking one leaves every other, however alike; and a key that is kept is neither spent nor leased."""
        key, now = "Clé-" + secrets.token_urlsafe(32), int(time.time())
        keys = [key, key.swapcase(), key + " ", key[:-1]]
        for each in keys:
            store.keep(each, each.encode(), now=now, until=now + 60)
        assert store.take(key, now=now) == key.encode()
        assert [store.kept(each, now=now) for each in keys] == [None, *[each.encode() for each in keys[1:]]]
        assert store.spend(keys[1], now=now, until=now + 60) is True
        assert store.take_lease(keys[1], "Ann", now=now, until=now + 60) is True
        assert store.kept(keys[1], now=now) == keys[1].encode()

    def test_exactly_one_of_many_takes_what_is_kept(self, store: Store) -> None:
        """However many ask together, one gets it."""
        now = int(time.time())
        for _ in range(ROUNDS):
            key = secrets.token_urlsafe(32)
            store.keep(key, b"value", now=now, until=now + 60)
            taken = together(*[lambda: store.take(key, now=now)] * THREADS)  # noqa: B023
            assert [value for value in taken if value is not None] == [b"value"]

    def test_many_may_keep_at_once(self, store: Store) -> None:
        """Of several values kept together under one key, one is there afterwards, whole."""
        now = int(time.time())
        for _ in range(ROUNDS):
            key = secrets.token_urlsafe(32)
            values = [secrets.token_bytes(600) for _ in range(THREADS)]
            together(*[lambda value=value: store.keep(key, value, now=now, until=now + 60) for value in values])  # noqa: B023
            assert store.kept(key, now=now) in values
