"""
The pytest plugin: a local Globus for the tests of any application, whether it uses Trivet or not.

    def test_greeting(app, signed_in):
        assert signed_in(app.test_client(), "ada").get("/").text == "Hello Ada Quist"

pytest loads it in every project where Trivet is installed, so it imports nothing until a test asks for its fixtures.
`docs/testing.md` shows how they are used.
"""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from trivet.sandbox import Sandbox
    from trivet.sandbox.world.clients import Client as Application

TEST_CLIENT_URL = "http://localhost"
"""Where Flask's and Werkzeug's test clients pretend that an application is."""

Client = TypeVar("Client")


class SignedIn(Protocol):
    """What the fixture `signed_in` is."""

    def __call__(self, client: Client, person: str, start: str = "/login", **how: Any) -> Client: ...


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini("globus_sandbox_seed", "TOML file with the people and applications of globus_sandbox.", default="")


@pytest.fixture(scope="session")
def globus_sandbox_seed(pytestconfig: pytest.Config) -> Any:
    """The seed: None for the built-in one. Set the option `globus_sandbox_seed`, or override this fixture."""
    named: str = pytestconfig.getini("globus_sandbox_seed")
    beside = pytestconfig.inipath.parent if pytestconfig.inipath else pytestconfig.rootpath
    return beside / named if named else None


@pytest.fixture(scope="session")
def globus_sandbox_server(globus_sandbox_seed: str | Path | dict[str, Any] | None) -> Iterator[Sandbox]:
    """The sandbox as it runs for all tests of this process; a test wants `globus_sandbox`, which resets it."""
    try:
        from trivet.sandbox import Sandbox
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing == "trivet":
            raise
        raise pytest.UsageError(
            f"The sandbox needs {missing}, which is not installed: pip install 'trivet[sandbox]'"
        ) from None
    with Sandbox(globus_sandbox_seed) as sandbox:
        yield sandbox


@pytest.fixture
def globus_sandbox_environ(globus_sandbox_server: Sandbox) -> dict[str, str]:
    """The environment variables of a test; override it to add those that your application reads."""
    application = _application(globus_sandbox_server)
    environ = {
        **globus_sandbox_server.environ,
        "FLASK_SECRET_KEY": os.environ.get("FLASK_SECRET_KEY", f"only for tests, {secrets.token_hex(16)}"),
        "FLASK_GLOBUS_BASE_URL": TEST_CLIENT_URL,
        "FLASK_GLOBUS_STORE": "memory:",
    }
    if application is not None:
        environ["FLASK_GLOBUS_CLIENT_ID"] = application.id
        environ["FLASK_GLOBUS_CLIENT_SECRET"] = application.secret or ""
    return environ


@pytest.fixture
def globus_sandbox(
    globus_sandbox_server: Sandbox, globus_sandbox_environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> Sandbox:
    """
    A local Globus, as its seed says, that globus-sdk and an application with Trivet find by the environment.

    The seed's first application may also send people back to test clients: for each of its redirect addresses on
    localhost, the one without a port is registered too.
    """
    globus_sandbox_server.reset()
    for name, value in globus_sandbox_environ.items():
        monkeypatch.setenv(name, value)
    application = _application(globus_sandbox_server)
    if application is not None:
        for uri in [each for each in application.redirect_uris if urlsplit(each).hostname == "localhost"]:
            address = urlsplit(uri)._replace(netloc="localhost").geturl()
            globus_sandbox_server.register_redirect_uri(application.key, address)
    return globus_sandbox_server


def _application(sandbox: Sandbox) -> Application | None:
    """Return the seed's first application, which is taken for the one under test."""
    return next(iter(sandbox.clients.values()), None)


@pytest.fixture
def signed_in(globus_sandbox: Sandbox) -> SignedIn:
    """
    Sign somebody in: `signed_in(client, "ada")` is the same client, after the whole way through the application's
    login page, the sandbox, and back.

    *client* is a test client, a `requests.Session` or an `httpx.Client`; *start* is the application's login page, or
    any page that leads there. More can be said as for `Sandbox.sign_in`.
    """

    def sign_in(client: Client, person: str, start: str = "/login", **how: Any) -> Client:
        globus_sandbox.sign_in(client, person, start, **how)
        return client

    return sign_in
