"""``trivet sandbox advance`` and its siblings, asked of a running sandbox."""

from __future__ import annotations

import json
import socket
from urllib.parse import urlsplit

import pytest
import requests
from click.testing import CliRunner

from trivet.sandbox import Sandbox
from trivet.sandbox.command import sandbox

KEY = "a control key that is long enough"


@pytest.fixture
def run(globus):
    """Run a command at the sandbox, and return what it says."""

    def run(*arguments, code=0):
        result = CliRunner().invoke(sandbox, [*arguments, "--port", str(urlsplit(globus.url).port)])
        assert (result.exit_code, result.exception is None or code != 0) == (code, True), result.output
        return result.output

    return run


def test_the_clock(globus, run, tokens):
    """It is moved by a duration and to a moment, and what comes next is said."""
    said = run("advance", "49h")
    assert said.startswith("The clock is 2d 1h ahead of the real one.\n")
    assert "refresh-token-death, ada's for portal" in said
    run("advance", "--to", "refresh-token-death")
    assert not globus.token_is_active(tokens["refresh_token"])
    assert "stands still" in run("freeze")
    assert "stands still" not in run("unfreeze")


def test_faults(globus, run):
    """A fault is made, listed and ended."""
    fault = "request-1: GET to /jwk.json by ada: answer 500, until it is cleared"
    options = ["--method", "GET", "--person", "ada", "--times", "0", "--status", "500"]
    [number] = [run("fail", "/jwk.json", *options).partition(":")[0]]
    assert run("faults") == f"{fault.replace('request-1', number)}\n"
    assert run("clear", number) == "Nothing goes wrong on purpose.\n"
    assert "in force" in run("clear", number, code=1)
    run("fail", "--status", "0", "--latency", "0.01")
    assert requests.get(f"{globus.url}/jwk.json").status_code == 200


def test_mishaps(globus, run):
    """Without a name they are listed; with one it happens, or what it needs is said."""
    assert "consent-rescinded --person --client [--scope]\n" in run("mishap")
    assert "maintenance" in run("mishap", "maintenance", "--service", "transfer")
    assert "needs collection" in run("mishap", "endpoint-paused", code=1)
    assert "Nothing" in run("clear")


def test_state_and_reset(globus, run, tokens):
    """All there is, as JSON; and back to the seed."""
    assert len(json.loads(run("state"))["tokens"]) == len(globus.tokens)
    assert run("reset") == "The clock is in step with the real one.\n"
    assert globus.tokens == []


@pytest.mark.parametrize("arguments", [["advance"], ["advance", "1h", "--to", "next"]])
def test_one_or_the_other(run, arguments):
    """By how much or to where has to be said, and not both."""
    assert "Say by how much" in run(*arguments, code=2)


def test_none_runs():
    """Where nobody answers, it is said what to do."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    result = CliRunner().invoke(sandbox, ["freeze", "--port", port])
    assert result.exit_code == 1
    assert "Start one with `trivet sandbox`" in result.output


def test_something_else_runs(globus):
    """An address that is no sandbox's is no traceback."""
    result = CliRunner().invoke(sandbox, ["freeze", "--url", f"{globus.url}/v0.10"])
    assert (result.exit_code, "Traceback" in result.output) == (1, False)
    assert "--url is an address" in CliRunner().invoke(sandbox, ["freeze", "--url", "file:///etc"]).output


def test_with_a_key():
    """A sandbox that others can reach wants its key, by an option or the environment."""
    with Sandbox(host="127.0.0.1", issuer="http://globus-sandbox:8137", control_key=KEY) as keyed:
        place = ["--host", "127.0.0.1", "--port", str(keyed.port)]
        assert "--control-key" in CliRunner().invoke(sandbox, ["freeze", *place]).output
        for options in ({"args": ["freeze", *place, "--control-key", KEY]}, {"args": ["unfreeze", *place]}):
            result = CliRunner().invoke(sandbox, env={"TRIVET_SANDBOX_CONTROL_KEY": KEY}, **options)
            assert result.exit_code == 0
