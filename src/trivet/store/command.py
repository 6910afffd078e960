"""``trivet db``: look at, and upgrade, the tables of a store, apart from any application."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from trivet.errors import TrivetError
from trivet.store import schema
from trivet.store.connections import Connections
from trivet.store.engines import engine_for

_store = click.option(
    "--store",
    "url",
    required=True,
    envvar=["GLOBUS_STORE", "FLASK_GLOBUS_STORE"],
    show_envvar=True,
    help="The application's GLOBUS_STORE: sqlite:///path or postgresql://user@host/database.",
)


@click.group()
def db() -> None:
    """Look at the tables of a session store, and upgrade them."""


@db.command()
@_store
@click.pass_context
def status(context: click.Context, url: str) -> None:
    """Say which version the tables have. The exit code is 1 when this version of Trivet needs another."""
    if _is_missing(url):
        version = 0
    else:
        with _connected(url) as connection:
            version = schema.version_of(connection)
    click.echo(_described(version))
    context.exit(0 if version == schema.LATEST else 1)


@db.command()
@_store
def upgrade(url: str) -> None:
    """Bring the tables to the version that this version of Trivet uses, as a starting application does by itself."""
    with _connected(url) as connection:
        before = schema.upgrade(connection)
    click.echo(f"{_described(schema.LATEST)} They had version {before} before.")


def _described(version: int) -> str:
    if version == schema.LATEST:
        return f"The tables have version {version}, which is the one that this version of Trivet uses."
    if version > schema.LATEST:
        return f"The tables have version {version}. This version of Trivet knows no later one than {schema.LATEST}."
    has = f"The tables have version {version}" if version else "There are no tables with a version"
    return f"{has}. This version of Trivet uses {schema.LATEST}: start the application, or run `trivet db upgrade`."


def _is_missing(url: str) -> bool:
    """Tell whether there is no file yet, which looking should not make."""
    path = url.removeprefix("sqlite:///")
    return path != url and not Path(path).exists()


@contextmanager
def _connected(url: str) -> Iterator[Connection]:
    if url.partition(":")[0] not in {"sqlite", "postgresql"}:
        raise click.BadParameter(
            "only sqlite: and postgresql: stores have tables; with any other there is nothing to upgrade.",
            param_hint="--store",
        )
    try:
        connections = Connections(engine_for(url))
        with connections.transaction() as connection:
            yield connection
        connections.close()
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--store") from None
    except ModuleNotFoundError as error:
        raise click.ClickException(f"This store needs {error.name}: pip install 'trivet[postgres]'") from None
    except TrivetError as error:
        raise click.ClickException(f"{error}{_said_by_the_database(error)}") from None


def _said_by_the_database(error: TrivetError) -> str:
    cause = error.__cause__
    return f"\n{cause.orig if isinstance(cause, DBAPIError) else cause}" if cause else ""
