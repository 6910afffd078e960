"""Whatever is asked of them, in whatever order, the SQL store and the one in memory give the same answers."""

import tempfile

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from trivet.store import SessionRecord, TokenRecord
from trivet.store.memory import MemoryStore
from trivet.store.sql import SqlStore

ids = st.sampled_from(["a", "b", "B", "ü"])
servers = st.sampled_from(["auth", "transfer", "Transfer", "é"])
times = st.integers(0, 40)
versions = st.integers(0, 4)


class Stores(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.directory = tempfile.TemporaryDirectory(prefix="trivet-model-")
        self.memory = MemoryStore()
        self.sql = SqlStore(f"sqlite:///{self.directory.name}/trivet.db")

    def teardown(self) -> None:
        self.sql.close()
        self.directory.cleanup()

    @rule(session_id=ids, user=st.text(max_size=5), time=times, held=st.sets(servers), replacing=st.none() | ids)
    def open(self, session_id: str, user: str, time: int, held: set[str], replacing: str | None) -> None:
        if self.memory.find_session(session_id) and replacing != session_id:
            return  # ids are random: none is ever opened twice
        session = SessionRecord(session_id, "sub", user, time, time)
        tokens = [TokenRecord(session_id, server, 1, server.encode()) for server in held]
        ended = [store.open_session(session, tokens, replacing=replacing) for store in (self.memory, self.sql)]
        assert ended[0] == ended[1]
        self.look(session_id)

    @rule(session_id=ids, time=times)
    def touch(self, session_id: str, time: int) -> None:
        for store in (self.memory, self.sql):
            store.touch_session(session_id, time)
        self.look(session_id)

    @rule(session_id=ids)
    def end(self, session_id: str) -> None:
        assert self.memory.end_session(session_id) == self.sql.end_session(session_id)
        self.look(session_id)

    @rule(session_id=ids, server=servers, version=versions, sealed=st.binary(max_size=5))
    def replace(self, session_id: str, server: str, version: int, sealed: bytes) -> None:
        token = TokenRecord(session_id, server, version, sealed)
        assert self.memory.replace_token(token) == self.sql.replace_token(token)
        assert self.memory.find_token(session_id, server) == self.sql.find_token(session_id, server)
        self.look(session_id)

    @rule(key=ids, now=times, ahead=st.integers(1, 20))
    def spend(self, key: str, now: int, ahead: int) -> None:
        assert self.memory.spend(key, now=now, until=now + ahead) == self.sql.spend(key, now=now, until=now + ahead)

    @rule(key=ids, holder=ids, now=times, ahead=st.integers(1, 20))
    def take_lease(self, key: str, holder: str, now: int, ahead: int) -> None:
        taken = [store.take_lease(key, holder, now=now, until=now + ahead) for store in (self.memory, self.sql)]
        assert taken[0] == taken[1]

    @rule(key=ids, holder=ids)
    def drop_lease(self, key: str, holder: str) -> None:
        for store in (self.memory, self.sql):
            store.drop_lease(key, holder)

    def look(self, session_id: str) -> None:
        assert self.memory.find_session(session_id) == self.sql.find_session(session_id)
        assert self.memory.tokens_of(session_id) == self.sql.tokens_of(session_id)


TestStores = Stores.TestCase
TestStores.settings = settings(max_examples=30, stateful_step_count=30, deadline=None, database=None)
