"""
A worker process, as the tests of the SQL store need several: ``worker.py <task> <url> <argument>``.

It says ``ready``, waits for a line, does its task, and prints the result.
"""

import os
import sys
from typing import Any

from sqlalchemy import Engine, event

from trivet.store import Store, open_store
from trivet.store.contract import a_session, a_token


def say(word: object) -> None:
    print(word, flush=True)


def wait() -> None:
    say("ready")
    sys.stdin.readline()


def start(url: str, _argument: str) -> None:
    """Open the store only when told to, and use it."""
    wait()
    store, session = open_store(url), a_session()
    store.open_session(session, [a_token(session)])
    say(store.find_session(session.id) == session)
    store.close()


def end(store: Store, session_id: str) -> int:
    return len(store.end_session(session_id))


def spend(store: Store, key: str) -> int:
    return sum(store.spend(f"{key}-{number}", now=1_000, until=2_000) for number in range(50))


def refresh(store: Store, session_id: str) -> int:
    """Write 40 versions, each after whatever version is there, and count those that were taken."""
    session, won = a_session(id=session_id), 0
    for _ in range(40):
        (token,) = store.tokens_of(session_id)
        won += store.replace_token(a_token(session, version=token.version + 1))
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
    """Use the store, fork, and use it on both sides, the child outliving its parent's use."""
    store, later = open_store(url), 2_000_000_000
    wait()
    store.open_session(a_session(id=session_id), [])
    parent_is_done, tell_child = os.pipe()
    child = os.fork()
    if child == 0:
        os.read(parent_is_done, 1)
        for seen in range(100):
            store.touch_session(session_id, later + seen)
            store.open_session(a_session(), [])
        store.close()
        os._exit(0)
    for seen in range(100):
        store.touch_session(session_id, later + seen)
    store.close()
    os.write(tell_child, b".")
    say(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


def main(task: str, url: str, argument: str) -> None:
    by_themselves = {"start": start, "die": die, "fork": fork}
    on_a_store = {"end": end, "spend": spend, "refresh": refresh}
    if task in by_themselves:
        by_themselves[task](url, argument)
        return
    store = open_store(url)
    wait()
    say(on_a_store[task](store, argument))
    store.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
