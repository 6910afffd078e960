"""globus-cli as published: it is told where the sandbox is by environment variables only."""

from __future__ import annotations

import json

import pytest

from clients.terminal import GLOBUS, Terminal

pytestmark = pytest.mark.skipif(not GLOBUS.exists(), reason="globus-cli is not there; `make test` installs it")


@pytest.fixture
def terminal(globus, tmp_path):
    return Terminal(globus, tmp_path)


@pytest.fixture
def new_terminal(globus, tmp_path):
    return lambda **more: Terminal(globus, tmp_path, **more)


def test_sign_in_by_copying_a_code(globus, terminal):
    """``globus login --no-local-server``, ``whoami``, ``session show``, ``logout``; then every token is dead."""
    assert "You have successfully logged in" in terminal.sign_in_by_copying("login")
    ada = globus.people["ada"]
    assert terminal.says("whoami", "--linked-identities").split() == [each.username for each in ada.identities]
    session = json.loads(terminal.says("session", "show", "--format", "json"))
    assert list(session["authentications"]) == [ada.id]
    assert "You are already logged in" in terminal.says("login")
    assert f"Logging out of Globus as {ada.username}" in terminal.says("logout", "--yes")
    assert not any(token.active for token in globus.tokens)
    assert "globus login" in terminal.run("whoami").stderr


def test_sign_in_through_a_local_server(globus, terminal):
    """``globus login`` opens a browser, and gets its code at a port of loopback that nobody registered."""
    assert "You have successfully logged in" in terminal.sign_in_by_browser("login", person="grace")
    assert terminal.says("whoami") == globus.people["grace"].username


def test_files(globus, terminal):
    """``ls``, ``mkdir``, ``rename``, ``stat`` on a real directory."""
    terminal.sign_in_by_browser("login")
    laptop = globus.collections["laptop"]
    assert "field notes/" in terminal.says("ls", f"{laptop.id}:/").splitlines()
    terminal.says("mkdir", f"{laptop.id}:/from the terminal")
    terminal.says("rename", laptop.id, "/from the terminal", "/renamed")
    assert (laptop.root / "renamed").is_dir()
    assert "dir" in terminal.says("stat", f"{laptop.id}:/renamed")
    (laptop.root / "renamed").rmdir()


def test_transfer(globus, terminal):
    """``transfer``, ``task wait``, ``show``, ``event-list``, ``cancel`` and ``delete``: files that really move."""
    terminal.sign_in_by_browser("login")
    laptop = globus.collections["laptop"]
    submit = ("--jmespath", "task_id", "--format", "unix")
    done = terminal.says("transfer", f"{laptop.id}:/README.txt", f"{laptop.id}:/sent/README.txt", *submit)
    terminal.says("task", "wait", done, "--timeout", "30", "--polling-interval", "1")
    assert (laptop.root / "sent" / "README.txt").read_bytes() == (laptop.root / "README.txt").read_bytes()
    assert "SUCCEEDED" in terminal.says("task", "show", done)
    with globus.hold_files("*.csv") as held:
        source, destination = f"{laptop.id}:/field notes/", f"{laptop.id}:/sent/notes/"
        waiting = terminal.says("transfer", source, destination, "--recursive", *submit)
        held.wait_until_reached()
        assert "ACTIVE" in terminal.says("task", "show", waiting)
        assert "cancelled successfully" in terminal.says("task", "cancel", waiting)
    assert "CANCELED" in terminal.says("task", "event-list", waiting)
    gone = terminal.says("delete", f"{laptop.id}:/sent", "--recursive", *submit)
    terminal.says("task", "wait", gone, "--timeout", "30", "--polling-interval", "1")
    assert not (laptop.root / "sent").exists()


def test_consent_for_a_collection(globus, terminal):
    """A mapped collection wants its own consent: the CLI says the command, and after it the files are there."""
    terminal.sign_in_by_browser("login")
    tape = globus.collections["tape"]
    refused = terminal.run("ls", f"{tape.id}:/")
    assert refused.returncode == 4
    assert "globus session consent" in refused.stdout + refused.stderr
    data_access = f"https://auth.globus.org/scopes/{tape.id}/data_access"
    scope = f"urn:globus:auth:scope:transfer.api.globus.org:all[*{data_access}]"
    terminal.sign_in_by_browser("session", "consent", scope)
    assert terminal.says("ls", f"{tape.id}:/")


def test_another_account_is_refused(globus, terminal):
    """The CLI notices that somebody else has signed in, and hands the tokens back."""
    terminal.sign_in_by_browser("login")
    before = len(globus.tokens)
    with pytest.raises(AssertionError, match="didn't match"):
        terminal.sign_in_by_browser("login", "--force", person="grace")
    assert not any(token.active for token in globus.tokens[before:])
    assert terminal.says("whoami") == globus.people["ada"].username


def test_a_client_identity(globus, new_terminal):
    """With a client's credentials in its environment the CLI acts as that client, without any login."""
    portal = globus.clients["portal"]
    terminal = new_terminal(GLOBUS_CLI_CLIENT_ID=portal.id, GLOBUS_CLI_CLIENT_SECRET=portal.secret)
    assert terminal.says("whoami") == f"{portal.id}@clients.auth.globus.org"
    assert terminal.says("ls", f"{globus.collections['climate'].id}:/")


def test_looking_people_up(globus, new_terminal):
    """``globus get-identities`` by name and by id, and for somebody who has never been here."""
    portal, grace = globus.clients["portal"], globus.people["grace"]
    terminal = new_terminal(GLOBUS_CLI_CLIENT_ID=portal.id, GLOBUS_CLI_CLIENT_SECRET=portal.secret)
    assert terminal.says("get-identities", grace.username) == grace.id
    assert terminal.says("get-identities", grace.id) == grace.username
    assert len(terminal.says("get-identities", "--provision", "new@uni.example")) == len(grace.id)


def test_a_sandbox_that_was_started_again(globus, terminal):
    """The CLI remembers a client the new sandbox has never heard of, until it is told to forget it."""
    terminal.sign_in_by_copying("login")
    globus.reset()
    assert terminal.run("whoami").returncode != 0
    terminal.says("logout", "--yes", "--delete-client", "--ignore-errors")
    terminal.sign_in_by_copying("login")
    assert terminal.says("whoami") == globus.people["ada"].username
