"""Replacing a session by the next of the same browser: one of them is valid at any time, and no token falls between."""

import threading
from itertools import pairwise

from trivet.store import Opening, Store
from trivet.store.contract.racing import ROUNDS, THREADS, together
from trivet.store.contract.records import AUTH, GROUPS, TRANSFER, a_session, a_token, moved, waiting


class ReplacingContract:
    def test_a_new_session_takes_the_place_of_the_old(self, store: Store) -> None:
        """Opening with *replacing* ends that session, what it held is in the outbox, and the new one has its own."""
        old, new = a_session(sub="Ann"), a_session(sub="Bob")
        held, fresh = a_token(old), a_token(new)
        store.open_session(old, [held])
        assert store.open_session(new, [fresh], replacing=old.id) is Opening.OPENED
        assert store.find_session(old.id) is None
        assert store.tokens_of(old.id) == []
        assert waiting(store, old) == [moved(old, held, now=new.created_at)]
        assert store.find_session(new.id) == new
        assert store.tokens_of(new.id) == [fresh]
        assert waiting(store, new) == []

    def test_what_has_ended_is_not_replaced(self, store: Store) -> None:
        """When the session to replace has ended meanwhile, nothing is stored: no late login undoes a logout."""
        old, new = a_session(), a_session()
        held = a_token(old)
        store.open_session(old, [held])
        store.end_session(old.id, now=old.created_at)
        for gone, handed_on in ((old, [held]), (old, []), (a_session(), [])):
            opening = store.open_session(new, [a_token(new)], replacing=gone.id, handed_on=handed_on)
            assert opening is Opening.ENDED
        assert store.find_session(new.id) is None
        assert store.tokens_of(new.id) == []
        assert waiting(store, new) == []
        assert waiting(store, old) == [moved(old, held, now=old.created_at)]

    def test_what_is_handed_on_is_what_is_stored(self, store: Store) -> None:
        """With every record of *handed_on* as stored, the new session opens, and all the old held is in the outbox."""
        old, new = a_session(), a_session()
        held = [a_token(old, server) for server in (AUTH, GROUPS, TRANSFER)]
        store.open_session(old, held)
        store.replace_token(a_token(old, version=2))
        current = store.tokens_of(old.id)
        opening = store.open_session(new, [a_token(new)], replacing=old.id, handed_on=[current[2], current[0]])
        assert opening is Opening.OPENED
        assert waiting(store, old) == [moved(old, token, now=new.created_at) for token in current]

    def test_what_has_changed_is_not_handed_on(self, store: Store) -> None:
        """When one record has another version by now, or is no longer there, nothing at all is changed or stored."""
        old, new = a_session(), a_session()
        first, second, other = a_token(old), a_token(old, version=2), a_token(old, AUTH)
        store.open_session(old, [first, other])
        store.replace_token(second)
        for handed_on in ([first], [other, first], [a_token(old, version=3)], [other, a_token(old, GROUPS)]):
            opening = store.open_session(new, [a_token(new)], replacing=old.id, handed_on=handed_on)
            assert opening is Opening.CHANGED
            assert store.find_session(new.id) is None
            assert store.tokens_of(new.id) == []
            assert store.find_session(old.id) == old
            assert store.tokens_of(old.id) == [other, second]
            assert waiting(store, old) == []
        assert store.open_session(new, [], replacing=old.id, handed_on=[other, second]) is Opening.OPENED

    def test_a_refresh_and_a_replacement_together_lose_no_token(self, store: Store) -> None:
        """Of a refresh and a step-up at one moment, one wins, and the newest token is in the session or the outbox."""
        for _ in range(2 * ROUNDS):
            old, new = a_session(), a_session()
            first, second = a_token(old), a_token(old, version=2)
            store.open_session(old, [first])
            replaced, opening = together(
                lambda: store.replace_token(second),  # noqa: B023
                lambda: store.open_session(new, [], replacing=old.id, handed_on=[first]),  # noqa: B023
            )
            assert (replaced, opening) in {(True, Opening.CHANGED), (False, Opening.OPENED)}
            assert store.tokens_of(old.id) == ([second] if replaced else [])
            assert waiting(store, old) == ([] if replaced else [moved(old, first, now=new.created_at)])
            assert (store.find_session(new.id) is None) == replaced

    def test_a_logout_and_a_replacement_together_end_the_session_once(self, store: Store) -> None:
        """Of a logout and a step-up at one moment, either nobody is signed in afterwards, or the step-up was first."""
        for _ in range(2 * ROUNDS):
            old, new = a_session(), a_session()
            held = a_token(old)
            store.open_session(old, [held])
            ended, opening = together(
                lambda: store.end_session(old.id, now=new.created_at),  # noqa: B023
                lambda: store.open_session(new, [], replacing=old.id, handed_on=[held]),  # noqa: B023
            )
            assert (ended, opening) in {(True, Opening.ENDED), (False, Opening.OPENED)}
            assert store.find_session(old.id) is None
            assert (store.find_session(new.id) is None) == ended
            assert waiting(store, old) == [moved(old, held, now=new.created_at)]

    def test_exactly_one_of_many_replacements_succeeds(self, store: Store) -> None:
        """Of several sessions that would replace the same one, one is opened; the old tokens are in the outbox once."""
        for _ in range(ROUNDS):
            old, now = a_session(), 2_000_000_000
            held = a_token(old)
            store.open_session(old, [held])
            new = [a_session(created_at=now) for _ in range(THREADS)]
            openings = together(*[lambda n=n: store.open_session(n, [a_token(n)], replacing=old.id) for n in new])  # noqa: B023
            assert sorted(openings, key=str) == [Opening.ENDED] * (THREADS - 1) + [Opening.OPENED]
            winner = new[openings.index(Opening.OPENED)]
            assert [session for session in new if store.find_session(session.id)] == [winner]
            assert waiting(store, old) == [moved(old, held, now=now)]

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
