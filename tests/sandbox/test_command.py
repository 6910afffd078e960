"""``trivet sandbox`` as a program."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
import requests
from click.testing import CliRunner

from trivet.sandbox import Sandbox
from trivet.sandbox.address import SDK_SERVICES
from trivet.sandbox.command import sandbox

PROGRAM = "from trivet.sandbox.command import sandbox; sandbox()"


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_runs_until_interrupted(sent):
    """It prints its address and the variables, answers, and ends cleanly at a signal."""
    command = [sys.executable, "-u", "-c", PROGRAM, "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        url = running.stdout.readline().split()[-1]
        lines = [running.stdout.readline(), running.stdout.readline()]
        assert f"export GLOBUS_SDK_SERVICE_URL_AUTH={url}/\n" in lines
        assert requests.get(f"{url}/jwk.json").status_code == 200
        running.send_signal(sent)
        _, errors = running.communicate(timeout=20)
    assert (running.returncode, errors) == (0, "")


def test_many_at_once_are_no_news():
    """However many ask at once, it prints nothing of them that would look like an error."""
    command = [sys.executable, "-u", "-c", PROGRAM, "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        url = running.stdout.readline().split()[-1]
        while "Ctrl-C" not in running.stdout.readline():
            pass
        with ThreadPoolExecutor(60) as crowd:
            assert set(crowd.map(lambda _: requests.get(f"{url}/sandbox/").status_code, range(120))) == {200}
        running.terminate()
        assert running.communicate(timeout=20)[1] == ""


def test_nobody_reads_what_it_prints():
    """If its output goes to a program that has ended, it ends too, and does not blame the port."""
    reading, writing = os.pipe()
    os.close(reading)
    try:
        command = [sys.executable, "-u", "-c", PROGRAM, "--port", "0"]
        ended = subprocess.run(command, check=False, stdout=writing, stderr=subprocess.PIPE, text=True, timeout=20)
    finally:
        os.close(writing)
    assert (ended.returncode, ended.stderr) == (1, "")


REMEMBERING = """
import gc, weakref
from trivet.sandbox.command import let_nobody_wait_for_memory
class Thing: pass
let_nobody_wait_for_memory()
looks_at_everything = gc.get_stats()[2]["collections"]
kept = [[Thing()] for _ in range(400_000)]
thing = Thing()
thing.itself, known = thing, weakref.ref(thing)
del thing
new = [[] for _ in range(10_000)]
print(gc.get_stats()[2]["collections"] - looks_at_everything, known())
"""


def test_what_it_remembers_is_not_looked_through():
    """However much it remembers, it never stops to look for garbage among that; what is new and garbage goes soon."""
    ended = subprocess.run([sys.executable, "-c", REMEMBERING], check=True, capture_output=True, text=True, timeout=60)
    assert ended.stdout == "0 None\n"


WAITING = """
import os, signal, threading
from trivet.sandbox.command import signals_to_stop
def send():
    while True:
        os.kill(os.getpid(), signal.SIGTERM)
signals = signals_to_stop()
threading.Thread(target=send, daemon=True).start()
for _ in range(100):
    signals.get()
os._exit(0)
"""


def test_a_signal_at_any_moment():
    """Whatever a signal interrupts, the waiting ends: nobody waits for a lock that they hold themselves."""
    subprocess.run([sys.executable, "-c", WAITING], check=True, timeout=60)


@pytest.mark.parametrize(
    ("arguments", "address", "profile"),
    [
        (["env"], "http://localhost:8137/", "sandbox-8137"),
        (["env", "--port", "9000"], "http://localhost:9000/", "sandbox-9000"),
        (["--port", "9000", "env"], "http://localhost:9000/", "sandbox-9000"),
        (["env", "--host", "::1"], "http://[::1]:8137/", "sandbox-8137"),
        (["env", "--url", "https://globus.example/"], "https://globus.example/", "sandbox-default"),
        (["--issuer", "http://globus:9000", "env"], "http://globus:9000/", "sandbox-9000"),
    ],
)
def test_env(arguments, address, profile):
    """Any shell can evaluate it: every service of the SDK, and a profile that keeps globus-cli's real logins apart."""
    printed = CliRunner().invoke(sandbox, arguments).output
    shell = subprocess.run(["sh", "-ec", f"{printed}\nenv"], capture_output=True, text=True, check=True, env={})
    found = dict(line.split("=", 1) for line in shell.stdout.splitlines())
    services = {f"GLOBUS_SDK_SERVICE_URL_{service}" for service in SDK_SERVICES}
    assert {name for name in found if name.startswith("GLOBUS_SDK_SERVICE_URL_")} == services
    assert {value for name, value in found.items() if name.startswith("GLOBUS_SDK_")} == {address}
    assert found["GLOBUS_PROFILE"] == profile


def test_a_bad_seed_is_a_sentence(tmp_path):
    """A mistake in the seed ends the program with the mistake, without a traceback."""
    path = tmp_path / "seed.toml"
    path.write_text("[people.ada]\nname = 7\n")
    result = CliRunner().invoke(sandbox, ["--seed", str(path), "--port", "0"])
    assert result.exit_code == 1
    assert "people.ada.name: a text is needed here" in result.output


def _greeting(*arguments):
    """What it prints at first, to the end."""
    command = [sys.executable, "-u", "-c", PROGRAM, "--port", "0", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        printed = line = running.stdout.readline()
        while line and "Ctrl-C" not in line:
            printed += (line := running.stdout.readline())
        running.terminate()
    return printed


def test_it_says_how_to_use_it():
    """What it prints can be pasted: the SDK's variables, an application's id and secret; and it names the people."""
    printed = _greeting("--redirect-uri", "http://localhost:5099/cb")
    assert "export FLASK_GLOBUS_CLIENT_ID=" in printed
    assert "export FLASK_GLOBUS_CLIENT_SECRET=" in printed
    assert "http://localhost:5099/cb" in printed
    assert "ada@uni.example" in printed
    assert re.search(r"http://localhost:\d+/sandbox/\n", printed)


def test_what_it_says_survives_a_shell(tmp_path):
    """A secret with anything in it can be pasted as well, and an application without addresses leaves no gap."""
    secret = "two words, 'quotes' and $HOME"
    (tmp_path / "seed.toml").write_text(f'[clients.app]\nname = "App"\nsecret = "{secret}"\n')
    printed = _greeting("--seed", str(tmp_path / "seed.toml"))
    exports = "\n".join(line for line in printed.splitlines() if line.startswith("export "))
    command = f'{exports}\nprintf %s "$FLASK_GLOBUS_CLIENT_SECRET"'
    assert subprocess.run(["sh", "-ec", command], capture_output=True, text=True, check=True).stdout == secret
    assert "\n\n\n" not in printed
    assert "No people." in printed


@pytest.mark.parametrize("clients", ["", '[clients.page]\nname = "Page"\ntype = "public"\n'])
def test_seeds_without_a_secret(tmp_path, clients):
    """A seed needs no application, nor one with a secret; there is nothing to paste for Flask then."""
    (tmp_path / "seed.toml").write_text(clients)
    printed = _greeting("--seed", str(tmp_path / "seed.toml"))
    assert "GLOBUS_SDK_SERVICE_URL_AUTH" in printed
    assert ("Page" in printed, "No applications" in printed) == (bool(clients), not clients)
    assert "FLASK_GLOBUS" not in printed
    assert "None" not in printed


def test_a_redirect_address_of_nobody(tmp_path):
    """A seed without applications has none to register an address for, and the program says so."""
    (tmp_path / "seed.toml").write_text("")
    place = ["--seed", str(tmp_path / "seed.toml"), "--port", "0"]
    result = CliRunner().invoke(sandbox, [*place, "--redirect-uri", "http://localhost:5099/cb"])
    assert result.exit_code == 2
    assert "--redirect-uri is for the first application" in result.output


def test_a_directory_that_cannot_be_used_is_a_sentence(tmp_path):
    """It is the directory that is blamed, and not the port."""
    (tmp_path / "laptop").write_text("a file where a directory belongs")
    result = CliRunner().invoke(sandbox, ["--data-dir", str(tmp_path), "--port", "0"])
    assert result.exit_code == 1
    assert f"cannot use {tmp_path / 'laptop'}: File exists." in result.output
    assert "--data-dir" in result.output


def test_a_port_that_is_none():
    """A port beyond the last one ends the program with a sentence."""
    result = CliRunner().invoke(sandbox, ["--port", "65536"])
    assert result.exit_code == 2
    assert "65535" in result.output


def test_help():
    """Each command is one whole sentence in the list of them."""
    lines = CliRunner().invoke(sandbox, ["--help"], terminal_width=80).output.partition("Commands:\n")[2].splitlines()
    assert len(lines) == len(sandbox.commands)
    assert all(line.endswith(".") and not line.endswith("...") for line in lines)


def test_a_taken_port_is_a_sentence():
    """A port that is in use ends the program with the port and what to do."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = CliRunner().invoke(sandbox, ["--port", port])
    assert result.exit_code == 1
    assert f"port {port}" in result.output
    assert "--port 0" in result.output


def test_export(globus, tmp_path):
    """It prints the world of a running sandbox as a seed, which another one can begin with."""
    globus.register_redirect_uri("portal", "https://later.example/callback")
    port = str(urlsplit(globus.url).port)
    printed = CliRunner().invoke(sandbox, ["export", "--port", port]).output
    assert printed == globus.export_seed()
    (tmp_path / "seed.toml").write_text(printed, "utf-8")
    with Sandbox(tmp_path / "seed.toml") as again:
        assert "https://later.example/callback" in again.clients["portal"].redirect_uris


def test_export_wants_the_key(monkeypatch):
    """Where others can reach a sandbox, its world is for whoever has the key: the program's option, or its variable."""
    with Sandbox(control_key="k" * 20) as globus:
        port = str(urlsplit(globus.url).port)
        refused = CliRunner().invoke(sandbox, ["export", "--port", port])
        assert (refused.exit_code, "control key" in refused.output) == (1, True)
        assert CliRunner().invoke(sandbox, ["--control-key", "k" * 20, "export", "--port", port]).exit_code == 0
        monkeypatch.setenv("TRIVET_SANDBOX_CONTROL_KEY", "k" * 20)
        assert "[people.ada]" in CliRunner().invoke(sandbox, ["export", "--port", port]).output


def test_export_of_nothing():
    """Without a sandbox it says so, and how to start one."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    result = CliRunner().invoke(sandbox, ["export", "--port", port])
    assert result.exit_code == 1
    assert f"No sandbox answers at http://localhost:{port}" in result.output


def test_env_sends_nobody_to_globus():
    """An address of the real Globus is refused, and so is what is no origin."""
    for wrong in ("https://auth.globus.org", "localhost:8137", "http://localhost:8137/v2"):
        result = CliRunner().invoke(sandbox, ["env", "--url", wrong])
        assert (result.exit_code, "export" in result.output) == (1, False)
