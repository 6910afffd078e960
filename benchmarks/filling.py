"""Sessions by the hundred thousand, put straight into a store's server, and how many bytes it needs for them."""

import hashlib
from dataclasses import dataclass, replace

import psycopg
from redis import Redis

from trivet.store import SessionRecord, TokenRecord, open_store, scripts
from trivet.store.redis import opening

_AT_ONCE = 1_000  # sessions per message to Valkey
_ID_CHARACTERS = 43

# What `_id` computes, and two sessions for each person, as people have: at work and at home.
_ID = f"left(encode(sha256(number::text::bytea), 'hex'), {_ID_CHARACTERS})"
_SUB = "md5('person ' || number / 2)"


@dataclass(frozen=True, slots=True)
class Template:
    """A session as somebody's sign-in left it, of which any number of others can be made."""

    session: SessionRecord
    tokens: list[TokenRecord]

    def copy(self, number: int, ends_at: int) -> tuple[SessionRecord, list[TokenRecord]]:
        """Return that session for another browser, and every second time for another person."""
        sub = hashlib.md5(f"person {number // 2}".encode()).hexdigest()
        session = replace(self.session, id=_id(number), sub=sub, ends_at=ends_at)
        return session, [replace(token, session_id=session.id) for token in self.tokens]


def only_session(url: str) -> Template:
    """Return the one session that is in that store."""
    store = open_store(url)
    (session,), _ = store.scan_sessions(limit=10)
    tokens = store.tokens_of(session.id)
    store.close()
    return Template(session, tokens)


def fill(url: str, template: Template, numbers: range, *, ends_at: int) -> None:
    """Add one session for each of *numbers*, all over at *ends_at*; no number may come twice."""
    put = _fill_postgresql if url.startswith("postgresql") else _fill_valkey
    put(url, template, numbers, ends_at)


def stored_bytes(url: str) -> int:
    """Return what the server uses: memory of Valkey, files of PostgreSQL."""
    if url.startswith("postgresql"):
        with psycopg.connect(url) as connection:
            row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
            assert row
            return int(row[0])
    with Redis.from_url(url) as client:
        return int(client.info("memory")["used_memory"])


def _id(number: int) -> str:
    return hashlib.sha256(str(number).encode()).hexdigest()[:_ID_CHARACTERS]


def _fill_valkey(url: str, template: Template, numbers: range, ends_at: int) -> None:
    with Redis.from_url(url) as client:
        client.script_load(scripts.open_session.text)
        for first in range(numbers.start, numbers.stop, _AT_ONCE):
            with client.pipeline(transaction=False) as together:
                for number in range(first, min(first + _AT_ONCE, numbers.stop)):
                    together.evalsha(scripts.open_session.sha, 0, *opening(*template.copy(number, ends_at)))
                together.execute()


def _fill_postgresql(url: str, template: Template, numbers: range, ends_at: int) -> None:
    session, several = template.session, (numbers.start, numbers.stop - 1)
    with psycopg.connect(url) as connection:
        connection.execute(
            f"""
            INSERT INTO trivet_sessions (id, sub, "user", seen_from, created_at, last_seen_at, ends_at)
            SELECT {_ID}, {_SUB}, %s, %s, %s, %s, %s FROM generate_series(%s::bigint, %s::bigint) AS number
            """.encode(),
            (session.user, session.seen_from, session.created_at, session.last_seen_at, ends_at, *several),
        )
        for token in template.tokens:
            connection.execute(
                f"""
                INSERT INTO trivet_tokens (session_id, resource_server, version, sealed)
                SELECT {_ID}, %s, %s, %s FROM generate_series(%s::bigint, %s::bigint) AS number
                """.encode(),
                (token.resource_server, token.version, token.sealed, *several),
            )
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE trivet_sessions, trivet_tokens")  # as its daemon does sooner or later
