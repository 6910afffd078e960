"""The pytest plugin, and the page that a newcomer follows to test their own portal."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import globus_sdk
import pytest

if TYPE_CHECKING:
    from trivet.pytest_plugin import SignedIn
    from trivet.sandbox import Sandbox

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "testing.md").read_text("utf-8")
FILES = dict(re.findall(r"```python\n# (\w+\.py)\n(.*?)```", PAGE, re.DOTALL))
COMMANDS = [line for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()]

INHERITED = [name for name in os.environ if name.startswith(("FLASK_", "GLOBUS_", "PYTEST_"))]
"""What the tests of another project do not have from ours."""

OURS_ALONE = ["-p", "no:cacheprovider", "-p", "no:hypothesispytest", "-p", "no:schemathesis"]
"""Nor what we have installed beside it, which takes longer to import than their tests take to run."""


def pytest_in(directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the tests of another project, warnings being errors."""
    environ = {name: value for name, value in os.environ.items() if name not in INHERITED}
    command = [sys.executable, "-W", "error", "-m", "pytest", "-q", *OURS_ALONE, *arguments]
    return subprocess.run(command, cwd=directory, env=environ, capture_output=True, text=True, check=False)


def write(directory: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (directory / name).write_text(text, "utf-8")


def test_the_page_for_testers_works(tmp_path: Path) -> None:
    """What the page shows is green as it is, for an application with Trivet and one without, warnings being errors."""
    write(tmp_path, FILES)
    result = pytest_in(tmp_path)
    assert result.returncode == 0, result.stdout
    assert "6 passed" in result.stdout


def test_the_page_asks_for_little() -> None:
    """An application of ten lines, and less than ten commands."""
    assert len([line for line in FILES["portal.py"].splitlines() if line]) == 9
    assert len(COMMANDS) < 10


@pytest.mark.soak
def test_a_newcomer_follows_the_page(tmp_path: Path) -> None:
    """In an empty directory, with nothing but Python and the page: its commands in order end in a green pytest."""
    write(tmp_path, {name: FILES[name] for name in ("portal.py", "test_portal.py")})
    script = "\n".join(COMMANDS).replace("/path/to/trivet", str(ROOT))
    environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)} | {
        name: value for name, value in os.environ.items() if name.startswith("PIP_")
    }
    result = subprocess.run(["bash", "-ec", script], cwd=tmp_path, env=environ, capture_output=True, text=True)  # noqa: PLW1510
    assert result.returncode == 0, result.stdout + result.stderr
    assert "2 passed" in result.stdout


PLAIN = """
import sys

def test_nothing():
    assert not {"trivet.sandbox", "trivet.flask", "flask", "globus_sdk"} & set(sys.modules)
"""


@pytest.mark.parametrize("arguments", [[], ["-p", "no:trivet"]])
def test_who_does_not_use_it_does_not_pay(tmp_path: Path, arguments: list[str]) -> None:
    """Tests that ask for no fixture of it import neither the sandbox nor a framework; and it can be switched off."""
    write(tmp_path, {"test_plain.py": PLAIN})
    result = pytest_in(tmp_path, *arguments)
    assert result.returncode == 0, result.stdout


def test_without_the_extra(tmp_path: Path) -> None:
    """Whoever has installed Trivet only is told what else the sandbox needs."""
    missing = 'import sys\nsys.modules["waitress"] = None\n'
    write(tmp_path, {"conftest.py": missing, "test_it.py": "def test_it(globus_sandbox): pass\n"})
    result = pytest_in(tmp_path)
    assert result.returncode == 1
    assert "The sandbox needs waitress, which is not installed: pip install 'trivet[sandbox]'" in result.stdout


SEED = """
[identity_providers.lab]
display_name = "Our laboratory"
domain = "lab.example"

[people.kim]
name = "Kim Ito"
identities = [{ idp = "lab", username = "kim@lab.example" }]

[clients.app]
name = "App"
redirect_uris = ["http://localhost:5000/login/callback"]
"""
WORKERS = """
import os
import pytest

@pytest.mark.parametrize("number", range(4))
def test_worker(globus_sandbox, number, tmp_path_factory):
    assert list(globus_sandbox.people) == ["kim"]
    assert os.environ["GLOBUS_SDK_SERVICE_URL_AUTH"] == globus_sandbox.url + "/"
    print(os.environ["PYTEST_XDIST_WORKER"], globus_sandbox.url)
"""


def test_a_seed_and_several_workers(tmp_path: Path) -> None:
    """The option names a seed, from wherever pytest is started; with xdist, each worker has a sandbox of its own."""
    (tmp_path / "tests").mkdir()
    write(tmp_path, {"pytest.ini": "[pytest]\nglobus_sandbox_seed = tests/seed.toml\n"})
    write(tmp_path / "tests", {"seed.toml": SEED, "test_workers.py": WORKERS})
    result = pytest_in(tmp_path / "tests", "-n", "2", "-rP", "--dist", "each")
    assert result.returncode == 0, result.stdout
    told = {tuple(line.split()) for line in result.stdout.splitlines() if line.startswith("gw")}
    assert {worker for worker, _ in told} == {"gw0", "gw1"}
    assert len({url for _, url in told}) == 2


WITHOUT_APPLICATIONS = """
import os
import pytest

@pytest.fixture(scope="session")
def globus_sandbox_seed():
    return {}

def test_nobody(globus_sandbox):
    assert globus_sandbox.url + "/" == os.environ["GLOBUS_SDK_SERVICE_URL_AUTH"]
    assert "FLASK_GLOBUS_CLIENT_ID" not in os.environ
"""


def test_a_seed_without_applications(tmp_path: Path) -> None:
    """A seed needs no application: tests may register their own."""
    write(tmp_path, {"test_nobody.py": WITHOUT_APPLICATIONS})
    result = pytest_in(tmp_path)
    assert result.returncode == 0, result.stdout


def test_a_seed_without_a_settings_file(tmp_path: Path) -> None:
    """Named on the command line where there is no settings file, a seed is looked for in the directory of the tests."""
    test = "def test_it(globus_sandbox): assert list(globus_sandbox.people) == ['kim']\n"
    write(tmp_path, {"seed.toml": SEED, "test_it.py": test})
    result = pytest_in(tmp_path, "-o", "globus_sandbox_seed=seed.toml", "--rootdir", str(tmp_path))
    assert result.returncode == 0, result.stdout


SHOWN: list[str] = []


@pytest.mark.parametrize("_again", [1, 2])
def test_each_test_begins_afresh(globus_sandbox: Sandbox, _again: int) -> None:
    """One server answers all tests of a process, and what one of them has done to it the next does not see."""
    assert globus_sandbox.requests == []
    assert globus_sandbox.faults == []
    globus_sandbox.fail("/jwk.json")
    SHOWN.append(globus_sandbox.url)
    assert len(set(SHOWN)) == 1


def test_the_sdk_finds_it(globus_sandbox: Sandbox) -> None:
    """Clients of the SDK that a test makes talk to the sandbox, by the environment alone."""
    client = globus_sandbox.clients["portal"]
    auth = globus_sdk.ConfidentialAppAuthClient(client.id, client.secret or "")
    assert auth.base_url == f"{globus_sandbox.url}/"
    assert auth.oauth2_client_credentials_tokens(["openid"]).by_resource_server


def test_only_those_who_ask_have_the_variables() -> None:
    """A test without the fixture has its environment to itself, whichever ran before."""
    assert "FLASK_GLOBUS_CLIENT_ID" not in os.environ


def test_where_test_clients_are(globus_sandbox: Sandbox) -> None:
    """The first application's redirect addresses are registered without their ports too; those of others are not."""
    first, second, *_ = globus_sandbox.clients.values()
    assert first.redirect_uris[-2:] == ["http://localhost/login/callback", "http://localhost/login"]
    assert not any(uri.startswith("http://localhost/") for uri in second.redirect_uris)


def test_nobody_of_that_name(globus_sandbox: Sandbox, signed_in: SignedIn) -> None:
    """A slip in a name fails at once, and not as somebody else."""
    with pytest.raises(KeyError, match="adda"):
        signed_in(globus_sdk.AuthLoginClient(), "adda")
