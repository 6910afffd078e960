"""The SDK page's application on Trivet, as a process of its own, against the sandbox."""

import os
import secrets
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from navigator import Navigator
from trivet.sandbox import Sandbox

EXAMPLE = Path(__file__).parents[2] / "examples" / "three_legged_oauth"
CONF = """
SERVER_NAME = 'localhost:{port}'
SECRET_KEY = '{secret_key}'
APP_CLIENT_ID = '{client_id}'
APP_CLIENT_SECRET = '{client_secret}'
"""


@pytest.fixture(scope="module")
def globus() -> Iterator[Sandbox]:
    """A sandbox that keeps real time, as the example does."""
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def example_url(globus: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The example, running: its own file, with a configuration file filled in as its README says."""
    home = tmp_path_factory.mktemp("example")
    shutil.copy(EXAMPLE / "example_app.py", home)
    port = _free_port()
    client = globus.clients["portal"]
    conf = CONF.format(
        port=port, secret_key=secrets.token_hex(32), client_id=client.id, client_secret=client.secret or ""
    )
    (home / "example_app.conf").write_text(conf)
    url = f"http://localhost:{port}"
    globus.register_redirect_uri("portal", f"{url}/login")
    with subprocess.Popen(
        [sys.executable, "example_app.py"],
        cwd=home,
        env={**os.environ, **globus.environ, "PYTHONUNBUFFERED": "1"},
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stderr
        said = []
        for line in process.stderr:
            said.append(line)
            if "Running on" in line:
                break
        try:
            assert process.poll() is None, "".join(said)
            yield url
        finally:
            process.kill()


@pytest.fixture
def browser(globus: Sandbox) -> Navigator:
    return Navigator(globus)


def _free_port() -> int:
    with socket.create_server(("localhost", 0)) as server:
        return int(server.getsockname()[1])


def test_it_is_short() -> None:
    """The application fits on a page."""
    assert len((EXAMPLE / "example_app.py").read_text().splitlines()) < 40


def test_its_configuration_keeps_the_names_of_the_original() -> None:
    """A configuration file made for the original application only has to be kept."""
    conf = (EXAMPLE / "example_app.conf").read_text()
    names = [line.partition(" = ")[0] for line in conf.splitlines() if " = " in line and not line.startswith("#")]
    assert names == ["SERVER_NAME", "SECRET_KEY", "APP_CLIENT_ID", "APP_CLIENT_SECRET"]


def test_it_signs_in_lists_endpoints_and_signs_out(globus: Sandbox, example_url: str, browser: Navigator) -> None:
    """Its index asks for a sign-in by way of ``/login``, which Globus leads back to, and lists one's own endpoints."""
    seen = browser.sign_in(f"{example_url}/", "ada")
    assert any(hop.startswith(f"{example_url}/login?code=") for hop in seen.hops)
    assert seen.url == f"{example_url}/"
    assert seen.response.headers["Content-Type"].startswith("text/plain")
    mine = [globus.collections[key] for key in ("laptop", "survey")]
    assert seen.text.splitlines() == [
        "You are successfully logged in!",
        "",
        *(f"[{each.id}] {each.display_name}" for each in mine),
    ]

    tokens = [token.value for token in globus.tokens]
    goodbye = browser.open(f"{example_url}/logout", referrer=f"{example_url}/")
    assert goodbye.url.startswith(f"{globus.url}/v2/web/logout?")
    assert tokens
    assert not any(globus.token_is_active(token) for token in tokens)
    assert browser.open(f"{example_url}/").url.startswith(globus.url)


def test_login_alone_signs_in(example_url: str, browser: Navigator) -> None:
    """A bookmark of ``/login`` signs in, and ends at the index."""
    seen = browser.sign_in(f"{example_url}/login", "grace")
    assert seen.url == f"{example_url}/"
    assert "Climate Model Archive" in seen.text
