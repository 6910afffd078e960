"""Sessions: stored, found, touched and looked through."""

import secrets
from dataclasses import replace

from trivet.store import Opening, Store
from trivet.store.contract.racing import THREADS, together
from trivet.store.contract.records import TRANSFER, a_session, a_token, everything


class SessionContract:
    def test_a_session_is_found_as_it_was_stored(self, store: Store) -> None:
        """What goes in comes out, field by field."""
        session = a_session()
        assert store.open_session(session, [a_token(session)]) is Opening.OPENED
        assert store.find_session(session.id) == session

    def test_what_never_was_is_none(self, store: Store) -> None:
        """Asking for an unknown session or token finds nothing, and is no error."""
        unknown = a_session()
        assert store.find_session(unknown.id) is None
        assert store.find_token(unknown.id, TRANSFER) is None
        assert store.tokens_of(unknown.id) == []
        assert store.sessions_of(unknown.id) == []

    def test_a_session_is_found_by_its_exact_id(self, store: Store) -> None:
        """Neither another case nor a part of an id finds a session."""
        session = a_session(id="Ab_-" + secrets.token_urlsafe(29))
        store.open_session(session, [])
        for almost in (session.id.swapcase(), session.id[:-1], session.id + "A", session.id + " ", "%", "*", ""):
            assert store.find_session(almost) is None

    def test_a_user_may_be_called_anything(self, store: Store) -> None:
        """Any text is kept as it is: other scripts, emoji, combining marks, quotes, a backslash; or none."""
        strange = '{"name": "李雷 🧪 e\u0301 \\u0000 \\"O\'Brien\\" \u202e"}'
        for session in (a_session(user=strange, sub="sub-ß", seen_from=strange), a_session(user="", seen_from="")):
            store.open_session(session, [])
            assert store.find_session(session.id) == session

    # One user's

    def test_a_users_sessions_are_found_the_oldest_first(self, store: Store) -> None:
        """All that are open, and nobody else's, however alike the names."""
        sub = "Sub-" + secrets.token_urlsafe(16)
        sessions = [a_session(sub=sub, created_at=created_at) for created_at in (3_000, 1_000, 2_000)]
        for session in sessions:
            store.open_session(session, [])
        for other in (sub.swapcase(), sub + " ", sub[:-1]):
            store.open_session(a_session(sub=other), [])
        assert store.sessions_of(sub) == [sessions[1], sessions[2], sessions[0]]
        store.end_session(sessions[2].id, now=4_000)
        assert store.sessions_of(sub) == [sessions[1], sessions[0]]

    def test_a_users_sessions_are_as_fresh_as_any(self, store: Store) -> None:
        """A session that was touched or replaced is listed as it is now."""
        sub = secrets.token_urlsafe(16)
        old, new = a_session(sub=sub, last_seen_at=1_000), a_session(sub=sub)
        store.open_session(old, [])
        store.touch_session(old.id, last_seen_at=2_000, ends_at=9_000_000_000)
        assert store.sessions_of(sub) == [replace(old, last_seen_at=2_000, ends_at=9_000_000_000)]
        store.open_session(new, [], replacing=old.id)
        assert store.sessions_of(sub) == [new]

    # Touching

    def test_touching_moves_the_times_forward(self, store: Store) -> None:
        """When it was seen and when it ends are kept, and nothing else changes."""
        session, other = a_session(last_seen_at=1_000), a_session(last_seen_at=1_000)
        store.open_session(session, [])
        store.open_session(other, [])
        store.touch_session(session.id, last_seen_at=1_060, ends_at=9_000_000_000)
        assert store.find_session(session.id) == replace(session, last_seen_at=1_060, ends_at=9_000_000_000)
        assert store.find_session(other.id) == other

    def test_touching_never_moves_the_times_back(self, store: Store) -> None:
        """A worker whose clock is behind does not make a session older, nor its end nearer."""
        session = a_session(last_seen_at=1_000)
        store.open_session(session, [])
        store.touch_session(session.id, last_seen_at=999, ends_at=session.ends_at - 1)
        assert store.find_session(session.id) == session

    def test_the_latest_of_many_touches_stays(self, store: Store) -> None:
        """However many workers touch a session at once, in whatever order, the latest times are kept."""
        session = a_session(last_seen_at=1_000)
        store.open_session(session, [])

        def touch(seconds: int) -> None:
            store.touch_session(session.id, last_seen_at=1_000 + seconds, ends_at=session.ends_at + seconds)

        together(*[lambda seconds=seconds: touch(seconds) for seconds in range(THREADS)])
        latest = THREADS - 1
        assert store.find_session(session.id) == replace(
            session, last_seen_at=1_000 + latest, ends_at=session.ends_at + latest
        )

    def test_touching_brings_nothing_back(self, store: Store) -> None:
        """Touching a session that has ended, or never was, leaves it so."""
        session, unknown = a_session(), a_session()
        store.open_session(session, [])
        store.end_session(session.id, now=session.created_at)
        for gone in (session, unknown):
            store.touch_session(gone.id, last_seen_at=gone.last_seen_at + 60, ends_at=gone.ends_at + 60)
            assert store.find_session(gone.id) is None
            assert gone not in store.sessions_of(gone.sub)

    # Looking through all

    def test_a_scan_finds_every_session(self, store: Store) -> None:
        """Page by page, of whatever size, it goes through all that are open, and comes to an end."""
        sessions = [a_session() for _ in range(7)]
        for session in sessions:
            store.open_session(session, [])
        store.end_session(sessions[3].id, now=sessions[3].created_at)
        for limit in (3, 100):
            found = everything(store.scan_sessions, limit=limit)
            assert [found.count(session) > 0 for session in sessions] == [True] * 3 + [False] + [True] * 3

    def test_a_scan_misses_nobody_while_others_come_and_go(self, store: Store) -> None:
        """A session that stays is found although sessions around it open and end between the pages."""
        staying, leaving = [a_session() for _ in range(20)], [a_session() for _ in range(20)]
        for session in (*staying, *leaving):
            store.open_session(session, [])
        found, cursor = store.scan_sessions(limit=5)
        while cursor:
            if leaving:
                store.end_session(leaving.pop().id, now=1_000)
            store.open_session(a_session(), [])
            more, cursor = store.scan_sessions(cursor, limit=20)
            found += more
        assert all(session in found for session in staying)
