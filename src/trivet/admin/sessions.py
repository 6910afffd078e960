"""``trivet sessions``: who is signed in where, and the end of it."""

from collections.abc import Iterator
from datetime import UTC, datetime

import click

from trivet.admin.application import core_of
from trivet.core import Core
from trivet.errors import StoreUnavailable
from trivet.session import Session

REASON = "administrator"


@click.group("sessions")
def sessions() -> None:
    """List sessions, and end them."""


@sessions.command("list", short_help="List who is signed in, and where.")
@click.option("--user", metavar="SUB_OR_USERNAME", help="Only this person's.")
@click.pass_context
def list_sessions(context: click.Context, user: str | None) -> None:
    """List who is signed in, and where."""
    core, count = core_of(context), 0
    try:
        for session in _chosen(core, user):
            if core.sessions.is_over(session):
                continue
            count += 1
            name = session.user.username or session.sub
            seen = _moment(session.last_seen_at)
            click.echo(f"{session.id}  {name}  last seen {seen}  {session.seen_from or 'unknown'}")
    except StoreUnavailable as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"Sessions: {count}.")


@sessions.command("end", short_help="End one session, and have its tokens revoked.")
@click.argument("session_id")
@click.pass_context
def end_session(context: click.Context, session_id: str) -> None:
    """End the session SESSION_ID, and have its tokens revoked."""
    core = core_of(context)
    try:
        session = core.sessions.by_id(session_id)
        if session is None:
            raise click.ClickException("There is no such session; `trivet sessions list` shows those that there are.")
        core.logout.end(session, reason=REASON)
    except StoreUnavailable as error:
        raise click.ClickException(str(error)) from None
    click.echo("Ended.")


@sessions.command("end-all", short_help="End all sessions, or all of one person.")
@click.option("--user", metavar="SUB_OR_USERNAME", help="Only this person's.")
@click.confirmation_option(prompt="This signs people out at once. Go on?")
@click.pass_context
def end_all(context: click.Context, user: str | None) -> None:
    """End all sessions, or all of one person, and have their tokens revoked."""
    core = core_of(context)
    try:
        count = 0
        while subs := {session.sub for session in _chosen(core, user)}:  # until none is left: people go on signing in
            count += sum(core.logout.end_all(sub, reason=REASON) for sub in sorted(subs))
    except StoreUnavailable as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"Sessions ended: {count}.")


def _chosen(core: Core, user: str | None) -> Iterator[Session]:
    for session in core.sessions.scan():
        if user is None or user in {session.sub, session.user.username}:
            yield session


def _moment(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M} UTC"
