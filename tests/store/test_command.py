"""``trivet db``: the tables of a store, seen from the command line."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from trivet.cli import main
from trivet.store import Store, schema


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["db", *arguments])


def test_a_new_store_is_made_ahead_of_the_application(sql_url: str) -> None:
    """Status says what is missing, upgrade makes it, and both are content afterwards."""
    before = run("status", "--store", sql_url)
    assert before.exit_code == 1
    assert "There are no tables" in before.output
    made = run("upgrade", "--store", sql_url)
    assert made.exit_code == 0, made.output
    assert f"version {schema.LATEST}, " in made.output
    assert "version 0 before" in made.output
    again = run("upgrade", "--store", sql_url)
    assert f"version {schema.LATEST} before" in again.output
    after = run("status", "--store", sql_url)
    assert after.exit_code == 0
    assert f"version {schema.LATEST}, " in after.output


def test_looking_makes_no_file(sqlite_url: str) -> None:
    """Status at a mistyped address leaves nothing behind."""
    assert run("status", "--store", sqlite_url).exit_code == 1
    assert not Path(sqlite_url.removeprefix("sqlite:///")).parent.exists()


def test_the_address_may_come_from_the_environment(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable that the application reads will do, so that no password has to be on the command line."""
    monkeypatch.setenv("FLASK_GLOBUS_STORE", sqlite_url)
    assert run("upgrade").exit_code == 0
    assert run("status").exit_code == 0


def test_a_newer_database_is_refused(sqlite_url: str, opened: Callable[[str], Store]) -> None:
    """Neither command takes tables of a later version for its own, and upgrade says what to do."""
    opened(sqlite_url)
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as connection, connection:
        connection.execute("INSERT INTO trivet_schema VALUES (99)")
    shown = run("status", "--store", sqlite_url)
    assert shown.exit_code == 1
    assert "have version 99" in shown.output
    shown = run("upgrade", "--store", sqlite_url)
    assert shown.exit_code == 1
    assert "Install that version of Trivet again" in shown.output


@pytest.mark.parametrize("url", ["memory:", "redis://127.0.0.1", "mysql://portal@db", "sqlite://", "postgresql:what"])
def test_an_address_without_tables_is_a_mistake(url: str) -> None:
    """What is no database that Trivet could use is refused as a wrong argument."""
    shown = run("upgrade", "--store", url)
    assert shown.exit_code == 2
    assert "--store" in shown.output


def test_a_database_that_is_down_is_said_to_be() -> None:
    """One sentence, what the database said, and no traceback; the password is in neither."""
    shown = run("status", "--store", "postgresql://portal:hunter2@127.0.0.1:1/portal?connect_timeout=2")
    assert shown.exit_code == 1
    assert "does not answer" in shown.output
    assert "refused" in shown.output
    assert "hunter2" not in shown.output


def test_a_missing_driver_is_named() -> None:
    """Without psycopg the command says what to install."""
    program = (
        "import sys; sys.modules['psycopg'] = None\nfrom trivet.cli import main\n"
        "main(['db', 'status', '--store', 'postgresql://portal@db/portal'])"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60)
    assert result.returncode == 1
    assert "pip install 'trivet[postgres]'" in result.stderr
    assert "Traceback" not in result.stderr
