"""Leases: one holder among all, for as long as it was taken."""

import secrets
import threading
import time

from trivet.store import Store
from trivet.store.contract.racing import ROUNDS, THREADS, together
from trivet.store.contract.records import a_session, a_token


class LeaseContract:
    def test_a_lease_has_one_holder(self, store: Store) -> None:
        """Whoever takes a free lease has it; all others are refused, whatever they ask for, and change nothing."""
        key, now = secrets.token_urlsafe(32), int(time.time())
        assert store.take_lease(key, "Ann", now=now, until=now + 30) is True
        for until in (now + 1, now + 30, now + 600):
            assert store.take_lease(key, "Bob", now=now, until=until) is False
        assert store.take_lease(key, "Bob", now=now + 29, until=now + 60) is False
        assert store.take_lease(key, "Ann", now=now + 29, until=now + 60) is True

    def test_a_lease_runs_out_at_its_second(self, store: Store) -> None:
        """One second before, a stranger is refused; at the second itself the lease is anybody's, and then theirs."""
        key, now = secrets.token_urlsafe(32), int(time.time())
        assert store.take_lease(key, "Ann", now=now, until=now + 30) is True
        assert store.take_lease(key, "Bob", now=now + 29, until=now + 90) is False
        assert store.take_lease(key, "Bob", now=now + 30, until=now + 60) is True
        assert store.take_lease(key, "Ann", now=now + 59, until=now + 90) is False
        assert store.take_lease(key, "Ann", now=now + 60, until=now + 90) is True

    def test_a_holder_extends_its_lease(self, store: Store) -> None:
        """Taken again by its holder, in time or late, a lease lasts until the later second, and is as exclusive."""
        key, now = secrets.token_urlsafe(32), int(time.time())
        assert store.take_lease(key, "Ann", now=now, until=now + 30) is True
        assert store.take_lease(key, "Ann", now=now + 20, until=now + 50) is True
        assert store.take_lease(key, "Bob", now=now + 49, until=now + 90) is False
        assert store.take_lease(key, "Ann", now=now + 55, until=now + 80) is True
        assert store.take_lease(key, "Bob", now=now + 79, until=now + 90) is False
        assert store.take_lease(key, "Bob", now=now + 80, until=now + 90) is True

    def test_a_lease_is_never_shortened(self, store: Store) -> None:
        """A renewal that was held up does not undo a later one."""
        key, now = secrets.token_urlsafe(32), int(time.time())
        assert store.take_lease(key, "Ann", now=now, until=now + 60) is True
        assert store.take_lease(key, "Ann", now=now, until=now + 30) is True
        assert store.take_lease(key, "Bob", now=now + 59, until=now + 90) is False
        assert store.take_lease(key, "Bob", now=now + 60, until=now + 90) is True

    def test_a_lease_that_is_given_back_is_free(self, store: Store) -> None:
        """It is anybody's at once, and the one before may come again when it is free again."""
        key, now = secrets.token_urlsafe(32), int(time.time())
        for holder in ("Ann", "Bob", "Ann"):
            assert store.take_lease(key, holder, now=now, until=now + 30) is True
            store.drop_lease(key, holder)

    def test_nobody_gives_back_what_they_do_not_have(self, store: Store) -> None:
        """Giving back another's lease, one that was lost meanwhile, or none at all changes nothing and is no error."""
        key, now = secrets.token_urlsafe(32), int(time.time())
        store.drop_lease(key, "Ann")
        store.take_lease(key, "Ann", now=now, until=now + 30)
        for stranger in ("Bob", "ann", "Ann ", "An", "%", ""):
            store.drop_lease(key, stranger)
            assert store.take_lease(key, stranger, now=now + 29, until=now + 60) is False
        assert store.take_lease(key, "Bob", now=now + 30, until=now + 60) is True
        store.drop_lease(key, "Ann")
        assert store.take_lease(key, "Ann", now=now + 30, until=now + 60) is False

    def test_leases_are_separate(self, store: Store) -> None:
        """Taking one, or giving it back, leaves every other as it is, however alike their keys."""
        key, now = "Clé-" + secrets.token_urlsafe(32), int(time.time())
        keys = [key, key.swapcase(), key + " ", key[:-1]]
        for number, other in enumerate(keys):
            assert store.take_lease(other, f"holder {number}", now=now, until=now + 30) is True
        for number, other in enumerate(keys):
            store.drop_lease(other, f"holder {number}")
            free = [store.take_lease(each, "anybody", now=now, until=now + 30) for each in keys]
            assert free == [each <= number for each in range(len(keys))]

    def test_a_lease_and_a_spent_key_have_nothing_in_common(self, store: Store) -> None:
        """The same word may be a key that is used up and a lease that is free, and the other way round."""
        leased, spent, now = secrets.token_urlsafe(32), secrets.token_urlsafe(32), int(time.time())
        assert store.take_lease(leased, "Ann", now=now, until=now + 30) is True
        assert store.spend(leased, now=now, until=now + 30) is True
        assert store.spend(spent, now=now, until=now + 30) is True
        assert store.take_lease(spent, "Ann", now=now, until=now + 30) is True

    def test_a_lease_outlives_its_session(self, store: Store) -> None:
        """A lease named after a session is neither lost nor given back when that session ends or is replaced."""
        old, new, now = a_session(), a_session(), int(time.time())
        store.open_session(old, [a_token(old)])
        store.take_lease(old.id, "Ann", now=now, until=now + 30)
        store.take_lease(new.id, "Ann", now=now, until=now + 30)
        store.open_session(new, [a_token(new)], replacing=old.id)
        store.end_session(new.id, now=now)
        for second, taken in ((29, False), (30, True)):
            for session in (old, new):
                assert store.take_lease(session.id, "Bob", now=now + second, until=now + 60) is taken

    def test_exactly_one_of_many_takes_a_free_lease(self, store: Store) -> None:
        """However many try together, one has it, and it is the one who was told so."""
        now = int(time.time())
        for _ in range(ROUNDS):
            key = secrets.token_urlsafe(32)
            assert _takes_alone(store, key, now)

    def test_exactly_one_of_many_takes_a_lease_that_has_run_out(self, store: Store) -> None:
        """The same when the one before never gave it back, round after round."""
        key, now = secrets.token_urlsafe(32), int(time.time())
        for term in range(ROUNDS):
            assert _takes_alone(store, key, now + 30 * term)

    def test_of_a_late_holder_and_a_stranger_one_has_the_lease(self, store: Store) -> None:
        """When a lease has run out, its holder's renewal and another's attempt are equal: one of them succeeds."""
        now = int(time.time())
        for _ in range(2 * ROUNDS):
            key = secrets.token_urlsafe(32)
            store.take_lease(key, "Ann", now=now, until=now + 30)
            ann, bob = together(
                lambda: store.take_lease(key, "Ann", now=now + 30, until=now + 60),  # noqa: B023
                lambda: store.take_lease(key, "Bob", now=now + 30, until=now + 60),  # noqa: B023
            )
            assert {ann, bob} == {True, False}

    def test_whoever_has_the_lease_is_alone(self, store: Store) -> None:
        """While many take and give back one lease in turn, there are never two who have it."""
        key, now, inside = secrets.token_urlsafe(32), int(time.time()), threading.Lock()

        def take_turns(holder: str) -> bool:
            alone = True
            for _ in range(ROUNDS):
                while not store.take_lease(key, holder, now=now, until=now + 30):
                    pass
                was_alone = inside.acquire(blocking=False)
                alone = alone and was_alone
                if was_alone:
                    inside.release()
                store.drop_lease(key, holder)
            return alone

        assert together(*[lambda name=f"holder {number}": take_turns(name) for number in range(4)]) == [True] * 4


def _takes_alone(store: Store, key: str, now: int) -> bool:
    """Let many take that lease for 30 seconds at once; say whether one alone was told so, and alone has it."""
    holders = [f"holder {number}" for number in range(THREADS)]
    taken = together(*[lambda name=name: store.take_lease(key, name, now=now, until=now + 30) for name in holders])
    has_it = [store.take_lease(key, name, now=now + 29, until=now + 30) for name in holders]
    return sum(taken) == 1 and has_it == taken
