"""``trivet sweep``: once, for cron."""

import click

from trivet.admin.application import core_of
from trivet.errors import StoreUnavailable


@click.command("sweep")
@click.pass_context
def sweep(context: click.Context) -> None:
    """End what has run out, and revoke what is to be revoked."""
    try:
        swept = core_of(context).sweeper.sweep()
    except StoreUnavailable as error:
        raise click.ClickException(str(error)) from None
    if swept is None:
        click.echo("Another process is sweeping just now.")
        return
    click.echo(f"Sessions that had run out: {swept.ended}. Revocations tried: {swept.looked_at}.")
    if not swept.answered:
        raise click.ClickException("Globus did not revoke everything; the rest is tried again. See `trivet outbox`.")
