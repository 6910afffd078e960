"""``trivet outbox``: what is still to be revoked, without the tokens themselves."""

import time

import click

from trivet.admin.application import core_of
from trivet.errors import StoreUnavailable


@click.command("outbox")
@click.pass_context
def outbox(context: click.Context) -> None:
    """List what is still to be revoked at Globus."""
    count, unreadable, now = 0, 0, time.time()
    try:
        for each in core_of(context).outbox.waiting():
            count += 1
            unreadable += not each.readable
            wait = f"in {_span(each.due_at - now)}" if each.due_at > now else "now"
            note = "" if each.readable else "  (does not open)"
            click.echo(
                f"{each.resource_server}  of {each.sub or 'unknown'}  waiting for {_span(now - each.added_at)}"
                f"  attempts {each.attempts}  next {wait}{note}"
            )
    except StoreUnavailable as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"Revocations waiting: {count}.")
    if unreadable:
        click.echo(f"{unreadable} do not open: put the SECRET_KEY that sealed them into SECRET_KEY_FALLBACKS.")


def _span(seconds: float) -> str:
    for unit, name in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= unit:
            return f"{seconds / unit:.0f} {name}"
    return f"{max(seconds, 0):.0f} s"
