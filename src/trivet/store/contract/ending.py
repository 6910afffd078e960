"""Ending sessions, one or what has expired: their tokens are in the outbox at that moment, once."""

import secrets
from collections.abc import Callable
from dataclasses import replace

from trivet.store import SessionRecord, Store, TokenRecord
from trivet.store.contract.racing import ROUNDS, THREADS, together
from trivet.store.contract.records import AUTH, GROUPS, TRANSFER, a_session, a_token, moved, waiting

LONG_AGO = 1_000


class EndingContract:
    def test_ending_moves_the_tokens_into_the_outbox(self, store: Store) -> None:
        """After the end nothing of the session is left but what is to be revoked, due at once."""
        session = a_session()
        tokens = [a_token(session, server) for server in (AUTH, GROUPS, TRANSFER)]
        store.open_session(session, tokens)
        assert store.end_session(session.id, now=session.created_at + 60) is True
        assert store.find_session(session.id) is None
        assert store.tokens_of(session.id) == []
        assert store.find_token(session.id, TRANSFER) is None
        assert waiting(store, session) == [moved(session, token, now=session.created_at + 60) for token in tokens]

    def test_ending_twice_is_fine(self, store: Store) -> None:
        """The second end finds nothing to do, as does the end of a session that never was."""
        session = a_session()
        store.open_session(session, [a_token(session)])
        store.end_session(session.id, now=1_000)
        outbox = waiting(store, session)
        assert store.end_session(session.id, now=2_000) is False
        assert store.end_session(a_session().id, now=2_000) is False
        assert waiting(store, session) == outbox
        store.settle_revocation(outbox[0])

    def test_a_session_may_hold_no_tokens(self, store: Store) -> None:
        """A sign-in that asked for nothing is a session all the same, and ends like one."""
        session = a_session()
        store.open_session(session, [])
        assert store.tokens_of(session.id) == []
        assert store.end_session(session.id, now=session.created_at) is True
        assert store.find_session(session.id) is None
        assert waiting(store, session) == []

    def test_sessions_of_one_user_are_separate(self, store: Store) -> None:
        """Ending one session leaves the user's other sessions and their tokens alone."""
        phone, laptop = a_session(), a_session()
        tokens = {session.id: a_token(session) for session in (phone, laptop)}
        for session in (phone, laptop):
            store.open_session(session, [tokens[session.id]])
        store.end_session(phone.id, now=phone.created_at)
        assert store.find_session(laptop.id) == laptop
        assert store.tokens_of(laptop.id) == [tokens[laptop.id]]
        assert waiting(store, laptop) == []

    def test_a_long_token_is_kept_to_the_last_byte(self, store: Store) -> None:
        """A megabyte of any bytes, or none at all, goes into the outbox as it was."""
        session = a_session()
        tokens = [TokenRecord(session.id, AUTH, 1, b""), TokenRecord(session.id, TRANSFER, 1, bytes(range(256)) * 4096)]
        store.open_session(session, tokens)
        store.end_session(session.id, now=session.created_at)
        assert [revocation.sealed for revocation in waiting(store, session)] == [token.sealed for token in tokens]

    def test_exactly_one_of_many_ends_a_session(self, store: Store) -> None:
        """However many end a session together, one is told so, and its tokens are in the outbox once."""
        for _ in range(ROUNDS):
            session = a_session()
            tokens = [a_token(session, server) for server in (AUTH, TRANSFER)]
            store.open_session(session, tokens)
            ended = together(*[lambda: store.end_session(session.id, now=session.created_at)] * THREADS)  # noqa: B023
            assert sum(ended) == 1
            assert waiting(store, session) == [moved(session, token, now=session.created_at) for token in tokens]

    def test_an_end_and_a_refresh_together_lose_no_token(self, store: Store) -> None:
        """Of a logout and a refresh at the same moment, the newest token is in the outbox, and nothing is left."""
        for _ in range(2 * ROUNDS):
            session = a_session()
            first, second = a_token(session), a_token(session, version=2)
            store.open_session(session, [first])
            replaced, ended = together(
                lambda: store.replace_token(second),  # noqa: B023
                lambda: store.end_session(session.id, now=session.created_at),  # noqa: B023
            )
            assert ended is True
            assert store.tokens_of(session.id) == []
            assert store.find_session(session.id) is None
            assert waiting(store, session) == [moved(session, second if replaced else first, now=session.created_at)]

    def test_nobody_sees_half_a_session(self, store: Store) -> None:
        """Whoever looks while a session opens and ends finds all of its tokens or none."""
        sessions = [a_session() for _ in range(ROUNDS)]

        def open_and_end() -> set[int]:
            for session in sessions:
                store.open_session(session, [a_token(session, server) for server in (AUTH, GROUPS, TRANSFER)])
                store.end_session(session.id, now=session.created_at)
            return set()

        def watch() -> set[int]:
            return {len(store.tokens_of(session.id)) for _ in range(ROUNDS) for session in sessions}

        for seen in together(open_and_end, watch, watch):
            assert seen <= {0, 3}

    def test_a_token_is_never_nowhere(self, store: Store) -> None:
        """Whoever looks while sessions end finds each token in its session or, looking there next, in the outbox."""
        sessions = [a_session() for _ in range(2 * ROUNDS)]
        for session in sessions:
            store.open_session(session, [a_token(session)])

        def end_all() -> bool:
            return all(store.end_session(session.id, now=session.created_at) for session in sessions)

        def watch() -> bool:
            return all(store.tokens_of(session.id) or waiting(store, session) for session in sessions * 3)

        assert together(end_all, watch, watch) == [True] * 3

    # What has expired

    def test_what_has_expired_is_ended(self, store: Store) -> None:
        """From the second at which it ends, a session is found, ended and handed to the caller; before, it is not."""
        sessions = [a_session(ends_at=LONG_AGO + seconds) for seconds in (-1, 0, 1)]
        tokens = [a_token(session) for session in sessions]
        for session, token in zip(sessions, tokens, strict=True):
            store.open_session(session, [token])
        assert store.end_expired(now=LONG_AGO, limit=100) == sessions[:2]
        assert [store.find_session(session.id) for session in sessions] == [None, None, sessions[2]]
        for session, token in zip(sessions[:2], tokens[:2], strict=True):
            assert store.tokens_of(session.id) == []
            assert waiting(store, session) == [moved(session, token, now=LONG_AGO)]
            store.settle_revocation(moved(session, token, now=LONG_AGO))
        assert waiting(store, sessions[2]) == []
        assert store.end_expired(now=LONG_AGO, limit=100) == []
        store.end_session(sessions[2].id, now=sessions[2].created_at)

    def test_the_longest_expired_go_first(self, store: Store) -> None:
        """With more to end than the limit says, the calls take them in the order of their ends."""
        sessions = [a_session(ends_at=LONG_AGO - seconds) for seconds in (2, 5, 1, 4, 3)]
        for session in sessions:
            store.open_session(session, [])
        ended = [[each.ends_at for each in store.end_expired(now=LONG_AGO, limit=2)] for _ in range(4)]
        assert ended == [[LONG_AGO - 5, LONG_AGO - 4], [LONG_AGO - 3, LONG_AGO - 2], [LONG_AGO - 1], []]

    def test_what_was_touched_has_not_expired(self, store: Store) -> None:
        """A session ends by the time of its last touch, be that later or, after a change of settings, sooner."""
        later, sooner = a_session(last_seen_at=1, ends_at=LONG_AGO), a_session(last_seen_at=1)
        for session in (later, sooner):
            store.open_session(session, [])
        store.touch_session(later.id, last_seen_at=2, ends_at=later.created_at)
        store.touch_session(sooner.id, last_seen_at=2, ends_at=LONG_AGO)
        assert store.end_expired(now=LONG_AGO, limit=100) == [replace(sooner, last_seen_at=2, ends_at=LONG_AGO)]
        assert store.find_session(later.id) is not None

    def test_an_expired_session_is_no_longer_the_users(self, store: Store) -> None:
        """It is gone from the list of its user's sessions and from the scan, and no touch brings it back."""
        session = a_session(sub=secrets.token_urlsafe(16), ends_at=LONG_AGO)
        store.open_session(session, [])
        store.end_expired(now=LONG_AGO, limit=100)
        store.touch_session(session.id, last_seen_at=session.last_seen_at + 1, ends_at=session.created_at + 60)
        assert store.sessions_of(session.sub) == []
        assert store.find_session(session.id) is None
        assert store.end_session(session.id, now=session.created_at) is False

    def test_what_has_expired_is_ended_once(self, store: Store) -> None:
        """However many clear up together, while somebody signs out, every session is ended by exactly one of them."""
        for _ in range(ROUNDS):
            sessions = [a_session(ends_at=LONG_AGO) for _ in range(THREADS)]
            for session in sessions:
                store.open_session(session, [a_token(session)])

            def sign_out(session: SessionRecord = sessions[0]) -> list[str]:
                return [session.id] if store.end_session(session.id, now=LONG_AGO) else []

            ended = together(sign_out, *[_clearing(store)] * (THREADS - 1))
            assert sorted(session_id for each in ended for session_id in each) == sorted(each.id for each in sessions)
            for session in sessions:
                (revocation,) = waiting(store, session)
                store.settle_revocation(revocation)

    def test_a_touch_and_clearing_up_agree(self, store: Store) -> None:
        """Of a visit in the last second and somebody clearing up, one wins: the session goes on, or it is ended."""
        for _ in range(2 * ROUNDS):
            session = a_session(last_seen_at=1, ends_at=LONG_AGO)
            token = a_token(session)
            store.open_session(session, [token])

            def touch(session: SessionRecord = session) -> list[str]:
                store.touch_session(session.id, last_seen_at=2, ends_at=session.created_at)
                return []

            ended = together(touch, _clearing(store))[1]
            found, held = store.find_session(session.id), store.tokens_of(session.id)
            assert (found is None) == (ended == [session.id])
            assert held == ([] if ended else [token])
            assert [each.sealed for each in waiting(store, session)] == ([token.sealed] if ended else [])
            store.end_session(session.id, now=LONG_AGO)
            store.settle_revocation(moved(session, token, now=LONG_AGO))


def _clearing(store: Store) -> Callable[[], list[str]]:
    def clear_up() -> list[str]:
        ended: list[str] = []
        while found := store.end_expired(now=LONG_AGO, limit=3):
            ended += [session.id for session in found]
        return ended

    return clear_up
