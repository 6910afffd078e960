"""Secrets stay where they belong: each is a canary, and nothing that leaves a process may hold one."""

import base64
import json
import logging
import re
import sys
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import requests
from click.testing import CliRunner

from conftest import Clock
from navigator import Navigator
from site_under_test import TRANSFER, Site
from trivet.cli import main
from trivet.sandbox import Sandbox
from trivet.store.sql import SqlStore

pytestmark = pytest.mark.xdist_group("canaries")  # who have one story between them

APPLICATION = """
from flask import Flask
from trivet.flask import Globus

app = Flask(__name__)
app.config.from_prefixed_env()
Globus(app)
"""


class Listener(Navigator):
    """A browser that remembers every answer of the site, and every secret that passes through it."""

    def __init__(self, globus: Sandbox, site: Site) -> None:
        super().__init__(globus)
        self.site = site
        self.answers: list[requests.Response] = []
        self.codes: set[str] = set()
        self.verifiers: set[str] = set()
        self.session_cookies: set[str] = set()

    def _request(
        self, method: str, url: str, source: str | None, *, passed: Sequence[str] = (), **options: Any
    ) -> requests.Response:
        query = parse_qs(urlsplit(url).query)
        if url.startswith(self.site.url):
            self.codes |= set(query.get("code", []))
            self._open_pending(query.get("state", [""])[0])
        response = super()._request(method, url, source, passed=passed, **options)
        if url.startswith(self.site.url):
            self.answers.append(response)
        self.session_cookies |= {value for name, value in self.cookies.items() if name == self.site.session_cookie}
        return response

    def _open_pending(self, state: str) -> None:
        """Learn the verifier, which is nowhere to be seen, from the site's own reading of the cookie."""
        pending = self.site.app.extensions["trivet"].routes._pending_cookies.find(self.cookies, state)
        if pending:
            self.verifiers.add(pending.code_verifier)

    def canaries(self) -> dict[str, set[str]]:
        return {
            "token": {token.value for token in self.globus.tokens},
            "code": self.codes,
            "verifier": self.verifiers,
            "client secret": {self.globus.clients["portal"].secret or ""},
            "session cookie": self.session_cookies,
        }


class Keeping(logging.Handler):
    """Keeps every record."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.fixture(scope="module")
def records() -> Iterator[list[logging.LogRecord]]:
    """What everybody logs, at any level."""
    root, keeping = logging.getLogger(), Keeping()
    before = root.level
    root.addHandler(keeping)
    root.setLevel(logging.DEBUG)
    yield keeping.records
    root.setLevel(before)
    root.removeHandler(keeping)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("canaries") / "sessions" / "trivet.sqlite3"


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def site(database: Path, clock: Clock, records: list[logging.LogRecord]) -> Iterator[Site]:
    settings = {"GLOBUS_SESSION_IDLE_SECONDS": 600_000, "GLOBUS_LIVENESS_SECONDS": 3600}
    with Sandbox(clock=clock) as sandbox, pytest.MonkeyPatch.context() as environment:
        for name, value in sandbox.environ.items():
            environment.setenv(name, value)
        site = Site(sandbox, store=SqlStore(f"sqlite:///{database}"), clock=clock, **settings)
        yield site
        site.stop()


@pytest.fixture(scope="module")
def story(site: Site, clock: Clock) -> Listener:
    """A day in the life of the site, with everything that goes wrong in one, seen by a listener."""
    sandbox = site.sandbox
    site.app.add_url_rule("/sessions", "sessions", lambda: [asdict(each) for each in site.globus.sessions])
    site.app.add_url_rule("/gate", "gate", site.globus.require(mfa=True, message="A reason.")(lambda: "within"))
    browser = Listener(sandbox, site)
    browser.agree(browser.open(f"{site.url}/mine"), decision="deny")
    browser.sign_in(f"{site.url}/mine")
    browser.open(next(answer.url for answer in browser.answers if "code=" in answer.url))  # the callback once more
    browser.open(f"{site.url}/login/callback?code=nonsense&state=nonsense")
    clock.advance(172_800)
    sandbox.fail("/v2/oauth2/token", times=1, status=503)
    browser.open(f"{site.url}/token")
    browser.open(f"{site.url}/token")
    browser.fetch(f"{site.url}/nobody-asked")
    browser.open(f"{site.url}/nobody-asked")
    sandbox.fail("/v0.10/*", times=2, status=500)
    browser.open(f"{site.url}/mine")
    other = Listener(sandbox, site)
    sandbox.script_id_token(lambda claims, header: claims.update(nonce="wrong"))
    other.sign_in(f"{site.url}/private", "grace")
    sandbox.fail("/v2/oauth2/token", times=1, drop=True)
    other.sign_in(f"{site.url}/private", "grace")
    third = Listener(sandbox, site)
    third.sign_in(f"{site.url}/private", "ada")
    form = third.open(f"{site.url}/token", method="POST", referrer=f"{site.url}/public", data={"path": "/x"})
    assert form.offers("Continue to Globus")
    assert third.press(third.agree(form)).status == 200
    assert third.sign_in(f"{site.url}/gate", "ada").text == "within"
    assert len(third.open(f"{site.url}/sessions").response.json()) == 2
    sandbox.fail("/v2/oauth2/token/revoke", times=1, status=500)
    browser.open(f"{site.url}/logout", method="POST", referrer=f"{site.url}/")
    browser.sign_in(f"{site.url}/mine")  # so that something is left in the database
    for each in (other, third):
        browser.codes |= each.codes
        browser.verifiers |= each.verifiers
        browser.session_cookies |= each.session_cookies
        browser.answers += each.answers
    return browser


@pytest.fixture
def printed(story: Listener, database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """What the commands for those who run the site say about it, also when its secret is another one."""
    (tmp_path / "run_by_somebody.py").write_text(APPLICATION)
    settings = {key: value for key, value in story.site.app.config.items() if key.startswith("GLOBUS_")}
    settings |= {"GLOBUS_STORE": f"sqlite:///{database}", "SECRET_KEY": story.site.app.config["SECRET_KEY"]}
    for key, value in settings.items():
        monkeypatch.setenv(f"FLASK_{key}", json.dumps(value))

    def run(*arguments: str) -> str:
        sys.modules.pop("run_by_somebody", None)
        return CliRunner().invoke(main, ["--app", f"{tmp_path}/run_by_somebody:app", *arguments]).output

    said = [run("sessions", "list"), run("outbox"), run("sweep"), run("keys", "reseal")]
    with monkeypatch.context() as another:
        another.setenv("FLASK_SECRET_KEY", json.dumps("another secret, long enough for anybody"))
        said += [run("keys", "reseal"), run("outbox")]
    return "\n".join([*said, run("sessions", "end-all", "--yes"), run("outbox")])


def readings(text: str) -> Iterator[str]:
    """*text*, and what is in it for somebody who decodes: percent-encoding, base64, and zlib inside that."""
    yield text
    yield unquote(text)
    for piece in re.findall(r"[A-Za-z0-9+/_=-]{8,}", text):
        for padded in (piece.rstrip("=") + "=" * (-len(piece.rstrip("=")) % 4), piece):
            with suppress(ValueError):
                decoded = base64.b64decode(padded, altchars=b"-_")
                yield decoded.decode("latin-1")
                with suppress(zlib.error):
                    yield zlib.decompress(decoded).decode("latin-1")


def found_in(text: str, canaries: dict[str, set[str]], *, besides: str = "") -> set[str]:
    """The kinds of secrets that *text* holds, in whatever encoding."""
    read = list(readings(text))
    return {
        kind for kind, values in canaries.items() if kind != besides and any(v and v in r for v in values for r in read)
    }


def test_the_story_has_secrets_to_lose(story: Listener) -> None:
    """There is something to find: each kind of secret occurred, so that not finding it means something."""
    assert all(values and all(values) for values in story.canaries().values())
    assert len(story.canaries()["token"]) >= 6
    assert found_in(
        base64.b64encode(zlib.compress(b"x" + story.verifiers.copy().pop().encode())).decode(), story.canaries()
    )


def test_no_secret_is_in_the_database(story: Listener, database: Path) -> None:
    """Whoever steals the database file, with its journal, finds no token and no cookie value in it."""
    written = b"".join(path.read_bytes() for path in sorted(database.parent.iterdir()))
    assert story.globus.people["ada"].sub.encode() in written  # we are looking in the right place
    assert TRANSFER.encode() in written
    assert not found_in(written.decode("latin-1"), story.canaries())


def test_no_secret_is_in_any_answer(story: Listener) -> None:
    """No body, address or header that the site sent holds a secret, other than a cookie its own value."""
    for answer in story.answers:
        headers = "\n".join(f"{name}: {value}" for name, value in answer.headers.items() if name != "Set-Cookie")
        assert not found_in(f"{headers}\n{answer.text}", story.canaries()), answer.url


def test_no_secret_is_in_any_cookie(story: Listener) -> None:
    """A cookie, decoded and unpacked in any way, holds no token, code or verifier."""
    cookies = [cookie for answer in story.answers for cookie in answer.raw.headers.getlist("Set-Cookie")]
    assert len(cookies) > 5
    for cookie in cookies:
        assert not found_in(cookie, story.canaries(), besides="session cookie")


def test_no_secret_is_in_what_commands_print(story: Listener, printed: str, records: list[logging.LogRecord]) -> None:
    """Whoever lists, sweeps, ends or reseals sees whose it is and how it stands, and no secret; nor does their log."""
    for said in ("Sessions: 2.", "Revocations waiting: ", "Revocations tried: ", "Do not open: ", "Sessions ended: 2."):
        assert said in printed
    assert not found_in(printed, story.canaries())
    for record in records:
        if record.name.startswith("trivet"):
            assert not found_in(logging.Formatter().format(record), story.canaries()), record.name


def test_no_secret_is_in_the_log(story: Listener, records: list[logging.LogRecord]) -> None:
    """With everything logged at DEBUG, by us, the SDK, the HTTP library and the web server, no line holds a secret."""
    formatter = logging.Formatter("%(name)s %(levelname)s %(message)s")
    # Records of the main thread are our own browser's; the site works in threads of its server.
    served = [record for record in records if record.threadName != "MainThread"]
    loggers = {record.name.split(".")[0] for record in served}
    assert {"trivet", "globus_sdk", "urllib3", "werkzeug"} <= loggers
    for record in served:
        assert not found_in(formatter.format(record), story.canaries()), record.name
