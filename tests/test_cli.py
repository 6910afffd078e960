"""The command line: quick to help, and plain about what is missing."""

import subprocess
import sys

import pytest
from click.testing import CliRunner

from trivet.cli import COMMANDS, main
from trivet.version import __version__


def run_python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)


def test_help_names_every_command() -> None:
    """Help says what there is, and what the version is."""
    shown = CliRunner().invoke(main, ["--help"])
    assert shown.exit_code == 0
    for name, command in COMMANDS.items():
        assert name in shown.output
        assert command.help in shown.output
    assert __version__ in CliRunner().invoke(main, ["--version"]).output


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_there(name: str) -> None:
    """Each row of the table leads to a command, described in the same words."""
    shown = CliRunner().invoke(main, [name, "--help"])
    assert shown.exit_code == 0, shown.output
    assert COMMANDS[name].help in shown.output


def test_unknown_commands_are_refused() -> None:
    """A slip of the keyboard is answered with exit code 2 and a pointer to the help."""
    shown = CliRunner().invoke(main, ["demmo"])
    assert shown.exit_code == 2
    assert "No such command 'demmo'" in shown.output


def test_help_imports_nothing_heavy() -> None:
    """Asking for help does not wait for Flask, the SDK or the sandbox."""
    loaded = run_python(
        "import sys; from trivet.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "print(sorted({'flask', 'requests', 'waitress', 'authlib', 'sqlalchemy', 'trivet.sandbox'} & set(sys.modules)))"
    )
    assert loaded.stdout.splitlines()[-1] == "[]", loaded.stderr


@pytest.mark.parametrize(
    ("command", "missing", "extra"), [("demo", "flask_bootstrap", "demo"), ("sandbox", "flask", "sandbox")]
)
def test_a_missing_extra_is_named_in_a_sentence(command: str, missing: str, extra: str) -> None:
    """Without the packages a command needs, it says what to install, and shows no traceback."""
    result = run_python(
        f"import sys; sys.modules[{missing!r}] = None\nfrom trivet.cli import main\nmain([{command!r}])"
    )
    assert result.returncode == 1
    assert f"pip install 'trivet[{extra}]'" in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
