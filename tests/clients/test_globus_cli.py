"""globus-cli as published: it is told where the sandbox is by environment variables only."""

from __future__ import annotations

import json
import shutil

import pytest

from clients.terminal import GLOBUS, Terminal
from trivet.sandbox import Sandbox

pytestmark = [
    pytest.mark.skipif(not GLOBUS.exists(), reason="globus-cli is not there; `make test` installs it"),
    pytest.mark.xdist_group("globus-cli"),
]


@pytest.fixture
def terminal(globus, tmp_path):
    return Terminal(globus, tmp_path)


@pytest.fixture
def new_terminal(globus, tmp_path):
    return lambda **more: Terminal(globus, tmp_path, **more)


def test_sign_in_by_copying_a_code(globus, terminal):
    """``globus login --no-local-server``, ``whoami``, ``session show``, ``logout``; then every token is dead."""
    assert "You have successfully logged in" in terminal.sign_in_by_pasting("login", "--no-local-server")
    ada = globus.people["ada"]
    assert terminal.says("whoami", "--linked-identities").split() == [each.username for each in ada.identities]
    session = json.loads(terminal.says("session", "show", "--format", "json"))
    assert list(session["authentications"]) == [ada.id]
    assert "You are already logged in" in terminal.says("login")
    [group] = json.loads(terminal.says("group", "list", "--format", "json", "--jmespath", "[:1]"))
    assert globus.world.groups.find(group["id"]).name == group["name"]
    assert f"Logging out of Globus as {ada.username}" in terminal.says("logout", "--yes")
    assert not any(token.active for token in globus.tokens)
    assert "globus login" in terminal.run("whoami").stderr


def test_sign_in_through_a_local_server(globus, terminal):
    """``globus login`` opens a browser, and gets its code at a port of loopback that nobody registered."""
    assert "You have successfully logged in" in terminal.sign_in_by_browser("login", person="grace")
    assert terminal.says("whoami") == globus.people["grace"].username


@pytest.fixture
def newly_signed_in(terminal):
    terminal.sign_in_by_browser("login")
    return terminal


@pytest.fixture(scope="module")
def signed_in(tmp_path_factory):
    """Somebody signed in for all tests that do not care when, at a sandbox of their own."""
    with Sandbox() as sandbox:
        terminal = Terminal(sandbox, tmp_path_factory.mktemp("home"))
        terminal.sign_in_by_browser("login")
        yield terminal


@pytest.fixture
def at(signed_in):
    """The sandbox at which they are signed in."""
    return signed_in.globus


@pytest.fixture
def copies(at):
    """A directory on the laptop where transfers may go, gone after the test."""
    place = at.collections["laptop"].root / "copies"
    place.mkdir()
    yield place
    shutil.rmtree(place)


def test_files(at, signed_in):
    """``ls``, ``mkdir``, ``rename``, ``stat`` on a real directory."""
    laptop = at.collections["laptop"]
    assert "field notes/" in signed_in.says("ls", f"{laptop.id}:/").splitlines()
    signed_in.says("mkdir", f"{laptop.id}:/from the terminal")
    signed_in.says("rename", laptop.id, "/from the terminal", "/renamed")
    assert (laptop.root / "renamed").is_dir()
    assert "dir" in signed_in.says("stat", f"{laptop.id}:/renamed")
    (laptop.root / "renamed").rmdir()


def test_transfers(at, signed_in, copies):
    """``transfer --recursive``, ``task wait``, ``task show`` with its paths, ``task list``, ``task event-list``."""
    survey, laptop = at.collections["survey"].id, at.collections["laptop"].id
    ends = (f"{survey}:/catalogue", f"{laptop}:/copies/catalogue")
    options = ("--recursive", "--label", "nightly", "--verify-checksum", "--sync-level", "checksum", "--notify", "off")
    submitted = json.loads(signed_in.says("transfer", *ends, *options, "--format", "json"))
    task_id = submitted["task_id"]
    signed_in.says("task", "wait", task_id, "--timeout", "60", "--polling-interval", "1")
    original = at.collections["survey"].root / "catalogue" / "sources.csv"
    assert (copies / "catalogue" / "sources.csv").read_bytes() == original.read_bytes()
    shown = signed_in.says("task", "show", task_id)
    assert "SUCCEEDED" in shown
    assert "nightly" in shown
    assert "/copies/catalogue/sources.csv" in signed_in.says("task", "show", task_id, "--successful-transfers")
    assert task_id in signed_in.says("task", "list", "--filter-status", "SUCCEEDED", "--filter-label", "NIGHT*")
    assert task_id not in signed_in.says("task", "list", "--filter-not-label", "nightly", "--filter-type", "TRANSFER")
    assert "SUCCEEDED" in signed_in.says("task", "event-list", task_id, "--filter-non-errors")


def test_a_batch(at, signed_in, copies, tmp_path):
    """``transfer --batch`` with a file that is missing and ``--skip-source-errors``: the others arrive."""
    survey, laptop = at.collections["survey"].id, at.collections["laptop"].id
    batch = tmp_path / "batch.txt"
    batch.write_text("README.txt one.txt\nnothing.txt two.txt\n--recursive catalogue three\n")
    ends = (f"{survey}:/", f"{laptop}:/copies/")
    answer = signed_in.says("transfer", *ends, "--batch", str(batch), "--skip-source-errors", "--format", "json")
    task_id = json.loads(answer)["task_id"]
    signed_in.says("task", "wait", task_id, "--timeout", "60", "--polling-interval", "1")
    assert {path.name for path in copies.iterdir()} == {"one.txt", "three"}
    assert "FILE_NOT_FOUND" in signed_in.says("task", "show", task_id, "--skipped-errors")


def test_calling_off(at, signed_in, copies):
    """``task update``, ``task pause-info`` and ``task cancel --all`` while a transfer goes on."""
    survey, laptop = at.collections["survey"].id, at.collections["laptop"].id
    with at.hold_files() as hold:
        answer = signed_in.says("transfer", f"{survey}:/README.txt", f"{laptop}:/copies/x", "--format", "json")
        task_id = json.loads(answer)["task_id"]
        hold.wait_until_reached()
        assert signed_in.says("task", "update", task_id, "--label", "later", "--deadline", "2100-01-01") == "Success"
        assert "later" in signed_in.says("task", "show", task_id)
        assert "not paused" in signed_in.says("task", "pause-info", task_id)
        assert "cancelled" in signed_in.says("task", "cancel", "--all")
    assert "FAILED" in signed_in.says("task", "show", task_id)
    assert "CANCELED" in signed_in.says("task", "event-list", task_id)
    assert list(copies.iterdir()) == []


def test_deleting(at, signed_in, copies):
    """``delete --recursive`` submits a task, ``rm`` waits for its end, with patterns."""
    laptop = at.collections["laptop"].id
    for name in ("a.csv", "b.csv", "c.txt", "deep/d"):
        (copies / name).parent.mkdir(exist_ok=True)
        (copies / name).write_text("x")
    signed_in.says("rm", f"{laptop}:/copies/*.csv", "--polling-interval", "1", "--timeout", "60")
    assert {path.name for path in copies.iterdir()} == {"c.txt", "deep"}
    answer = signed_in.says("delete", "--recursive", f"{laptop}:/copies/deep", "--format", "json")
    signed_in.says("task", "wait", json.loads(answer)["task_id"], "--polling-interval", "1", "--timeout", "60")
    assert {path.name for path in copies.iterdir()} == {"c.txt"}


def test_bookmarks(at, signed_in):
    """``bookmark create``, ``list``, ``show``, ``rename`` and ``delete``."""
    survey = at.collections["survey"]
    signed_in.says("bookmark", "create", f"{survey.id}:/nights/", "the nights")
    assert signed_in.says("bookmark", "show", "the nights") == f"{survey.id}:/nights/"
    signed_in.says("bookmark", "rename", "the nights", "nights")
    listed = signed_in.says("bookmark", "list")
    assert "nights" in listed
    assert survey.display_name in listed
    signed_in.says("bookmark", "delete", "nights")
    assert signed_in.run("bookmark", "show", "nights").returncode != 0


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


def test_updating_the_session(globus, newly_signed_in):
    """``session update`` with a username, then with ``--all``: ``session show`` tells who has authenticated."""
    first, second, third = (each.id for each in globus.people["ada"].identities)

    def shown():
        return set(json.loads(newly_signed_in.says("session", "show", "--format", "json"))["authentications"])

    newly_signed_in.sign_in_by_browser("session", "update", globus.people["ada"].identities[1].username)
    assert shown() == {first, second}
    newly_signed_in.sign_in_by_pasting("session", "update", "--all", "--no-local-server")
    assert shown() == {first, second, third}


@pytest.mark.parametrize("demand", ["policy", "domain"])
def test_a_session_for_a_collection(globus, newly_signed_in, demand):
    """A collection of high assurance refuses; the CLI says what to run, and after it the files are there."""
    collection, command = {
        "policy": ("by_policy", f"globus session update --policy '{globus.policies['second_factor'].id}'"),
        "domain": ("lab_staff", "globus session update lab.example"),
    }[demand]
    place = f"{globus.collections[collection].id}:/"
    refused = newly_signed_in.run("ls", place)
    assert refused.returncode == 4
    assert command in refused.stdout
    newly_signed_in.sign_in_by_browser(*command.replace("'", "").split()[1:])
    assert newly_signed_in.says("ls", place)


def test_what_is_not_there(signed_in):
    """A service that the sandbox lacks is named in an error message, and not in a traceback."""
    for command in ("flows list", "timer list", "search index list"):
        refused = signed_in.run(*command.split())
        assert "Traceback" not in refused.stderr
        assert "The sandbox does not have" in refused.stderr


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
    terminal.sign_in_by_pasting("login", "--no-local-server")
    globus.reset()
    assert terminal.run("whoami").returncode != 0
    terminal.says("logout", "--yes", "--delete-client", "--ignore-errors")
    terminal.sign_in_by_pasting("login", "--no-local-server")
    assert terminal.says("whoami") == globus.people["ada"].username
