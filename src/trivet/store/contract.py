"""
The tests that every store passes, one promise each.

To prove a store of your own, inherit them and say how to open it::

    class TestMyStore(StoreContract):
        @pytest.fixture
        def store(self) -> Iterator[Store]:
            store = MyStore(...)
            yield store
            store.close()

The store need not be empty: every test makes up its own ids. Times are those of the real clock.
"""

import secrets
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import TypeVar

from trivet.store import SessionRecord, Store, TokenRecord

__all__ = ["StoreContract", "a_session", "a_token", "together"]

T = TypeVar("T")

AUTH, GROUPS, TRANSFER = "auth.globus.org", "groups.api.globus.org", "transfer.api.globus.org"
THREADS = 8
ROUNDS = 10  # races are run this often, because one round may happen to go well


def a_session(**changes: object) -> SessionRecord:
    """Return a session that no store has seen, like any other but for *changes*."""
    now = int(time.time())
    fields: dict[str, object] = {
        "id": secrets.token_urlsafe(32),
        "sub": "0d6a2d5c-6f5c-4b8e-9f0e-2f2f6f3e2c11",
        "user": '{"name": "Zoë Ångström"}',
        "created_at": now,
        "last_seen_at": now,
    }
    return SessionRecord(**(fields | changes))  # type: ignore[arg-type]


def a_token(
    session: SessionRecord, resource_server: str = TRANSFER, version: int = 1, sealed: bytes = b""
) -> TokenRecord:
    """Return a token for that session; unless *sealed* is given, it looks like no other."""
    return TokenRecord(session.id, resource_server, version, sealed or secrets.token_bytes(60))


def together(*calls: Callable[[], T]) -> list[T]:
    """Run all *calls* at once, each in a thread of its own, and return their results in the same order."""
    start = threading.Barrier(len(calls))

    def run(call: Callable[[], T]) -> T:
        start.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(run, calls))


class StoreContract:
    """What `trivet.store.Store` promises. A subclass brings a fixture called ``store``."""

    # Sessions

    def test_a_session_is_found_as_it_was_stored(self, store: Store) -> None:
        """What goes in comes out, field by field."""
        session = a_session()
        assert store.open_session(session, [a_token(session)]) == []
        assert store.find_session(session.id) == session

    def test_what_never_was_is_none(self, store: Store) -> None:
        """Asking for an unknown session or token finds nothing, and is no error."""
        unknown = a_session()
        assert store.find_session(unknown.id) is None
        assert store.find_token(unknown.id, TRANSFER) is None
        assert store.tokens_of(unknown.id) == []

    def test_a_session_is_found_by_its_exact_id(self, store: Store) -> None:
        """Neither another case nor a part of an id finds a session."""
        session = a_session(id="Ab_-" + secrets.token_urlsafe(29))
        store.open_session(session, [])
        for almost in (session.id.swapcase(), session.id[:-1], session.id + "A", session.id + " ", "%", ""):
            assert store.find_session(almost) is None

    def test_a_user_may_be_called_anything(self, store: Store) -> None:
        """Any text is kept as it is: other scripts, emoji, combining marks, quotes, a backslash."""
        session = a_session(user='{"name": "李雷 🧪 e\u0301 \\u0000 \\"O\'Brien\\" \u202e"}', sub="sub-ß")
        store.open_session(session, [])
        assert store.find_session(session.id) == session

    def test_a_session_may_hold_no_tokens(self, store: Store) -> None:
        """A sign-in that asked for nothing is a session all the same."""
        session = a_session()
        store.open_session(session, [])
        assert store.tokens_of(session.id) == []
        assert store.end_session(session.id) == []
        assert store.find_session(session.id) is None

    def test_sessions_of_one_user_are_separate(self, store: Store) -> None:
        """Ending one session leaves the user's other sessions and their tokens alone."""
        phone, laptop = a_session(), a_session()
        tokens = {session.id: a_token(session) for session in (phone, laptop)}
        for session in (phone, laptop):
            store.open_session(session, [tokens[session.id]])
        assert store.end_session(phone.id) == [tokens[phone.id]]
        assert store.find_session(laptop.id) == laptop
        assert store.tokens_of(laptop.id) == [tokens[laptop.id]]

    # Touching

    def test_touching_moves_last_seen_forward(self, store: Store) -> None:
        """The newer time is kept, and nothing else changes."""
        session, other = a_session(created_at=1_000, last_seen_at=1_000), a_session(last_seen_at=1_000)
        store.open_session(session, [])
        store.open_session(other, [])
        store.touch_session(session.id, 1_060)
        assert store.find_session(session.id) == a_session(
            id=session.id, created_at=1_000, last_seen_at=1_060, user=session.user, sub=session.sub
        )
        assert store.find_session(other.id) == other

    def test_touching_never_moves_last_seen_back(self, store: Store) -> None:
        """A worker whose clock is behind does not make a session older."""
        session = a_session(last_seen_at=1_000)
        store.open_session(session, [])
        store.touch_session(session.id, 999)
        assert store.find_session(session.id) == session

    def test_the_latest_of_many_touches_stays(self, store: Store) -> None:
        """However many workers touch a session at once, in whatever order, the latest time is kept."""
        session = a_session(last_seen_at=1_000)
        store.open_session(session, [])
        together(*[lambda seen=seen: store.touch_session(session.id, seen) for seen in range(1_000, 1_000 + THREADS)])
        found = store.find_session(session.id)
        assert found is not None
        assert found.last_seen_at == 999 + THREADS

    def test_touching_brings_nothing_back(self, store: Store) -> None:
        """Touching a session that has ended, or never was, leaves it so."""
        session, unknown = a_session(), a_session()
        store.open_session(session, [])
        store.end_session(session.id)
        for gone in (session, unknown):
            store.touch_session(gone.id, gone.last_seen_at + 60)
            assert store.find_session(gone.id) is None

    # Ending

    def test_ending_returns_the_tokens_and_forgets_them(self, store: Store) -> None:
        """After the end nothing of the session is left; what it held is in the caller's hands."""
        session = a_session()
        tokens = [a_token(session, server) for server in (AUTH, GROUPS, TRANSFER)]
        store.open_session(session, tokens)
        assert _sorted(store.end_session(session.id)) == tokens
        assert store.find_session(session.id) is None
        assert store.tokens_of(session.id) == []
        assert store.find_token(session.id, TRANSFER) is None

    def test_ending_twice_is_fine(self, store: Store) -> None:
        """The second end finds nothing to do, as does the end of a session that never was."""
        session = a_session()
        store.open_session(session, [a_token(session)])
        store.end_session(session.id)
        assert store.end_session(session.id) == []
        assert store.end_session(a_session().id) == []

    def test_exactly_one_of_many_ends_gets_the_tokens(self, store: Store) -> None:
        """However many end a session together, its tokens are handed out once, so that they are revoked once."""
        for _ in range(ROUNDS):
            session = a_session()
            tokens = [a_token(session, server) for server in (AUTH, TRANSFER)]
            store.open_session(session, tokens)
            ended = together(*[lambda: store.end_session(session.id)] * THREADS)  # noqa: B023
            assert _sorted([token for held in ended for token in held]) == tokens
            assert sum(bool(held) for held in ended) == 1

    # Replacing a session

    def test_a_new_session_takes_the_place_of_the_old(self, store: Store) -> None:
        """Opening with ``replacing`` ends that session and returns what it held; the new one holds its own tokens."""
        old, new = a_session(), a_session()
        held, fresh = a_token(old), a_token(new)
        store.open_session(old, [held])
        assert store.open_session(new, [fresh], replacing=old.id) == [held]
        assert store.find_session(old.id) is None
        assert store.tokens_of(old.id) == []
        assert store.find_session(new.id) == new
        assert store.tokens_of(new.id) == [fresh]

    def test_what_has_ended_is_not_replaced(self, store: Store) -> None:
        """When the session to replace has ended meanwhile, nothing is stored: no late login undoes a logout."""
        new = a_session()
        assert store.open_session(new, [a_token(new)], replacing=a_session().id) is None
        assert store.find_session(new.id) is None
        assert store.tokens_of(new.id) == []

    def test_exactly_one_of_many_replacements_succeeds(self, store: Store) -> None:
        """Of several sessions that would replace the same one, one is opened and gets the old tokens."""
        for _ in range(ROUNDS):
            old = a_session()
            held = a_token(old)
            store.open_session(old, [held])
            new = [a_session() for _ in range(THREADS)]
            ended = together(*[lambda n=n: store.open_session(n, [a_token(n)], replacing=old.id) for n in new])  # noqa: B023
            assert sorted(ended, key=str) == [*[None] * (THREADS - 1), [held]]
            winner = [session for session, held_before in zip(new, ended, strict=True) if held_before]
            assert [session for session in new if store.find_session(session.id)] == winner

    def test_old_and_new_session_are_never_both_valid(self, store: Store) -> None:
        """Whoever looks while one session replaces another never finds the old one beside the new."""
        chain = [a_session() for _ in range(30)]
        store.open_session(chain[0], [])
        done = threading.Event()

        def replace_one_after_another() -> bool:
            for old, new in pairwise(chain):
                store.open_session(new, [], replacing=old.id)
            done.set()
            return True

        def watch() -> bool:
            at = 0
            while at + 1 < len(chain) and not done.is_set():
                if store.find_session(chain[at + 1].id):
                    if store.find_session(chain[at].id):
                        return False
                    at += 1
            return True

        assert together(replace_one_after_another, watch, watch) == [True] * 3

    # Tokens

    def test_tokens_come_back_as_they_were_stored(self, store: Store) -> None:
        """All tokens of a session in the order of their resource servers, bytewise; or one by its exact name."""
        session = a_session()
        servers = ["Auth.globus.org", "auth.globus.org", "auth.globus.org.", "z", "é.example.org", "数据.example.org"]
        tokens = [a_token(session, server) for server in servers]
        store.open_session(session, tokens[::-1])
        assert store.tokens_of(session.id) == tokens
        assert [store.find_token(session.id, server) for server in servers] == tokens
        assert store.find_token(session.id, "AUTH.globus.org") is None

    def test_sealed_bytes_are_kept_to_the_last(self, store: Store) -> None:
        """A sealed token may be a megabyte of any bytes, or be empty."""
        session = a_session()
        big = TokenRecord(session.id, TRANSFER, 1, bytes(range(256)) * 4096)
        empty = TokenRecord(session.id, AUTH, 1, b"")
        store.open_session(session, [big, empty])
        assert store.find_token(session.id, TRANSFER) == big
        assert store.find_token(session.id, AUTH) == empty
        assert _sorted(store.end_session(session.id)) == [empty, big]

    def test_a_replacement_is_the_next_version(self, store: Store) -> None:
        """Version after version takes the place of the one before, and of no other token."""
        session, other = a_session(), a_session()
        kept, apart = a_token(session, AUTH), a_token(other)
        store.open_session(session, [kept, a_token(session)])
        store.open_session(other, [apart])
        for version in (2, 3):
            replacement = a_token(session, version=version)
            assert store.replace_token(replacement) is True
            assert store.tokens_of(session.id) == [kept, replacement]
        assert store.tokens_of(other.id) == [apart]

    def test_only_the_next_version_replaces(self, store: Store) -> None:
        """A version that is late, repeated or too far ahead changes nothing."""
        session = a_session()
        store.open_session(session, [a_token(session)])
        second = a_token(session, version=2)
        store.replace_token(second)
        for version in (0, 1, 2, 4):
            assert store.replace_token(a_token(session, version=version)) is False
        assert store.find_token(session.id, TRANSFER) == second

    def test_only_what_is_there_is_replaced(self, store: Store) -> None:
        """A replacement adds no token, neither for another resource server nor to a session that never was."""
        session = a_session()
        store.open_session(session, [a_token(session, AUTH)])
        for version in (1, 2):
            assert store.replace_token(a_token(session, version=version)) is False
            assert store.replace_token(a_token(a_session(), version=version)) is False
        assert [token.resource_server for token in store.tokens_of(session.id)] == [AUTH]

    def test_what_was_ended_is_never_brought_back(self, store: Store) -> None:
        """A refresh that comes home after the logout stores nothing."""
        session = a_session()
        store.open_session(session, [a_token(session)])
        store.end_session(session.id)
        for version in (1, 2):
            assert store.replace_token(a_token(session, version=version)) is False
        assert store.find_token(session.id, TRANSFER) is None
        assert store.find_session(session.id) is None

    def test_exactly_one_of_many_replacements_of_a_token_wins(self, store: Store) -> None:
        """However many write the next version together, one is told so, and its token is the one that is kept."""
        session = a_session()
        store.open_session(session, [a_token(session)])
        for version in range(2, 2 + ROUNDS):
            tokens = [a_token(session, version=version) for _ in range(THREADS)]
            won = together(*[lambda token=token: store.replace_token(token) for token in tokens])
            assert sum(won) == 1
            assert store.find_token(session.id, TRANSFER) == tokens[won.index(True)]

    def test_an_end_and_a_replacement_together_lose_no_token(self, store: Store) -> None:
        """Of a logout and a refresh at the same moment, the logout gets the newest token, and nothing is left."""
        for _ in range(2 * ROUNDS):
            session = a_session()
            first, second = a_token(session), a_token(session, version=2)
            store.open_session(session, [first])
            replaced, ended = together(
                lambda: store.replace_token(second),  # noqa: B023
                lambda: store.end_session(session.id),  # noqa: B023
            )
            assert ended == [second if replaced else first]
            assert store.tokens_of(session.id) == []
            assert store.find_session(session.id) is None

    def test_nobody_sees_half_a_session(self, store: Store) -> None:
        """Whoever looks while a session opens and ends finds all of its tokens or none."""
        sessions = [a_session() for _ in range(ROUNDS)]

        def open_and_end() -> set[int]:
            for session in sessions:
                store.open_session(session, [a_token(session, server) for server in (AUTH, GROUPS, TRANSFER)])
                store.end_session(session.id)
            return set()

        def watch() -> set[int]:
            return {len(store.tokens_of(session.id)) for _ in range(ROUNDS) for session in sessions}

        for seen in together(open_and_end, watch, watch):
            assert seen <= {0, 3}

    # Spending

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

    # Leases

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
        store.end_session(new.id)
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

    # Closing

    def test_closing_twice_is_fine(self, store: Store) -> None:
        """Whoever tidies up need not know whether somebody already has."""
        store.close()
        store.close()


def _takes_alone(store: Store, key: str, now: int) -> bool:
    """Let many take that lease for 30 seconds at once; say whether one alone was told so, and alone has it."""
    holders = [f"holder {number}" for number in range(THREADS)]
    taken = together(*[lambda name=name: store.take_lease(key, name, now=now, until=now + 30) for name in holders])
    has_it = [store.take_lease(key, name, now=now + 29, until=now + 30) for name in holders]
    return sum(taken) == 1 and has_it == taken


def _sorted(tokens: list[TokenRecord]) -> list[TokenRecord]:
    return sorted(tokens, key=lambda token: token.resource_server)
