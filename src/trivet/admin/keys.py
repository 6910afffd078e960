"""
``trivet keys``: the application's secret, and changing it without signing anybody out.

    trivet keys generate       a new secret; make it SECRET_KEY, put the one before into SECRET_KEY_FALLBACKS, restart
    trivet keys reseal         everything goes under the new one, while the site runs
    (restart without the old one in SECRET_KEY_FALLBACKS)
"""

import secrets

import click

from trivet.admin.application import core_of
from trivet.errors import StoreUnavailable


@click.group("keys")
def keys() -> None:
    """Make a secret key, and change over to it."""


@keys.command("generate", short_help="Print a new secret for SECRET_KEY.")
def generate() -> None:
    """Print a new secret for SECRET_KEY: 256 random bits."""
    click.echo(secrets.token_hex(32))


@keys.command("reseal", short_help="Seal everything that is kept under the current SECRET_KEY.")
@click.pass_context
def reseal(context: click.Context) -> None:
    """Seal everything that is kept under the current SECRET_KEY, while the site runs; it can be repeated."""
    try:
        result = core_of(context).resealing.run()
    except StoreUnavailable as error:
        raise click.ClickException(f"{error} What was done stays done; run this again.") from None
    click.echo(f"Sealed anew: {result.anew}. Current already: {result.current}. Do not open: {result.unreadable}.")
    if result.unreadable:
        raise click.ClickException(
            "What does not open was sealed under a secret that is not in SECRET_KEY_FALLBACKS. Its sessions count as "
            "signed out, and its tokens cannot be revoked until that secret is back."
        )
