"""What every store promises to many processes: they may start, work, fork and be killed as they like."""

import signal
from collections.abc import Callable

from trivet.store import RevocationRecord, Store
from trivet.store.contract import a_revocation, a_session, a_token, together
from workers import workers

PROCESSES = 4


def outbox(store: Store) -> list[RevocationRecord]:
    return store.scan_revocations(limit=1_000)[0]


def test_four_workers_may_start_at_once(url: str) -> None:
    """On an empty database, every one of them finds or creates what it needs, and can use it at once."""
    with workers(PROCESSES, "start", url) as started:
        assert [worker.hear() for worker in started] == [True] * PROCESSES


def test_one_process_ends_a_session(opened: Callable[[str], Store], url: str) -> None:
    """Of many processes that end a session, one is told so, and its token is in the outbox."""
    store, session = opened(url), a_session()
    token = a_token(session)
    store.open_session(session, [token])
    with workers(PROCESSES, "end", url, session.id) as started:
        assert sorted(worker.hear() for worker in started) == [False] * (PROCESSES - 1) + [True]
    assert [revocation.sealed for revocation in outbox(store)] == [token.sealed]


def test_processes_share_out_what_has_expired(opened: Callable[[str], Store], url: str) -> None:
    """However many processes clear up together, each session is ended by one of them, and none waits in vain."""
    store, sessions = opened(url), [a_session(ends_at=1_000) for _ in range(60)]
    for session in sessions:
        store.open_session(session, [a_token(session)])
    with workers(PROCESSES, "end_expired", url) as started:
        ended = [session_id for worker in started for session_id in worker.hear()]
    assert sorted(ended) == sorted(session.id for session in sessions)
    assert sorted(revocation.session_id for revocation in outbox(store)) == sorted(ended)


def test_processes_share_out_the_outbox(opened: Callable[[str], Store], url: str) -> None:
    """However many processes claim together, each revocation is claimed by one of them."""
    store, revocations = opened(url), [a_revocation(due_at=1_000) for _ in range(60)]
    for revocation in revocations:
        store.add_revocation(revocation)
    with workers(PROCESSES, "claim", url) as started:
        claimed = [session_id for worker in started for session_id in worker.hear()]
    assert sorted(claimed) == sorted(revocation.session_id for revocation in revocations)


def test_one_process_spends_a_key(opened: Callable[[str], Store], url: str) -> None:
    """Of many processes that spend the same fifty keys, each key is spent by one."""
    opened(url)
    with workers(PROCESSES, "spend", url, "key") as started:
        assert sum(worker.hear() for worker in started) == 50


def test_one_process_takes_a_lease(opened: Callable[[str], Store], url: str) -> None:
    """Of many processes that want the same fifty leases, each goes to one, free or left behind by the dead."""
    store = opened(url)
    for number in range(0, 50, 2):
        store.take_lease(f"key-{number}", "dead", now=900, until=1_000)
    with workers(2 * PROCESSES, "lease", url, "key") as started:
        taken = [number for worker in started for number in worker.hear()]
    assert sorted(taken) == list(range(50))


def test_a_lease_keeps_processes_from_writing_in_vain(opened: Callable[[str], Store], url: str) -> None:
    """When every process reads and replaces a token only while it has the lease, no replacement is refused."""
    store, session = opened(url), a_session()
    store.open_session(session, [a_token(session)])
    with workers(PROCESSES, "refresh_leased", url, session.id) as started:
        assert [worker.hear() for worker in started] == [10] * PROCESSES
    assert store.tokens_of(session.id)[0].version == 1 + 10 * PROCESSES


def test_the_lease_of_a_killed_process_runs_out(opened: Callable[[str], Store], url: str) -> None:
    """Until its second nobody else has it; from then on others do, and exactly one of them."""
    store = opened(url)
    with workers(1, "hold", url, "key") as (worker,):
        assert worker.hear() is True
        worker.kill()
        assert worker.process.exitcode == -signal.SIGKILL
    assert store.take_lease("key", "heir", now=1_999, until=3_000) is False
    heirs = [f"heir-{number}" for number in range(8)]
    taken = together(*[lambda heir=heir: store.take_lease("key", heir, now=2_000, until=3_000) for heir in heirs])
    assert sum(taken) == 1


def test_processes_replace_a_token_in_turn(opened: Callable[[str], Store], url: str) -> None:
    """Every replacement that was taken is a version, so that none has overwritten another."""
    store, session = opened(url), a_session()
    store.open_session(session, [a_token(session)])
    with workers(PROCESSES, "refresh", url, session.id) as started:
        won = sum(worker.hear() for worker in started)
    assert store.tokens_of(session.id)[0].version == 1 + won


def test_a_fork_shares_nothing(opened: Callable[[str], Store], url: str) -> None:
    """A store opened before a fork, as by ``gunicorn --preload``, works on both sides and loses nothing."""
    session = a_session()
    with workers(1, "fork", url, session.id) as (worker,):
        assert worker.hear() == 0
    found = opened(url).find_session(session.id)
    assert found is not None
    assert found.last_seen_at == 3_000_000_000
