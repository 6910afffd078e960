"""The tables of the SQL store, and how they come to be."""

from sqlalchemy import BigInteger, Column, Connection, Index, Integer, LargeBinary, MetaData, Table, Text, text

__all__ = ["create_missing", "leases", "sessions", "spent", "tokens"]

# Bytewise order, on PostgreSQL too: every store sorts alike, and a key is found without asking a locale.
_Key = Text().with_variant(Text(collation="C"), "postgresql")

_metadata = MetaData()

# The names carry a prefix because the database may be the application's own.
sessions = Table(
    "trivet_sessions",
    _metadata,
    Column("id", _Key, primary_key=True),
    Column("sub", _Key, nullable=False),
    Column("user", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("last_seen_at", BigInteger, nullable=False),
)

tokens = Table(
    "trivet_tokens",
    _metadata,
    Column("session_id", _Key, primary_key=True),
    Column("resource_server", _Key, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)

spent = Table(
    "trivet_spent",
    _metadata,
    Column("key", _Key, primary_key=True),
    Column("until", BigInteger, nullable=False),
)
Index("trivet_spent_until", spent.c.until)  # so that what has expired is found without a full scan

leases = Table(
    "trivet_leases",
    _metadata,
    Column("key", _Key, primary_key=True),
    Column("holder", _Key, nullable=False),
    Column("until", BigInteger, nullable=False),
)
Index("trivet_leases_until", leases.c.until)

_CREATING = 7_478_193  # any number, the same in every version of Trivet: it names our advisory lock


def create_missing(connection: Connection) -> None:
    """Create the tables that are not there yet, within the caller's transaction."""
    if connection.dialect.name == "postgresql":
        # Two workers that start together would both find the table missing, and one would fail to create it. SQLite
        # needs nothing: its write transactions exclude each other.
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _CREATING})
    _metadata.create_all(connection)
