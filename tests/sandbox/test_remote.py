"""``trivet sandbox advance`` and its siblings, asked of a running sandbox."""

from __future__ import annotations

import json
import socket
import threading
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


@pytest.mark.parametrize(
    "url", ["globus/", "localhost:8137", "http://", "http://localhost:port", "http://[", "ftp://a"]
)
def test_no_address(url):
    """What is no address is said to be none."""
    result = CliRunner().invoke(sandbox, ["state", "--url", url])
    assert (result.exit_code, "--url is an address" in result.output) == (1, True)


@pytest.fixture
def answering():
    """Answer one connection with the bytes given; what was asked comes back when it has been."""

    def begin(answer):
        server = socket.create_server(("127.0.0.1", 0))

        def serve():
            with server, server.accept()[0] as connection:
                asked.append(connection.recv(65_536))
                connection.sendall(answer)

        asked = []
        thread = threading.Thread(target=serve)
        thread.start()
        threads.append(thread)
        return server.getsockname()[1], asked

    threads = []
    yield begin
    for thread in threads:
        thread.join()


@pytest.mark.parametrize("command", ["state", "export"])
@pytest.mark.parametrize(
    "answer",
    [
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{",
        b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n[]",
        b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}",
    ],
)
def test_what_answers_is_no_sandbox(answering, command, answer):
    """Some other server, or one that breaks off, is no traceback."""
    port, _ = answering(answer)
    result = CliRunner().invoke(sandbox, [command, "--host", "127.0.0.1", "--port", str(port)])
    assert (result.exit_code, isinstance(result.exception, SystemExit)) == (1, True)
    assert "is no sandbox" in result.output


def test_the_key_goes_nowhere_else(answering):
    """Who answers with a redirect is no sandbox, and whoever it leads to gets no key."""
    with socket.create_server(("127.0.0.1", 0)) as elsewhere:
        goal = elsewhere.getsockname()[1]
        location = f"Location: http://127.0.0.1:{goal}/\r\nContent-Length: 0\r\n\r\n"
        port, asked = answering(f"HTTP/1.1 302 Found\r\n{location}".encode())
        place = ["--host", "127.0.0.1", "--port", str(port)]
        result = CliRunner().invoke(sandbox, ["state", *place, "--control-key", KEY])
        assert "is no sandbox" in result.output
        assert KEY.encode() in asked[0]
        elsewhere.setblocking(False)
        with pytest.raises(BlockingIOError):
            elsewhere.accept()


@pytest.mark.parametrize("command", ["state", "export"])
def test_no_proxy(globus, run, monkeypatch, command):
    """A proxy that the environment names is for addresses elsewhere, and sees nothing of this."""
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy.getsockname()[1]}")
        monkeypatch.delenv("no_proxy", raising=False)
        assert "ada" in run(command)


def test_with_a_key():
    """A sandbox that others can reach wants its key, by an option or the environment."""
    with Sandbox(host="127.0.0.1", issuer="http://globus-sandbox:8137", control_key=KEY) as keyed:
        place = ["--host", "127.0.0.1", "--port", str(keyed.port)]
        assert "--control-key" in CliRunner().invoke(sandbox, ["freeze", *place]).output
        for options in ({"args": ["freeze", *place, "--control-key", KEY]}, {"args": ["unfreeze", *place]}):
            result = CliRunner().invoke(sandbox, env={"TRIVET_SANDBOX_CONTROL_KEY": KEY}, **options)
            assert result.exit_code == 0
