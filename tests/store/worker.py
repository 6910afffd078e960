"""
A worker process, as the tests of the SQL store need several: ``worker.py <task> <url> <argument>``.

It says ``ready``, waits for a line, does its task, and prints the result.
"""

import os
import sys
from typing import Any

from sqlalchemy import Engine, event

from trivet.store import Store, open_store
from trivet.store.contract import a_session, a_token, together


def say(word: object) -> None:
    print(word, flush=True)


def wait() -> None:
    say("ready")
    sys.stdin.readline()


def start(url: str, _argument: str) -> None:
    """Open the store only when told to, in several threads at once, and use it."""

    def open_and_use() -> bool:
        store, session = open_store(url), a_session()
        store.open_session(session, [a_token(session)])
        found = store.find_session(session.id)
        leased = store.take_lease(session.id, "me", now=1_000, until=2_000)
        store.close()
        return found == session and leased

    wait()
    say(all(together(*[open_and_use] * 4)))


def end(store: Store, session_id: str) -> int:
    return len(store.end_session(session_id))


def spend(store: Store, key: str) -> int:
    return sum(store.spend(f"{key}-{number}", now=1_000, until=2_000) for number in range(50))


def lease(store: Store, key: str) -> str:
    """Try to take fifty leases, and name those that were taken."""
    me = str(os.getpid())
    return " ".join(
        str(number) for number in range(50) if store.take_lease(f"{key}-{number}", me, now=1_000, until=2_000)
    )


def hold(url: str, key: str) -> None:
    """Take a lease and keep it until killed."""
    store = open_store(url)
    wait()
    say(store.take_lease(key, str(os.getpid()), now=1_000, until=2_000))
    sys.stdin.readline()


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


def die(url: str, session_id: str) -> None:
    """Stop in the middle of a sign-in, between its statements, until killed."""
    store, session = open_store(url), a_session(id=session_id)
    wait()

    @event.listens_for(Engine, "after_cursor_execute")
    def halt(_connection: object, _cursor: object, statement: str, *_rest: Any) -> None:
        if "INSERT INTO trivet_tokens" in statement:
            say("halfway")
            sys.stdin.readline()

    store.open_session(session, [a_token(session)])


def fork(url: str, session_id: str) -> None:
    """Use the store, fork, and use it on both sides at once; then the parent closes it and the child goes on."""
    store = open_store(url)
    wait()
    store.open_session(a_session(id=session_id), [])
    parent_has_closed, tell_child = os.pipe()
    child = os.fork()
    _touch_and_look(store, session_id)
    if child == 0:
        os.read(parent_has_closed, 1)
        _touch_and_look(store, session_id)
        store.touch_session(session_id, 3_000_000_000)
        os._exit(0)  # without closing, as a worker that is killed
    store.close()
    os.write(tell_child, b".")
    say(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


def _touch_and_look(store: Store, session_id: str) -> None:
    for seen in range(2_000_000_000, 2_000_000_100):
        store.touch_session(session_id, seen)
        session = store.find_session(session_id)
        assert session is not None
        assert session.last_seen_at >= seen


def main(task: str, url: str, argument: str) -> None:
    by_themselves = {"start": start, "die": die, "fork": fork, "hold": hold}
    on_a_store = {"end": end, "spend": spend, "lease": lease, "refresh": refresh, "refresh_leased": refresh_leased}
    if task in by_themselves:
        by_themselves[task](url, argument)
        return
    store = open_store(url)
    wait()
    say(on_a_store[task](store, argument))
    store.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
