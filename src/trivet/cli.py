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
    "demo": Lazy("trivet.demo", "demo", "demo", "Run the portal and the sandbox on this computer, to click through."),
    "sandbox": Lazy("trivet.sandbox.command", "sandbox", "sandbox", "Run a local Globus for development and tests."),
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
@click.version_option(__version__, prog_name="trivet")
def main() -> None:
    """Three-legged OAuth with Globus for Python web applications."""
