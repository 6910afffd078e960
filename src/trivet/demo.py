"""
``trivet demo``: the portal, signing in at the sandbox, on this computer.

Nothing it does leaves the loopback interface, and nothing it writes outlives it.
"""

import os
import secrets
import socket
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from types import TracebackType
from typing import Any, Self

import click

from trivet.portal import create_app
from trivet.sandbox import Sandbox
from trivet.sandbox.command import say_nothing_of_queues, signals_to_stop
from trivet.sandbox.serving import ServerThread, listening_sockets

DEFAULT_PORT = 5000
PORT = click.IntRange(0, 65_535)
APP_NAME = "Example Data Portal"


class PortTakenError(OSError):
    """Another program listens at the port that the portal was to have."""


class Demo:
    """
    The portal and its sandbox, in this process, from ``start`` to ``stop``.

    The Globus SDK finds the sandbox by environment variables, so those are changed for as long as it runs.

    Args:
        port: the portal's; 0 for a free one.
        sandbox: the Globus to sign in at, not yet started. It is stopped with the demo.
        settings: of the portal, instead of what the demo would choose.
    """

    def __init__(self, *, port: int = 0, sandbox: Sandbox | None = None, **settings: Any) -> None:
        self.sandbox = sandbox or Sandbox()
        self.url = ""
        self._port = port
        self._settings = settings
        self._undo = ExitStack()

    def start(self) -> Self:
        """
        Begin to listen, and return; what is asked from now on is answered.

        Raises:
            PortTakenError: another program listens at the portal's port.
            OSError: another at the sandbox's.
        """
        with ExitStack() as undo:
            sockets = _listening(undo, self._port)
            self.url = f"http://localhost:{sockets[0].getsockname()[1]}"
            undo.enter_context(self.sandbox)
            self.let_in()
            _set_environment(undo, self.sandbox.environ)
            directory = undo.enter_context(tempfile.TemporaryDirectory(prefix="trivet-demo-"))
            app = create_app({**self._choices(directory), **self._settings})
            undo.callback(app.extensions["trivet"].close)
            undo.callback(ServerThread(app, sockets, name="trivet-demo").stop)
            self._undo = undo.pop_all()
        return self

    def let_in(self) -> None:
        """Register the portal's callback at the sandbox; again after the sandbox was reset."""
        self.sandbox.register_redirect_uri("portal", f"{self.url}/login/callback")

    def stop(self) -> None:
        """Stop listening and remove what was written. May be called twice."""
        self._undo.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _choices(self, directory: str) -> dict[str, Any]:
        client = self.sandbox.clients["portal"]
        return {
            "SECRET_KEY": secrets.token_hex(32),
            "GLOBUS_APP_NAME": APP_NAME,
            "GLOBUS_BASE_URL": self.url,
            "GLOBUS_CLIENT_ID": client.id,
            "GLOBUS_CLIENT_SECRET": client.secret,
            "GLOBUS_STORE": f"sqlite:///{directory}/sessions.sqlite3",
        }


def _listening(undo: ExitStack, port: int) -> list[socket.socket]:
    try:
        sockets = listening_sockets("localhost", port)
        for sock in sockets:
            undo.callback(sock.close)
            sock.listen()  # waitress does it again; but two programs can be bound to one port until one listens
    except OSError as error:
        raise PortTakenError(error.errno, f"port {port} is in use by another program") from error
    return sockets


def _set_environment(undo: ExitStack, values: dict[str, str]) -> None:
    for name, value in values.items():
        before = os.environ.get(name)
        undo.callback(_restore(name, before))
        os.environ[name] = value


def _restore(name: str, value: str | None) -> Callable[[], None]:
    def restore() -> None:
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value

    return restore


@click.command("demo")
@click.option("--port", type=PORT, help=f"The portal's port; {DEFAULT_PORT} if that is free, else another.")
@click.option("--sandbox-port", type=PORT, default=0, help="The sandbox's port; a free one if left out.")
def demo(port: int | None, sandbox_port: int) -> None:
    """Run the portal and the sandbox on this computer, to click through."""
    signals = signals_to_stop()
    try:
        running = started(port, sandbox_port=sandbox_port)
    except OSError as error:
        raise click.ClickException(f"The demo cannot start: {error.strerror or error}.") from None
    try:
        _greet(running)
        say_nothing_of_queues()
        signals.get()
    finally:
        running.stop()


def started(port: int | None, *, sandbox_port: int, usual_port: int = DEFAULT_PORT) -> Demo:
    """
    Return a running demo: at *port*, or when that is None at *usual_port*, or at a free one if that is taken.

    Raises:
        OSError: a port that was asked for is taken.
    """
    try:
        return Demo(port=usual_port if port is None else port, sandbox=Sandbox(port=sandbox_port)).start()
    except PortTakenError:
        if port is not None:
            raise
    click.echo(f"Port {usual_port} is in use by another program, so the portal takes a free one.\n")
    return Demo(sandbox=Sandbox(port=sandbox_port)).start()


def _greet(running: Demo) -> None:
    people = ", ".join(person.username for person in running.sandbox.people.values())
    click.echo(f"Open {running.url}\n")
    click.echo(f"Sign in as one of these, without a password: {people}.")
    click.echo(f"They live in a sandbox at {running.sandbox.url}; nothing leaves this computer. Ctrl-C stops it.")
