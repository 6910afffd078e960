"""Whatever is asked of them, in whatever order, a real store and the one in memory give the same answers."""

from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from redis import Redis

from trivet.store import RevocationRecord, SessionRecord, Store, TokenRecord, open_store
from trivet.store.contract.records import everything
from trivet.store.memory import MemoryStore

T = TypeVar("T")

RUNS = settings(max_examples=30, stateful_step_count=30, database=None)

ids = st.sampled_from(["a", "b", "B", "ü"])
servers = st.sampled_from(["auth", "transfer", "Transfer", "é"])
times = st.integers(0, 40)
aheads = st.integers(1, 20)
limits = st.integers(1, 3)
versions = st.integers(0, 4)
sealed_bytes = st.binary(max_size=2)


class Stores(RuleBasedStateMachine):
    def __init__(self, store: Store) -> None:
        super().__init__()
        self.memory = MemoryStore()
        self.store = store
        self.opened: list[str] = []  # the ids of all sessions there have ever been; none is used twice
        self.now = 0  # what is kept, spent or leased may be forgotten when its time is over, so that time goes forward

    def teardown(self) -> None:
        self.store.close()

    def ask(self, question: Callable[[Store], T]) -> T:
        answer = question(self.memory)
        assert question(self.store) == answer
        return answer

    def session(self, number: int) -> str:
        return self.opened[number % len(self.opened)] if self.opened else "unknown"

    def revocation(self, number: int, server: str, sealed: bytes = b"") -> RevocationRecord:
        return RevocationRecord(self.session(number), server, "sub", sealed, 0, 0, 0)

    @rule(
        sub=ids, user=st.text(max_size=5), time=times, ahead=aheads, held=st.sets(servers),
        replacing=st.none() | versions, handed_on=st.lists(st.tuples(servers, st.integers(1, 2)), max_size=2),
    )  # fmt: skip
    def open(
        self,
        sub: str,
        user: str,
        time: int,
        ahead: int,
        held: set[str],
        replacing: int | None,
        handed_on: list[tuple[str, int]],
    ) -> None:
        session = SessionRecord(f"{sub}{len(self.opened)}", sub, user, user, time, time, time + ahead)
        tokens = [TokenRecord(session.id, server, 1, server.encode()) for server in held]
        old = None if replacing is None else self.session(replacing)
        records = [TokenRecord(old or "", server, version, b"") for server, version in handed_on]
        self.ask(lambda store: store.open_session(session, tokens, replacing=old, handed_on=records))
        self.opened.append(session.id)

    @rule(number=versions, time=times, ahead=aheads)
    def touch(self, number: int, time: int, ahead: int) -> None:
        self.ask(lambda store: store.touch_session(self.session(number), last_seen_at=time, ends_at=time + ahead))

    @rule(number=versions, now=times)
    def end(self, number: int, now: int) -> None:
        self.ask(lambda store: store.end_session(self.session(number), now=now))

    @rule(now=times, limit=limits)
    def end_expired(self, now: int, limit: int) -> None:
        self.ask(lambda store: store.end_expired(now=now, limit=limit))

    @rule(number=versions, server=servers, version=versions, sealed=sealed_bytes)
    def replace(self, number: int, server: str, version: int, sealed: bytes) -> None:
        token = TokenRecord(self.session(number), server, version, sealed)
        self.ask(lambda store: store.replace_token(token))

    @rule(number=versions, server=servers, version=versions, sealed=sealed_bytes)
    def reseal(self, number: int, server: str, version: int, sealed: bytes) -> None:
        stored = self.memory.find_token(self.session(number), server)
        token = stored or TokenRecord(self.session(number), server, version, sealed)
        self.ask(lambda store: store.reseal_token(token, sealed))
        self.ask(lambda store: store.reseal_token(token, b"again"))

    @rule(number=versions, server=servers, sealed=sealed_bytes, due_at=times)
    def add_revocation(self, number: int, server: str, sealed: bytes, due_at: int) -> None:
        revocation = RevocationRecord(self.session(number), server, "sub", sealed, due_at, due_at, 0)
        self.ask(lambda store: store.add_revocation(revocation))

    @rule(now=times, ahead=aheads, limit=limits, number=st.none() | versions)
    def claim(self, now: int, ahead: int, limit: int, number: int | None) -> None:
        session_id = None if number is None else self.session(number)
        self.ask(lambda store: store.claim_revocations(now=now, until=now + ahead, limit=limit, session_id=session_id))

    @rule(number=versions, server=servers, due_at=times)
    def postpone(self, number: int, server: str, due_at: int) -> None:
        self.ask(lambda store: store.postpone_revocation(self.revocation(number, server), due_at=due_at))

    @rule(number=versions, server=servers)
    def settle(self, number: int, server: str) -> None:
        self.ask(lambda store: store.settle_revocation(self.revocation(number, server)))

    @rule(number=versions, server=servers, sealed=sealed_bytes)
    def reseal_revocation(self, number: int, server: str, sealed: bytes) -> None:
        self.ask(lambda store: store.reseal_revocation(self.revocation(number, server, server.encode()), sealed))

    @rule(seconds=aheads)
    def wait(self, seconds: int) -> None:
        self.now += seconds

    @rule(key=ids, value=sealed_bytes, ahead=aheads)
    def keep(self, key: str, value: bytes, ahead: int) -> None:
        self.ask(lambda store: store.keep(key, value, now=self.now, until=self.now + ahead))

    @rule(key=ids, taking=st.booleans())
    def look_at_what_is_kept(self, key: str, taking: bool) -> None:
        self.ask(lambda store: store.take(key, now=self.now) if taking else store.kept(key, now=self.now))

    @rule(key=ids, ahead=aheads)
    def spend(self, key: str, ahead: int) -> None:
        self.ask(lambda store: store.spend(key, now=self.now, until=self.now + ahead))

    @rule(key=ids, holder=ids, ahead=aheads)
    def take_lease(self, key: str, holder: str, ahead: int) -> None:
        self.ask(lambda store: store.take_lease(key, holder, now=self.now, until=self.now + ahead))

    @rule(key=ids, holder=ids)
    def drop_lease(self, key: str, holder: str) -> None:
        self.ask(lambda store: store.drop_lease(key, holder))

    @rule(sub=ids, limit=limits)
    def look_through_all(self, sub: str, limit: int) -> None:
        self.ask(lambda store: store.sessions_of(sub))
        self.ask(lambda store: set(everything(store.scan_sessions, limit=limit)))
        self.ask(lambda store: set(everything(store.scan_revocations, limit=limit)))

    @invariant()
    def all_is_alike(self) -> None:
        self.ask(lambda store: set(everything(store.scan_sessions)))
        self.ask(lambda store: set(everything(store.scan_revocations)))
        for session_id in self.opened:
            self.ask(lambda store, session_id=session_id: store.tokens_of(session_id))  # type: ignore[misc]


def test_sqlite_gives_the_same_answers(tmp_path: Path) -> None:
    """On SQLite, and so on PostgreSQL, which is told the same."""
    files = count()
    run_state_machine_as_test(lambda: Stores(open_store(f"sqlite:///{tmp_path}/{next(files)}.db")), settings=RUNS)


def test_valkey_gives_the_same_answers(valkey_url: str, valkey_client: Redis) -> None:
    """On Valkey, and so on Redis."""

    def on_an_empty_server() -> Stores:
        valkey_client.flushall()
        return Stores(open_store(valkey_url))

    run_state_machine_as_test(on_an_empty_server, settings=RUNS)
