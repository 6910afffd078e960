"""``trivet sandbox``: run it until it is interrupted; ``env``: how to talk to it. What asks it is in ``remote.py``."""

from __future__ import annotations

import gc
import logging
import shlex
import signal
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING

import click

from trivet.sandbox.address import AddressRefusedError, check_issuer, environment, origin
from trivet.sandbox.remote import DEFAULT_PORT, add_remote
from trivet.sandbox.server import Sandbox

if TYPE_CHECKING:
    from types import FrameType


@click.group("sandbox", invoke_without_command=True)
@click.option("--host", default="localhost", show_default=True, help="0.0.0.0 in a container, with --issuer.")
@click.option(
    "--port", type=click.IntRange(0, 65_535), default=DEFAULT_PORT, show_default=True, help="0 picks a free one."
)
@click.option(
    "--seed", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="People, applications, collections."
)
@click.option("--data-dir", type=click.Path(file_okay=False, path_type=Path), help="Keep collections' files here.")
@click.option("--issuer", help="The address clients know, if it is another: http://globus:8137.")
@click.option(
    "--control-key",
    envvar="TRIVET_SANDBOX_CONTROL_KEY",
    show_envvar=True,
    help="What the control page asks for; where others can reach it, one is made up and printed.",
)
@click.option("--redirect-uri", "redirect_uris", multiple=True, help="Register one more for the first application.")
@click.pass_context
def sandbox(
    context: click.Context,
    *,
    host: str,
    port: int,
    seed: Path | None,
    data_dir: Path | None,
    issuer: str | None,
    control_key: str | None,
    redirect_uris: tuple[str, ...],
) -> None:
    """Run a local Globus for development and tests."""
    if context.invoked_subcommand is not None:
        return
    signals = signals_to_stop()
    try:
        with Sandbox(seed, host=host, port=port, data_dir=data_dir, issuer=issuer, control_key=control_key) as globus:
            _register(redirect_uris, globus)
            if control_key is None and globus.control_key is not None:
                click.echo(f"The key to its control page, told only here: {globus.control_key}")
            _greet(globus)
            say_nothing_of_queues()
            let_nobody_wait_for_memory()
            signals.get()
    except ValueError as error:  # an address, a seed or a key that cannot be used
        raise click.ClickException(str(error)) from None
    except BrokenPipeError:
        raise  # whoever read what it prints has gone; click ends quietly
    except OSError as error:
        raise click.ClickException(_why_it_does_not_start(error, port)) from None


def _register(redirect_uris: tuple[str, ...], globus: Sandbox) -> None:
    if redirect_uris and not globus.clients:
        raise click.UsageError("--redirect-uri is for the first application of the seed, which has none.")
    for uri in redirect_uris:
        globus.register_redirect_uri(next(iter(globus.clients)), uri)


def _why_it_does_not_start(error: OSError, port: int) -> str:
    if error.filename is not None:
        return f"The sandbox cannot use {error.filename}: {error.strerror}. Name a directory for it with --data-dir."
    return f"The sandbox cannot listen at port {port}: {error.strerror}. Perhaps another one runs there; try --port 0."


@sandbox.command("env", short_help="Print the variables that send globus-sdk and globus-cli to it.")
@click.option("--host", help="Where the sandbox runs, if not at the usual place.")
@click.option("--port", type=click.IntRange(1, 65_535))
@click.option("--url", help="The whole address instead: its issuer, where it has one of its own.")
@click.pass_context
def env(context: click.Context, host: str | None, port: int | None, url: str | None) -> None:
    """Print the variables that send globus-sdk and globus-cli to a running sandbox, for a shell's `eval`."""
    assert context.parent is not None
    asked = context.parent.params
    issuer = (url or asked["issuer"] or "").rstrip("/")
    try:
        found = check_issuer(issuer) if issuer else origin(host or asked["host"], port or asked["port"] or DEFAULT_PORT)
    except AddressRefusedError as error:
        raise click.ClickException(str(error)) from None
    _print_exports(found)


add_remote(sandbox)


def _print_exports(issuer: str) -> None:
    for name, value in environment(issuer).items():
        click.echo(f"export {name}={shlex.quote(value)}")


def let_nobody_wait_for_memory() -> None:
    """Look for garbage where there is some, among what is new; for a process that does nothing but answer.

    Every look through all objects holds up whoever asks meanwhile, for tens of milliseconds when it remembers 20,000
    tokens. What is there by now stays anyway, and of the garbage not one part in a hundred outlives a request.
    """
    gc.freeze()
    young, middle, _ = gc.get_threshold()
    gc.set_threshold(young, middle, 1_000)


def say_nothing_of_queues() -> None:
    """Keep to itself how many requests wait for a thread: they wait for milliseconds, and it looks like an error."""
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)


def signals_to_stop() -> SimpleQueue[int]:
    """Return a queue to wait at: somebody presses Ctrl-C, ends this process or closes its terminal.

    A handler runs on the thread that waits, perhaps while that one holds the lock of what it waits at. Putting into
    this kind of queue takes no such lock; setting an event would wait for it for ever.
    """
    signals: SimpleQueue[int] = SimpleQueue()

    def stop(number: int, _frame: FrameType | None) -> None:
        signals.put(number)

    for name in ("SIGINT", "SIGTERM", "SIGHUP"):  # not every system has the last one
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), stop)
    return signals


def _greet(globus: Sandbox) -> None:
    click.echo(f"Sandbox, not Globus: {globus.url}\n")
    _print_exports(globus.url)
    first = next((each for each in globus.clients.values() if each.secret is not None), None)
    if first is not None:
        click.echo(f"\nFor a Flask application with Trivet, to be “{first.name}”:\n")
        click.echo(f"export FLASK_GLOBUS_CLIENT_ID={first.id}")
        click.echo(f"export FLASK_GLOBUS_CLIENT_SECRET={shlex.quote(first.secret or '')}")
    click.echo("\nApplications, and where they may send people back to:" if globus.clients else "\nNo applications.")
    for client in globus.clients.values():
        click.echo(f"  {client.name}: {client.id}, " + ("public" if client.is_public else f"secret {client.secret}"))
        click.echo("".join(f"    {uri}\n" for uri in client.redirect_uris), nl=False)
    people = ", ".join(person.username for person in globus.people.values())
    click.echo(f"\nPeople, who need no password: {people}." if people else "\nNo people.")
    click.echo(f"What is asked and why it is refused, faults, the clock: {globus.url}/sandbox/")
    click.echo("Stopping it forgets who is signed in. Ctrl-C stops it.")
