"""``trivet``: the commands, each imported only when it is asked for, so that help comes at once."""

from importlib import import_module
from typing import NamedTuple

import click

from trivet.version import __version__


class Lazy(NamedTuple):
    """Where a command lives, the extra that brings what it needs, and its line in the help."""

    module: str
    name: str
    extra: str
    help: str


COMMANDS = {
    "db": Lazy("trivet.store.command", "db", "postgres", "Look at the tables of a session store, and upgrade them."),
    "demo": Lazy("trivet.demo", "demo", "demo", "Run the portal and the sandbox on this computer, to click through."),
    "keys": Lazy("trivet.admin.keys", "keys", "flask", "Make a secret key, and change over to it."),
    "outbox": Lazy("trivet.admin.outbox", "outbox", "flask", "List what is still to be revoked at Globus."),
    "sandbox": Lazy("trivet.sandbox.command", "sandbox", "sandbox", "Run a local Globus for development and tests."),
    "sessions": Lazy("trivet.admin.sessions", "sessions", "flask", "List sessions, and end them."),
    "sweep": Lazy("trivet.admin.sweep", "sweep", "flask", "End what has run out, and revoke what is to be revoked."),
}


class LazyGroup(click.Group):
    """A group whose commands are rows of `COMMANDS`."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        command = COMMANDS.get(name)
        if command is None:
            return None
        try:
            found: click.Command = getattr(import_module(command.module), command.name)
        except ModuleNotFoundError as error:
            if (error.name or "").partition(".")[0] == "trivet":
                raise
            message = (
                f"`trivet {name}` needs {error.name}, which is not installed: pip install 'trivet[{command.extra}]'"
            )
            raise click.ClickException(message) from None
        return found

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, command.help) for name, command in COMMANDS.items()])


@click.group(cls=LazyGroup)
@click.option("--app", envvar="FLASK_APP", help="The application that a command is about, as for flask: module:app.")
@click.version_option(__version__, prog_name="trivet")
def main(app: str | None) -> None:
    """Three-legged OAuth with Globus for Python web applications."""
