"""
What the SQL store says to its database.

The statements are put together once, because that costs SQLAlchemy more than running one costs the database.
"""

from sqlalchemy import BindParameter, ColumnElement, Delete, Table, bindparam, case, delete, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import ReturningInsert

from trivet.store.tables import leases, sessions, spent, tokens

_FORGOTTEN_AT_ONCE = 20  # rows: few, so that nobody is slowed, yet more than the one that a sign-in or a lease adds

_this_session: BindParameter[str] = bindparam("this_session")
_this_server: BindParameter[str] = bindparam("this_server")

open_session = insert(sessions)
find_session = select(sessions.c.sub, sessions.c.user, sessions.c.created_at, sessions.c.last_seen_at).where(
    sessions.c.id == _this_session
)
touch_session = (
    update(sessions)
    .where(sessions.c.id == _this_session, sessions.c.last_seen_at < bindparam("seen_at"))
    .values(last_seen_at=bindparam("seen_at"))
)
end_session = delete(sessions).where(sessions.c.id == _this_session)

keep_tokens = insert(tokens)
tokens_of = select(tokens).where(tokens.c.session_id == _this_session).order_by(tokens.c.resource_server)
find_token = select(tokens.c.version, tokens.c.sealed).where(
    tokens.c.session_id == _this_session, tokens.c.resource_server == _this_server
)
replace_token = (
    update(tokens)
    .where(
        tokens.c.session_id == _this_session,
        tokens.c.resource_server == _this_server,
        tokens.c.version == bindparam("new_version") - 1,
    )
    .values(version=bindparam("new_version"), sealed=bindparam("new_sealed"))
)
# Reading first and deleting then would lose a replacement written in between.
forget_tokens = delete(tokens).where(tokens.c.session_id == _this_session).returning(tokens)


def _is_past(table: Table) -> ColumnElement[bool]:
    return table.c.until <= bindparam("now")


def _forget_some(table: Table) -> Delete:
    # Rows that another transaction is about to remove are skipped: cleaning up waits for nobody, so it cannot deadlock.
    some_past = (
        select(table.c.key)
        .where(_is_past(table))
        .order_by(table.c.until)
        .limit(_FORGOTTEN_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    return delete(table).where(table.c.key.in_(some_past))


forget_some_spent = _forget_some(spent)
forget_some_leases = _forget_some(leases)
drop_lease = delete(leases).where(leases.c.key == bindparam("this_key"), leases.c.holder == bindparam("this_holder"))


def spend(dialect: str) -> ReturningInsert[str]:
    """Return the statement that writes, and returns, one row for the first to use a key up and none for all others."""
    upsert = _upsert(spent, dialect)
    # A key that is remembered past its time must not stand in the way of its next use.
    upsert = upsert.on_conflict_do_update(
        index_elements=[spent.c.key], set_={"until": upsert.excluded.until}, where=_is_past(spent)
    )
    return upsert.returning(spent.c.key)


def take_lease(dialect: str) -> ReturningInsert[str]:
    """Return the statement that writes, and returns, one row for whoever has the lease then and none for all others."""
    upsert = _upsert(leases, dialect)
    new = upsert.excluded
    # A renewal that was held up must not undo a later one. What has run out is always the earlier of the two.
    later = case((leases.c.until > new.until, leases.c.until), else_=new.until)
    upsert = upsert.on_conflict_do_update(
        index_elements=[leases.c.key],
        set_={"holder": new.holder, "until": later},
        where=or_(_is_past(leases), leases.c.holder == new.holder),
    )
    return upsert.returning(leases.c.key)


def _upsert(table: Table, dialect: str) -> sqlite.Insert | postgresql.Insert:
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)
