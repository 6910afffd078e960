"""The commands of those who run a site."""

import json
import logging
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from conftest import Clock
from navigator import Navigator
from site_under_test import Site
from trivet.cli import main
from trivet.sandbox import Sandbox
from trivet.store import Store, open_store

MakeSite = Callable[..., Site]
NewBrowser = Callable[[], Navigator]
Trivet = Callable[..., Result]
REVOKE = "/v2/oauth2/token/revoke"
APPLICATION = """
from flask import Flask
from trivet.flask import Globus

app = Flask(__name__)
app.config.from_prefixed_env()
globus = Globus(app)
"""
OLD, NEW = "the secret until today, long enough", "the secret from now on, long enough"


@pytest.fixture
def clock(clock: Clock) -> Clock:
    """The commands go by the real time, so the site does too."""
    clock.now = time.time()
    return clock


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(f"sqlite:///{tmp_path}/sessions.sqlite3")


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    return make_site(SECRET_KEY=OLD)


@pytest.fixture
def trivet(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Trivet:
    """Run ``trivet --app ...`` on the site's configuration, with some of it changed."""
    name = f"application_{tmp_path.name}"
    (tmp_path / f"{name}.py").write_text(APPLICATION)
    settings = {key: value for key, value in site.app.config.items() if key.startswith("GLOBUS_")}
    settings |= {"GLOBUS_STORE": f"sqlite:///{tmp_path}/sessions.sqlite3", "SECRET_KEY": OLD}

    def run(*arguments: str, answer: str = "", **changes: object) -> Result:
        import sys

        sys.modules.pop(name, None)
        for key, value in (settings | changes).items():
            monkeypatch.setenv(f"FLASK_{key}", json.dumps(value))
        return CliRunner().invoke(main, ["--app", f"{tmp_path / name}:app", *arguments], input=answer)

    return run


def said(result: Result) -> str:
    assert result.exit_code == 0, result.output
    return result.output


def sign_out(browser: Navigator, site: Site) -> None:
    assert browser.step(f"{site.url}/logout", method="POST", referrer=f"{site.url}/").status_code == 303


def test_who_is_signed_in_is_listed(site: Site, new_browser: NewBrowser, trivet: Trivet) -> None:
    """The list has everybody's sessions, or one person's by sub or username, and no cookie value."""
    ada, grace = new_browser(), new_browser()
    ada.sign_in(f"{site.url}/private", "ada")
    grace.sign_in(f"{site.url}/private", "grace")
    listed = said(trivet("sessions", "list"))
    assert "ada@uni.example" in listed
    assert "Sessions: 2." in listed
    assert ada.cookies[site.session_cookie] not in listed
    for user in ("ada@uni.example", ada.globus.people["ada"].sub):
        assert "Sessions: 1." in said(trivet("sessions", "list", "--user", user))


def test_a_session_is_ended_by_its_id(site: Site, browser: Navigator, sandbox: Sandbox, trivet: Trivet) -> None:
    """Ending a session signs its browser out and has its tokens revoked; an unknown id is said to be one."""
    browser.sign_in(f"{site.url}/mine")
    (session_id,) = re.findall(r"^[\w-]{43}", said(trivet("sessions", "list")), re.MULTILINE)
    assert said(trivet("sessions", "end", "--", session_id)) == "Ended.\n"
    assert browser.open(f"{site.url}/").text == "nobody"
    assert not any(token.active for token in sandbox.tokens)
    again = trivet("sessions", "end", "--", session_id)
    assert again.exit_code == 1
    assert "no such session" in again.output


def test_all_sessions_of_one_person_or_of_everybody(site: Site, new_browser: NewBrowser, trivet: Trivet) -> None:
    """One person is signed out everywhere, or everybody is, after a question."""
    browsers = {person: new_browser() for person in ("ada", "grace")}
    for person, browser in browsers.items():
        browser.sign_in(f"{site.url}/private", person)
    assert trivet("sessions", "end-all", answer="n\n").exit_code == 1
    assert "Sessions ended: 1." in said(trivet("sessions", "end-all", "--user", "ada@uni.example", answer="y\n"))
    assert [browser.open(f"{site.url}/").text for browser in browsers.values()] == ["nobody", "gokafor@lab.example"]
    assert "Sessions ended: 1." in said(trivet("sessions", "end-all", "--yes"))
    assert browsers["grace"].open(f"{site.url}/").text == "nobody"


def test_ending_all_ends_what_a_new_limit_has_made_too_old(
    site: Site, browser: Navigator, sandbox: Sandbox, clock: Clock, trivet: Trivet
) -> None:
    """Where sessions are to last shorter now, those that do not count any more are ended too, and their tokens die."""
    clock.advance(-100)
    browser.sign_in(f"{site.url}/mine")
    assert "Sessions: 0." in said(trivet("sessions", "list", GLOBUS_SESSION_IDLE_SECONDS=60))
    assert "Sessions ended: 1." in said(trivet("sessions", "end-all", "--yes", GLOBUS_SESSION_IDLE_SECONDS=60))
    assert not any(token.active for token in sandbox.tokens)


def test_the_outbox_is_shown_and_swept(site: Site, browser: Navigator, sandbox: Sandbox, trivet: Trivet) -> None:
    """What waits for Globus is listed with how often it was tried, without a token; a sweep has it revoked."""
    browser.sign_in(f"{site.url}/mine")
    sandbox.fail(REVOKE, times=None, status=503)
    sign_out(browser, site)
    listed = said(trivet("outbox"))
    assert re.search(r"transfer\.api\.globus\.org  of [\w-]{36}  waiting for \d+ s  attempts 1  next in \d+ s", listed)
    assert not any(token.value in listed for token in sandbox.tokens)
    sandbox.clear_faults()
    make_due(site)
    assert "Revocations tried: 2." in said(trivet("sweep"))
    assert not any(token.active for token in sandbox.tokens)
    assert said(trivet("outbox")) == "Revocations waiting: 0.\n"


def make_due(site: Site) -> None:
    """Let the wait of everything in the outbox be over."""
    store = open_store(site_store(site))
    for revocation in store.scan_revocations(limit=100)[0]:
        store.postpone_revocation(revocation, due_at=0)
    store.close()


def site_store(site: Site) -> str:
    return str(site.app.extensions["trivet"]._store._connections._engine.url)


def test_a_sweep_that_globus_does_not_answer_fails(
    site: Site, browser: Navigator, sandbox: Sandbox, trivet: Trivet
) -> None:
    """While Globus is away, `trivet sweep` ends with 1, so that cron tells somebody."""
    browser.sign_in(f"{site.url}/private")
    sandbox.fail(REVOKE, times=None, status=503)
    sign_out(browser, site)
    make_due(site)
    swept = trivet("sweep")
    assert swept.exit_code == 1
    assert "the rest is tried again" in swept.output


def test_changing_over_to_a_new_secret(
    make_site: MakeSite,
    site: Site,
    new_browser: NewBrowser,
    sandbox: Sandbox,
    trivet: Trivet,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """
    With everything resealed, which the audit log has, the old secret can go: people stay signed in, and what waited is
    revoked.
    """
    here, gone = new_browser(), new_browser()
    here.sign_in(f"{site.url}/mine", "ada")
    gone.sign_in(f"{site.url}/mine", "grace")
    sandbox.fail(REVOKE, times=None, status=503)
    sign_out(gone, site)
    sandbox.clear_faults()
    both = {"SECRET_KEY": NEW, "SECRET_KEY_FALLBACKS": [OLD]}
    caplog.set_level(logging.INFO, "trivet.audit")
    assert said(trivet("keys", "reseal", **both)) == "Sealed anew: 4. Current already: 0. Do not open: 0.\n"
    assert json.loads(caplog.messages[-1]) == {"event": "tokens_resealed", "anew": 4, "current": 0, "unreadable": 0}
    assert said(trivet("keys", "reseal", **both)) == "Sealed anew: 0. Current already: 4. Do not open: 0.\n"
    new = make_site(SECRET_KEY=NEW)
    here.http.cookies.set(new.session_cookie, here.cookies[site.session_cookie], domain="localhost.local")
    assert here.open(f"{new.url}/mine").status == 200
    make_due(site)
    said(trivet("sweep", SECRET_KEY=NEW))
    assert {token.sub for token in sandbox.tokens if token.active} == {sandbox.people["ada"].sub}


def test_a_secret_that_is_gone_is_said_to_be_missing(
    make_site: MakeSite,
    site: Site,
    browser: Navigator,
    clock: Clock,
    trivet: Trivet,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Under another secret nothing opens: the command says so, and the person is asked to sign in again."""
    browser.sign_in(f"{site.url}/mine")
    clock.advance(60)
    result = trivet("keys", "reseal", SECRET_KEY=NEW)
    assert result.exit_code == 1
    assert "Do not open: 2." in result.output
    assert "SECRET_KEY_FALLBACKS" in result.output
    new = make_site(SECRET_KEY=NEW)
    browser.http.cookies.set(new.session_cookie, browser.cookies[site.session_cookie], domain="localhost.local")
    assert "/v2/oauth2/authorize" in browser.step(f"{new.url}/mine").headers["Location"]
    assert "do not open" in caplog.text


def test_generated_secrets_are_good_ones() -> None:
    """`trivet keys generate` prints 256 random bits, others each time, and needs no application."""
    made = {said(CliRunner().invoke(main, ["keys", "generate"])).strip() for _ in range(3)}
    assert len(made) == 3
    assert all(re.fullmatch(r"[0-9a-f]{64}", secret) for secret in made)


@pytest.mark.parametrize("command", [["sweep"], ["outbox"], ["sessions", "list"], ["keys", "reseal"]])
def test_an_application_that_cannot_be_found_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    """Without an application, or with a wrong name, each command says how to name one, and shows no traceback."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FLASK_APP", raising=False)
    for arguments in (command, ["--app", "no_such_module:app", *command]):
        result = CliRunner().invoke(main, arguments)
        assert result.exit_code == 1
        assert "trivet --app module:app" in result.output
        assert "Traceback" not in result.output


def test_an_application_without_trivet_is_refused(tmp_path: Path) -> None:
    """An application that has no Globus(app) is told apart from one that cannot be found."""
    (tmp_path / "plain_application.py").write_text("from flask import Flask\napp = Flask(__name__)\n")
    result = CliRunner().invoke(main, ["--app", f"{tmp_path}/plain_application:app", "sweep"])
    assert result.exit_code == 1
    assert "does not use Trivet" in result.output


def test_a_bad_configuration_is_said_in_full(trivet: Trivet) -> None:
    """An application whose settings are wrong is answered with everything that is wrong."""
    result = trivet("outbox", GLOBUS_CLIENT_ID="nonsense", GLOBUS_SWEEP_SECONDS=-1)
    assert result.exit_code == 1
    assert "GLOBUS_CLIENT_ID" in result.output
    assert "GLOBUS_SWEEP_SECONDS" in result.output
