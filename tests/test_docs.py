"""The documentation says what is so."""

import re
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from socket import create_server
from threading import Thread
from typing import Any
from urllib.parse import urlencode

import pytest
from werkzeug.serving import make_server

from navigator import Navigator
from trivet.config import REQUIRED, SETTINGS
from trivet.events import EVENTS
from trivet.sandbox import Sandbox

ROOT = Path(__file__).parent.parent
PAGES = [*sorted(ROOT.glob("[A-Z]*.md")), *sorted((ROOT / "docs").rglob("*.md"))]


def table_row(name: str, default: object, sentence: str) -> str:
    if default is REQUIRED:
        shown = "required"
    elif default is None:
        shown = ""
    elif isinstance(default, tuple):
        shown = f"`{' '.join(default)}`"
    else:
        shown = f"`{str(default).lower() if isinstance(default, bool) else default}`" if default != "" else "empty"
    return f"| `GLOBUS_{name}` | {shown} | {sentence} |"


def test_the_settings_page_has_every_setting() -> None:
    """The page of settings lists each one with its default and its sentence, in order, and no other."""
    rows = [line for line in (ROOT / "docs" / "settings.md").read_text().splitlines() if line.startswith("| `GLOBUS_")]
    assert rows == [table_row(setting.name, setting.default, setting.sentence) for setting in SETTINGS]


def test_the_page_on_running_a_site_has_every_event() -> None:
    """Each event stands in the table of the audit log, and no other."""
    rows = re.findall(r"^\| `([a-z]+_[a-z_]+)` \|", (ROOT / "docs" / "running.md").read_text(), re.MULTILINE)
    assert sorted(rows) == sorted(EVENTS)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    """A link to a file of the repository leads to one that is there."""
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text()):
        if "://" not in target:
            assert (page.parent / target).exists(), target


def test_pictures_are_shown_and_small() -> None:
    """Each picture is on a page, below what people read there, and none makes the repository heavy."""
    pictures = list((ROOT / "docs" / "images").iterdir())
    assert pictures
    text = "".join(page.read_text() for page in PAGES)
    for picture in pictures:
        assert re.search(rf"^> .+\n\n!\[.+\]\(images/{re.escape(picture.name)}\)$", text, re.MULTILINE), picture.name
        assert picture.stat().st_size < 70_000


def test_files_named_in_the_guide_exist() -> None:
    """The table of "where things are" names files that are there."""
    names = re.findall(r"`([\w/]+\.py|sandbox/|tests/sandbox/)`", (ROOT / "CONTRIBUTING.md").read_text())
    assert len(names) > 30
    for name in names:
        assert any((ROOT / folder / name).exists() for folder in ("", "src/trivet", "tests")), name


def test_the_readme_starts_with_the_two_commands() -> None:
    """The first thing after the first sentence of the README are the two commands."""
    text = (ROOT / "README.md").read_text()
    first_block = text.split("```sh\n", 1)[1].split("```")[0]
    assert [line.split("  ")[0].strip() for line in first_block.splitlines()] == ["make demo", "make test"]


def test_the_sandboxs_page_for_browsers() -> None:
    """A page at a port of localhost can use the built-in application for it, and any other the seed that is shown."""
    (page,) = re.findall(r"```toml\n(.*?)```", (ROOT / "docs" / "sandbox.md").read_text(), re.DOTALL)
    built_in = tomllib.loads(files("trivet.sandbox.seed").joinpath("default_seed.toml").read_text())
    seed = {**built_in, "clients": {**built_in["clients"], **tomllib.loads(page)["clients"]}}
    with Sandbox(seed) as sandbox:
        for name, address in (("notebook", "http://localhost:5173"), ("page", "http://localhost:5173/callback")):
            query = {"client_id": sandbox.clients[name].id, "redirect_uri": address, "scope": "openid"}
            pkce = {"code_challenge": "a" * 43, "code_challenge_method": "S256", "response_type": "code"}
            back = sandbox.authorize(f"{sandbox.url}/v2/oauth2/authorize?{urlencode({**query, **pkce})}", "ada")
            assert back.startswith(f"{address}?code=")


@pytest.fixture
def sandbox_of_today(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """A sandbox on the real clock, since the README's application is."""
    with Sandbox() as sandbox:
        for name, value in sandbox.environ.items():
            monkeypatch.setenv(name, value)
        yield sandbox


def test_the_readmes_application_works(
    sandbox_of_today: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The application in the README, pasted as it is, signs people in, lists their collections and signs them out."""
    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    client = sandbox_of_today.clients["portal"]
    names: dict[str, Any] = {"__name__": "app"}
    with create_server(("127.0.0.1", 0)) as socket:
        url = f"http://localhost:{socket.getsockname()[1]}"
        sandbox_of_today.register_redirect_uri("portal", f"{url}/login/callback")
        monkeypatch.setenv("FLASK_SECRET_KEY", "k" * 40)
        monkeypatch.setenv("FLASK_GLOBUS_BASE_URL", url)
        monkeypatch.setenv("FLASK_GLOBUS_CLIENT_ID", client.id)
        monkeypatch.setenv("FLASK_GLOBUS_CLIENT_SECRET", client.secret or "")
        monkeypatch.setenv("FLASK_GLOBUS_STORE", f"sqlite:///{tmp_path}/sessions.sqlite3")
        exec(compile(code, "README.md", "exec"), names)
        server = make_server("localhost", 0, names["app"], threaded=True, fd=socket.fileno())
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            browser = Navigator(sandbox_of_today)
            seen = browser.sign_in(f"{url}/")
            assert "Hello Ada Quist" in seen.text
            assert "Ada's laptop" in seen.text
            assert "/v2/web/logout" in browser.press(seen).url
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
            names["app"].extensions["trivet"].close()
