"""``trivet sandbox advance``, ``fail``, ``export`` and so on: ask a sandbox that runs elsewhere, by its control API."""

from __future__ import annotations

import json
from functools import wraps
from http.client import HTTPException
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

import click

from trivet.sandbox.address import origin
from trivet.sandbox.world.durations import in_words
from trivet.sandbox.world.web_addresses import is_web_address

if TYPE_CHECKING:
    from collections.abc import Callable

DEFAULT_PORT = 8137
"""Where ``trivet sandbox`` listens, and where it is looked for, if nothing else is said."""

TIMEOUT_SECONDS = 20.0


class Remote:
    """A sandbox somewhere. *key* is its control key, if it has one."""

    def __init__(self, url: str, key: str | None) -> None:
        self._url = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        # It is on this computer or beside it, never behind a proxy, and sends nobody on, least of all the key.
        self._opener = build_opener(ProxyHandler({}), _NoRedirects)

    def ask(self, method: str, path: str, document: dict[str, Any] | None = None) -> Any:
        """Return what the control API answers.

        Raises:
            ClickException: nobody answers there, or with a refusal.
        """
        data = json.dumps(document or {}).encode() if method == "POST" else None
        try:
            return json.loads(self.read(path, method, data))
        except ValueError:
            raise self._no_sandbox() from None

    def read(self, path: str, method: str = "GET", data: bytes | None = None) -> bytes:
        """Return what the control API answers, as it came.

        Raises:
            ClickException: nobody answers there, or with a refusal.
        """
        if not is_web_address(self._url):
            raise click.ClickException(f"--url is an address such as http://localhost:8137, not {self._url!r}.")
        headers = {**self._headers, "Content-Type": "application/json"}
        request = Request(f"{self._url}/sandbox/api/{path}", data, headers, method=method)  # noqa: S310 (checked above)
        try:
            with self._opener.open(request, timeout=TIMEOUT_SECONDS) as response:
                found: bytes = response.read()
                return found
        except HTTPError as error:
            raise click.ClickException(self._refusal(error)) from None
        except OSError as error:
            reason = getattr(error, "reason", error)
            raise click.ClickException(
                f"No sandbox answers at {self._url} ({reason}). Start one with `trivet sandbox`, or say where it is "
                "with --port or --url."
            ) from None
        except HTTPException:
            raise self._no_sandbox() from None

    def _no_sandbox(self) -> click.ClickException:
        return click.ClickException(f"What answers at {self._url} is no sandbox.")

    def _refusal(self, error: HTTPError) -> str:
        with error:
            try:
                message = json.load(error)["message"]
            except (ValueError, LookupError, TypeError):
                return f"What answers at {self._url} is no sandbox, or an older one: it says {error.code}."
        hint = " Give it with --control-key." if error.code == 401 else ""
        return f"{message}{hint}"


class _NoRedirects(HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """Take a redirect for the answer that it is."""


def _somewhere(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that say which sandbox is meant, and hand the command that as its first argument."""

    @wraps(command)  # the options it has already come along
    def run(*arguments: Any, **options: Any) -> None:
        asked = click.get_current_context().parent
        around = asked.params if asked is not None else {}
        host, port, url = (options.pop(name) for name in ("host", "port", "url"))
        key = options.pop("control_key") or around.get("control_key")
        place = origin(host or around.get("host", "localhost"), port or around.get("port") or DEFAULT_PORT)
        command(Remote(url or place, key), *arguments, **options)

    for option in (
        click.option("--control-key", envvar="TRIVET_SANDBOX_CONTROL_KEY", help="Its control key, if it has one."),
        click.option("--url", help="The whole address instead."),
        click.option("--port", type=click.IntRange(1, 65_535)),
        click.option("--host", help="Where the sandbox runs, if not at the usual place."),
    ):
        run = option(run)
    return run


def add_remote(sandbox: click.Group) -> None:
    for command in (advance, freeze, unfreeze, fail, mishap, faults, clear, reset, state, export):
        sandbox.command()(_somewhere(command))


@click.argument("duration", required=False)
@click.option("--to", help="access-token-death, refresh-token-death, code-death, session-timeout, task-deadline, next")
def advance(remote: Remote, duration: str | None, to: str | None) -> None:
    """Move the clock on by DURATION, or to the next moment of a kind.

    DURATION is such as 49h, 90d or 1d12h.
    """
    if (duration is None) == (to is None):
        raise click.UsageError("Say by how much, as in 49h, or --to which moment.")
    _show_clock(remote.ask("POST", "advance", {"to": to} if to else {"by": duration}))


def freeze(remote: Remote) -> None:
    """Let the clock stand still."""
    _show_clock(remote.ask("POST", "freeze"))


def unfreeze(remote: Remote) -> None:
    """Let the clock go on from where it stands."""
    _show_clock(remote.ask("POST", "unfreeze"))


@click.argument("path", default="*")
@click.option("--method")
@click.option("--service", type=click.Choice(["auth", "groups", "transfer"]))
@click.option("--person", help="Only this person's requests.")
@click.option("--client", help="Only this application's.")
@click.option("--skip", type=int, help="Spare the first so many.")
@click.option("--every", type=int, help="Strike every so-many-th.")
@click.option("--times", type=int, help="How often in all (1); 0 is without end.")
@click.option("--probability", type=float)
@click.option("--seed", type=int, help="Of chance: the same requests for the same seed.")
@click.option("--status", type=int, help="503 if nothing is said; 0 is the right answer, for --latency.")
@click.option("--body", help="Instead of the service's own words.")
@click.option("--retry-after", type=int, help="Seconds.")
@click.option("--latency", type=float, help="Seconds.")
@click.option("--drop", is_flag=True, default=None, help="Close the connection without an answer.")
@click.option("--lose-answer", is_flag=True, default=None, help="Do as asked, and close the connection then.")
def fail(remote: Remote, **fault: Any) -> None:
    """Let requests to PATH fail.

    PATH is exact, or a pattern with *; without it all requests do.
    """
    sent = {name: value for name, value in fault.items() if value is not None}
    sent |= {name: None for name in ("times", "status") if sent.get(name) == 0}
    _show_faults([remote.ask("POST", "faults", sent)])


@click.argument("name", required=False)
@click.option("--service")
@click.option("--path")
@click.option("--person")
@click.option("--client")
@click.option("--collection")
@click.option("--scope")
def mishap(remote: Remote, name: str | None, **told: str | None) -> None:
    """Let something happen that does happen at Globus.

    Without NAME, list what can.
    """
    if name is None:
        for known, each in remote.ask("GET", "mishaps").items():
            options = [f"--{need}" for need in each["needs"]] + [f"[--{take}]" for take in each["takes"]]
            click.echo(f"{' '.join((known, *options))}\n    {each['sentence']}")
        return
    sent = {option: value for option, value in told.items() if value is not None}
    _show_faults(remote.ask("POST", f"mishaps/{quote(name, safe='')}", sent))


def faults(remote: Remote) -> None:
    """List what goes wrong on purpose."""
    _show_faults(remote.ask("GET", "faults"))


@click.argument("fault", required=False)
def clear(remote: Remote, fault: str | None) -> None:
    """End the FAULT with that id, or all of them."""
    _show_faults(remote.ask("DELETE", f"faults/{quote(fault, safe='')}" if fault else "faults"))


def reset(remote: Remote) -> None:
    """Go back to the seed."""
    _show_clock(remote.ask("POST", "reset")["clock"])


def state(remote: Remote) -> None:
    """Print what there is as JSON.

    People, applications, sessions, tokens (never whole), faults, the clock.
    """
    click.echo(json.dumps(remote.ask("GET", "state"), indent=2))


def export(remote: Remote) -> None:
    """Print what it has become as a seed.

    People, applications, policies, collections and groups; no tokens and no files.
    """
    click.echo(remote.read("seed"), nl=False)


def _show_clock(clock: dict[str, Any]) -> None:
    ahead = clock["ahead"]
    words = f"{in_words(abs(ahead))} {'ahead of' if ahead > 0 else 'behind'} the real one"
    words = words if round(ahead) else "in step with the real one"
    click.echo(f"The clock is {words}{', and stands still' if clock['frozen'] else ''}.")
    for moment in clock["upcoming"][:5]:
        click.echo(f"  in {in_words(moment['at'] - clock['now'])}: {moment['kind']}, {moment['what']}")


def _show_faults(found: list[dict[str, Any]]) -> None:
    for each in found:
        left = "until it is cleared" if each["left"] is None else f"{each['left']} more"
        click.echo(f"{each['id']}: {each['words']}, {left}")
    if not found:
        click.echo("Nothing goes wrong on purpose.")
