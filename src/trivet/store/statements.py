"""
What the SQL store says to its database.

The statements are put together once, because that costs SQLAlchemy more than running one costs the database.
"""

from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Delete,
    Select,
    Table,
    bindparam,
    case,
    delete,
    insert,
    literal_column,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import ReturningInsert

from trivet.store.tables import kept, leases, outbox, sessions, spent, tokens

_FORGOTTEN_AT_ONCE = 20  # rows: few, so that nobody is slowed, yet more than the one that a sign-in or a lease adds

_this_session: BindParameter[str] = bindparam("this_session")
_this_server: BindParameter[str] = bindparam("this_server")
_limit: BindParameter[int] = bindparam("limit")
_no_offset: ColumnElement[int] = literal_column(
    "0"
)  # said outright: left out, SQLAlchemy adds it for SQLite, as one more value to bind
_now: BindParameter[int] = bindparam("now")
_after: BindParameter[str] = bindparam("after")

# Sessions

open_session = insert(sessions)
find_session = select(sessions).where(sessions.c.id == _this_session)
touch_session = (
    update(sessions)
    .where(sessions.c.id == _this_session, sessions.c.last_seen_at < bindparam("seen_at"))
    .values(last_seen_at=bindparam("seen_at"), ends_at=bindparam("new_end"))
)
end_session = delete(sessions).where(sessions.c.id == _this_session).returning(sessions.c.sub)
expired_sessions = (
    select(sessions)
    .where(sessions.c.ends_at <= _now)
    .order_by(sessions.c.ends_at, sessions.c.id)
    .limit(_limit)
    .with_for_update(skip_locked=True)
)
end_sessions = delete(sessions).where(sessions.c.id.in_(bindparam("these_sessions", expanding=True)))
sessions_of = select(sessions).where(sessions.c.sub == bindparam("sub")).order_by(sessions.c.created_at, sessions.c.id)
scan_sessions = select(sessions).where(sessions.c.id > _after).order_by(sessions.c.id).limit(_limit).offset(_no_offset)

# Tokens

keep_tokens = insert(tokens)
tokens_of = select(tokens).where(tokens.c.session_id == _this_session).order_by(tokens.c.resource_server)
_this_token = (tokens.c.session_id == _this_session, tokens.c.resource_server == _this_server)
find_token = select(tokens).where(*_this_token)
replace_token = (
    update(tokens)
    .where(*_this_token, tokens.c.version == bindparam("new_version") - 1)
    .values(version=bindparam("new_version"), sealed=bindparam("new_sealed"))
)
reseal_token = (
    update(tokens)
    .where(*_this_token, tokens.c.version == bindparam("this_version"), tokens.c.sealed == bindparam("old_sealed"))
    .values(sealed=bindparam("new_sealed"))
)
# Reading first and deleting then would lose a replacement written in between.
forget_tokens = (
    delete(tokens).where(tokens.c.session_id.in_(bindparam("these_sessions", expanding=True))).returning(tokens)
)

# The outbox

_this_revocation = (outbox.c.session_id == _this_session, outbox.c.resource_server == _this_server)


def _due(*conditions: ColumnElement[bool]) -> Select[Any]:
    return (
        select(outbox)
        .where(outbox.c.due_at <= _now, *conditions)
        .order_by(outbox.c.due_at, outbox.c.session_id, outbox.c.resource_server)
        .limit(_limit)
        .with_for_update(skip_locked=True)
    )


due_revocations = _due()
due_revocations_of = _due(outbox.c.session_id == _this_session)
claim_revocation = (
    update(outbox).where(*_this_revocation).values(due_at=bindparam("until"), attempts=outbox.c.attempts + 1)
)
postpone_revocation = update(outbox).where(*_this_revocation).values(due_at=bindparam("new_due"))
settle_revocation = delete(outbox).where(*_this_revocation)
scan_revocations = (
    select(outbox)
    .where(tuple_(outbox.c.session_id, outbox.c.resource_server) > tuple_(_after, bindparam("after_server")))
    .order_by(outbox.c.session_id, outbox.c.resource_server)
    .limit(_limit)
    .offset(_no_offset)
)
reseal_revocation = (
    update(outbox)
    .where(*_this_revocation, outbox.c.sealed == bindparam("old_sealed"))
    .values(sealed=bindparam("new_sealed"))
)


def add_revocation(dialect: str) -> sqlite.Insert | postgresql.Insert:
    """Return the statement that puts one row into the outbox, unless it is there."""
    return _upsert(outbox, dialect).on_conflict_do_nothing()


# What is kept, spent and leased


def _is_past(table: Table) -> ColumnElement[bool]:
    return table.c.until <= _now


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


forget_some_kept = _forget_some(kept)
forget_some_spent = _forget_some(spent)
forget_some_leases = _forget_some(leases)
find_kept = select(kept.c.value).where(kept.c.key == bindparam("this_key"), kept.c.until > _now)
take_kept = delete(kept).where(kept.c.key == bindparam("this_key")).returning(kept.c.value, kept.c.until)
drop_lease = delete(leases).where(leases.c.key == bindparam("this_key"), leases.c.holder == bindparam("this_holder"))


def keep(dialect: str) -> sqlite.Insert | postgresql.Insert:
    """Return the statement that keeps one value, in place of what is there."""
    upsert = _upsert(kept, dialect)
    new = upsert.excluded
    return upsert.on_conflict_do_update(index_elements=[kept.c.key], set_={"value": new.value, "until": new.until})


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
