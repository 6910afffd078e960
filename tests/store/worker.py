"""
What a worker process does, as the tests of stores need several; `workers.py` starts them.

It says ``ready``, waits for a word, does its task, and says the result.
"""

import os
from multiprocessing.connection import Connection
from typing import Any

from sqlalchemy import Engine, event

from trivet.store import Store, open_store
from trivet.store.contract import a_session, a_token, together


class Line:
    """The connection to the test."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def say(self, word: object) -> None:
        self._connection.send(word)

    def listen(self) -> None:
        self._connection.recv()

    def wait(self) -> None:
        self.say("ready")
        self.listen()


def start(line: Line, url: str, _argument: str) -> None:
    """Open the store only when told to, in several threads at once, and use it."""

    def open_and_use() -> bool:
        store, session = open_store(url), a_session()
        store.open_session(session, [a_token(session)])
        found = store.find_session(session.id)
        leased = store.take_lease(session.id, "me", now=1_000, until=2_000)
        store.close()
        return found == session and leased

    line.wait()
    line.say(all(together(*[open_and_use] * 4)))


def end(store: Store, session_id: str) -> bool:
    return store.end_session(session_id, now=1_000)


def end_expired(store: Store, _argument: str) -> list[str]:
    """End what has expired, a few at a time, until there is nothing left, and name what was ended."""
    ended: list[str] = []
    while found := store.end_expired(now=1_000, limit=7):
        ended += [session.id for session in found]
    return ended


def claim(store: Store, _argument: str) -> list[str]:
    """Claim what is due, a few at a time, until there is nothing left, and name what was claimed."""
    claimed: list[str] = []
    while found := store.claim_revocations(now=1_000, until=2_000, limit=7):
        claimed += [revocation.session_id for revocation in found]
    return claimed


def spend(store: Store, key: str) -> int:
    return sum(store.spend(f"{key}-{number}", now=1_000, until=2_000) for number in range(50))


def lease(store: Store, key: str) -> list[int]:
    """Try to take fifty leases, and name those that were taken."""
    me = str(os.getpid())
    return [number for number in range(50) if store.take_lease(f"{key}-{number}", me, now=1_000, until=2_000)]


def hold(line: Line, url: str, key: str) -> None:
    """Take a lease and keep it until killed."""
    store = open_store(url)
    line.wait()
    line.say(store.take_lease(key, str(os.getpid()), now=1_000, until=2_000))
    line.listen()


def refresh(store: Store, session_id: str) -> int:
    """Write 40 versions, each after whatever version is there, and count those that were taken."""
    session, won = a_session(id=session_id), 0
    for _ in range(40):
        (token,) = store.tokens_of(session_id)
        won += store.replace_token(a_token(session, version=token.version + 1))
    return won


def refresh_leased(store: Store, session_id: str) -> int:
    """Write ten versions, each with the lease in hand, and count those that were taken."""
    session, me, won = a_session(id=session_id), str(os.getpid()), 0
    for _ in range(10):
        while not store.take_lease(session_id, me, now=1_000, until=2_000):
            pass
        (token,) = store.tokens_of(session_id)
        won += store.replace_token(a_token(session, version=token.version + 1))
        store.drop_lease(session_id, me)
    return won


def die_upgrading(line: Line, url: str, _argument: str) -> None:
    """Stop in the middle of an upgrade of the tables, until killed."""
    line.wait()
    _stop_after(line, "CREATE TABLE trivet_outbox")
    open_store(url)


def die_opening(line: Line, url: str, session_id: str) -> None:
    """Stop in the middle of a sign-in, between its statements, until killed."""
    store, session = open_store(url), a_session(id=session_id)
    line.wait()
    _stop_after(line, "INSERT INTO trivet_sessions")
    store.open_session(session, [a_token(session)])


def die_ending(line: Line, url: str, session_id: str) -> None:
    """Stop in the middle of a logout, with the tokens neither in the session nor in the outbox, until killed."""
    store = open_store(url)
    line.wait()
    _stop_after(line, "DELETE FROM trivet_tokens")
    store.end_session(session_id, now=1_000)


def die_clearing(line: Line, url: str, _argument: str) -> None:
    """Stop in the middle of ending what has expired, until killed."""
    store = open_store(url)
    line.wait()
    _stop_after(line, "DELETE FROM trivet_tokens")
    store.end_expired(now=1_000, limit=100)


def die_replacing(line: Line, url: str, session_id: str) -> None:
    """Stop in the middle of putting another session in place of that one, until killed."""
    store, new = open_store(url), a_session()
    line.wait()
    _stop_after(line, "INSERT INTO trivet_outbox")
    store.open_session(new, [a_token(new)], replacing=session_id)


def _stop_after(line: Line, beginning: str) -> None:
    @event.listens_for(Engine, "after_cursor_execute")
    def halt(_connection: object, _cursor: object, statement: str, *_rest: Any) -> None:
        if beginning in statement:
            line.say("halfway")
            line.listen()


def fork(line: Line, url: str, session_id: str) -> None:
    """Use the store, fork, and use it on both sides at once; then the parent closes it and the child goes on."""
    store = open_store(url)
    line.wait()
    store.open_session(a_session(id=session_id), [])
    parent_has_closed, tell_child = os.pipe()
    child = os.fork()
    _touch_and_look(store, session_id)
    if child == 0:
        os.read(parent_has_closed, 1)
        _touch_and_look(store, session_id)
        store.touch_session(session_id, last_seen_at=3_000_000_000, ends_at=9_000_000_000)
        os._exit(0)  # without closing, as a worker that is killed
    store.close()
    os.write(tell_child, b".")
    line.say(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


def _touch_and_look(store: Store, session_id: str) -> None:
    for seen in range(2_000_000_000, 2_000_000_025):
        store.touch_session(session_id, last_seen_at=seen, ends_at=9_000_000_000)
        session = store.find_session(session_id)
        assert session is not None
        assert session.last_seen_at >= seen


def main(connection: Connection, task: str, url: str, argument: str) -> None:
    line = Line(connection)
    by_themselves = {
        "start": start, "fork": fork, "hold": hold, "die_upgrading": die_upgrading,
        "die_opening": die_opening, "die_ending": die_ending, "die_clearing": die_clearing,
        "die_replacing": die_replacing,
    }  # fmt: skip
    on_a_store = {
        "end": end, "end_expired": end_expired, "claim": claim, "spend": spend, "lease": lease, "refresh": refresh,
        "refresh_leased": refresh_leased,
    }  # fmt: skip
    if task in by_themselves:
        by_themselves[task](line, url, argument)
        return
    store = open_store(url)
    line.wait()
    line.say(on_a_store[task](store, argument))
    store.close()
