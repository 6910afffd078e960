"""The tables of the SQL store, as its statements name them; how they come to be stands in `schema`."""

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, MetaData, Table, Text

__all__ = ["kept", "leases", "metadata", "outbox", "schema", "sessions", "spent", "tokens"]

metadata = MetaData()

# The names carry a prefix because the database may be the application's own.
sessions = Table(
    "trivet_sessions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("sub", Text, nullable=False),
    Column("user", Text, nullable=False),
    Column("seen_from", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("last_seen_at", BigInteger, nullable=False),
    Column("ends_at", BigInteger, nullable=False),
)

tokens = Table(
    "trivet_tokens",
    metadata,
    Column("session_id", Text, primary_key=True),
    Column("resource_server", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)

outbox = Table(
    "trivet_outbox",
    metadata,
    Column("session_id", Text, primary_key=True),
    Column("resource_server", Text, primary_key=True),
    Column("sub", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("added_at", BigInteger, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False),
)

kept = Table(
    "trivet_kept",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", LargeBinary, nullable=False),
    Column("until", BigInteger, nullable=False),
)

spent = Table(
    "trivet_spent",
    metadata,
    Column("key", Text, primary_key=True),
    Column("until", BigInteger, nullable=False),
)

leases = Table(
    "trivet_leases",
    metadata,
    Column("key", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("until", BigInteger, nullable=False),
)

schema = Table("trivet_schema", metadata, Column("version", Integer, primary_key=True))
