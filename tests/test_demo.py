"""``trivet demo``: one address to open, nothing left behind."""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner

from navigator import Navigator
from trivet.demo import Demo, PortTakenError, demo, started
from trivet.sandbox import Sandbox

Start = Callable[..., tuple[subprocess.Popen[str], str]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Run the program until it has said what to open; return it and what it said."""
    running: list[subprocess.Popen[str]] = []

    def run(*options: str) -> tuple[subprocess.Popen[str], str]:
        process = subprocess.Popen(
            [sys.executable, "-c", "from trivet.cli import main; main()", "demo", *options],
            env={**os.environ, "TMPDIR": str(tmp_path), "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        running.append(process)
        assert process.stdout
        said = ""
        for line in process.stdout:
            said += line
            if "Ctrl-C" in line:
                break
        return process, said

    yield run
    for process in running:
        process.kill()
        process.communicate()


def address_in(said: str) -> str:
    found = re.findall(r"^Open (http://localhost:\d+)$", said, re.MULTILINE)
    assert len(found) == 1, said
    return str(found[0])


def test_it_runs_until_told_to_stop(start: Start, tmp_path: Path) -> None:
    """It prints one address, works there, and ends with 0 at a signal, as the sandbox does, leaving no trace."""
    process, said = start("--port", "0")
    url = address_in(said)
    assert "ada@uni.example" in said
    assert "Sign in with Globus" in requests.get(url, timeout=10).text
    assert any(tmp_path.iterdir())
    process.send_signal(signal.SIGHUP)  # a closed terminal
    rest, _ = process.communicate(timeout=20)
    assert process.returncode == 0
    assert "Traceback" not in rest
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(requests.ConnectionError):
        requests.get(url, timeout=10)


def test_a_port_that_is_taken_is_named(start: Start) -> None:
    """Who asks for a port that is in use is told so, in one sentence."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process, said = start("--port", str(port))
        process.wait(timeout=20)
    assert process.returncode == 1
    assert said == f"Error: The demo cannot start: port {port} is in use by another program.\n"


@pytest.mark.parametrize("option", ["--port", "--sandbox-port"])
def test_a_port_that_is_none(option: str) -> None:
    """A port beyond the last one is a sentence."""
    result = CliRunner().invoke(demo, [option, "65536"])
    assert (result.exit_code, "65535" in result.output) == (2, True)


def test_without_a_wish_it_takes_another_port(capsys: pytest.CaptureFixture[str]) -> None:
    """When the usual port is in use, the demo says so and takes a free one."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        running = started(None, sandbox_port=0, usual_port=port)
        running.stop()
    assert f"Port {port} is in use by another program" in capsys.readouterr().out
    assert running.url != f"http://localhost:{port}"


def test_a_failed_start_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When a port is taken, neither server runs, no file stays and the environment is as it was."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = dict(os.environ)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        with pytest.raises(PortTakenError):
            Demo(port=taken.getsockname()[1]).start()
        with pytest.raises(OSError, match="in use"):
            Demo(sandbox=Sandbox(port=taken.getsockname()[1])).start()
    assert dict(os.environ) == before
    assert list(tmp_path.iterdir()) == []


def test_as_an_object_it_can_be_stopped_twice() -> None:
    """In a test or a notebook it is an object; it puts the environment back, and stopping it twice is fine."""
    before = dict(os.environ)
    demo = Demo(GLOBUS_APP_NAME="Tide Tables")
    with demo:
        browser = Navigator(demo.sandbox)
        seen = browser.sign_in(f"{demo.url}/dashboard", "grace")
        assert "Grace Okafor" in seen.text
        assert "Tide Tables" in seen.text
    demo.stop()
    assert dict(os.environ) == before
