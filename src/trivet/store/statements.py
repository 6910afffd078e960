"""
What the SQL store says to its database.

The statements are put together once, because that costs SQLAlchemy more than running one costs the database.
"""

from sqlalchemy import BindParameter, bindparam, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import ReturningInsert

from trivet.store.tables import sessions, spent, tokens

_FORGOTTEN_AT_ONCE = 20  # rows: few, so that no sign-in is slow, yet more than the one that a sign-in adds

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

_is_past = spent.c.until <= bindparam("now")
# Rows that another transaction is about to remove are skipped: cleaning up waits for nobody, so it cannot deadlock.
_some_past = (
    select(spent.c.key)
    .where(_is_past)
    .order_by(spent.c.until)
    .limit(_FORGOTTEN_AT_ONCE)
    .with_for_update(skip_locked=True)
)
forget_some_spent = delete(spent).where(spent.c.key.in_(_some_past))


def spend(dialect: str) -> ReturningInsert[str]:
    """Return the statement that writes, and returns, one row for the first to use a key up and none for all others."""
    upsert = sqlite.insert(spent) if dialect == "sqlite" else postgresql.insert(spent)
    # A key that is remembered past its time must not stand in the way of its next use.
    upsert = upsert.on_conflict_do_update(
        index_elements=[spent.c.key], set_={"until": upsert.excluded.until}, where=_is_past
    )
    return upsert.returning(spent.c.key)
