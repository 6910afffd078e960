"""``trivet sandbox``: run the sandbox until it is interrupted."""

from __future__ import annotations

import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import click

from trivet.sandbox.address import LOOPBACK_HOSTS, AddressRefusedError
from trivet.sandbox.seed import SeedError
from trivet.sandbox.server import Sandbox

if TYPE_CHECKING:
    from types import FrameType

DEFAULT_PORT = 8137


@click.command("sandbox")
@click.option("--host", default="localhost", show_default=True, type=click.Choice(LOOPBACK_HOSTS))
@click.option("--port", default=DEFAULT_PORT, show_default=True, help="0 picks a free one.")
@click.option("--seed", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="People and collections.")
@click.option("--data-dir", type=click.Path(file_okay=False, path_type=Path), help="Keep collections' files here.")
def sandbox(host: str, port: int, seed: Path | None, data_dir: Path | None) -> None:
    """Run a local Globus for development and tests."""
    stopped = threading.Event()
    _stop_on_signals(stopped)
    try:
        with Sandbox(seed, host=host, port=port, data_dir=data_dir) as globus:
            _greet(globus)
            stopped.wait()
    except (AddressRefusedError, SeedError, OSError) as error:
        raise click.ClickException(str(error)) from None


def _stop_on_signals(stopped: threading.Event) -> None:
    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopped.set()

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)


def _greet(globus: Sandbox) -> None:
    click.echo(f"Sandbox, not Globus: {globus.url}\n")
    for name, value in globus.environ.items():
        click.echo(f"export {name}={value}")
    click.echo("\nApplications:")
    for client in globus.clients.values():
        click.echo(
            f"  {client.name}: client id {client.id}" + ("" if client.is_public else f", secret {client.secret}")
        )
    click.echo("\nCtrl-C stops it.")
