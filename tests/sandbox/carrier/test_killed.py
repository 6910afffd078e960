"""What is left when the sandbox ends in the middle of a transfer: by ``kill -9``, or by being stopped."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import globus_sdk
import pytest

from depot import Depot

BIG = bytes(range(256)) * 16_384  # 4 MiB
TESTS = Path(__file__).parents[2]

PROGRAM = """
import os, sys, time
from depot import Depot
depot = Depot(time.time, data_dir=sys.argv[1])
with depot.globus:
    os.environ.update(depot.globus.environ)
    hold = depot.globus.hold_files("/run/b", after=1_000_000)
    depot.submit(("/run", "/run"))
    hold.wait_until_reached()
    print("half way", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def killed(tmp_path):
    """The directories of a sandbox that was killed while it was writing the second of three files."""
    for name, contents in (("a", b"first"), ("b", BIG), ("c", b"last")):
        (tmp_path / "here" / "run").mkdir(parents=True, exist_ok=True)
        (tmp_path / "here" / "run" / name).write_bytes(contents)
    environ = {**os.environ, "PYTHONPATH": f"{TESTS}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"}
    command = [sys.executable, "-c", PROGRAM, str(tmp_path)]
    with subprocess.Popen(command, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "half way\n"
        running.kill()
    return tmp_path


@pytest.fixture
def again(killed, monkeypatch):
    """Another sandbox over the same directories."""
    depot = Depot(time.time, data_dir=killed)
    with depot.globus:
        for name, value in depot.globus.environ.items():
            monkeypatch.setenv(name, value)
        yield depot
        depot.sign_out()


def test_no_half_copied_file(killed):
    """Files that are there are whole; the one that was being written is not, and is not there under its name."""
    there = {path.name: path for path in (killed / "there" / "run").iterdir()}
    assert there.pop("a").read_bytes() == b"first"
    [(name, leftover)] = there.items()
    assert name.startswith(".trivet-partial-")
    assert leftover.stat().st_size == 1_000_000


def test_leftovers_cannot_be_seen(again):
    """To clients there is no leftover: not in listings, not by name, and it is not copied along."""
    client = again.client()
    assert [entry["name"] for entry in client.operation_ls(again.id("there"), "/run")] == ["a"]
    [leftover] = (again.root("there") / "run").glob(".trivet-partial-*")
    with pytest.raises(globus_sdk.TransferAPIError) as caught:
        client.operation_stat(again.id("there"), f"/run/{leftover.name}")
    assert caught.value.http_status == 403
    again.transfer(("/run", "/copy"), source="there", to="group")
    assert again.contents("group") == {"copy/a": b"first"}


def test_leftovers_go_with_the_next_transfer(again):
    """The same transfer again completes the directory and removes what the killed one left there."""
    task = again.transfer(("/run", "/run"), sync_level="checksum")
    assert (task["status"], task["files_skipped"], task["files_transferred"]) == ("SUCCEEDED", 1, 2)
    assert again.contents() == {"run/a": b"first", "run/b": BIG, "run/c": b"last"}


def test_what_somebody_still_writes_is_no_leftover(depot):
    """Two transfers into one directory leave each other's files alone."""
    depot.fill({"a": BIG, "b": BIG})
    with depot.globus.hold_files("/a", after=1_000_000) as hold:
        slow = depot.submit(("/a", "/goal/a"))
        hold.wait_until_reached()
        quick = depot.submit(("/b", "/goal/b"))
        depot.until(quick, lambda task: task["status"] == "SUCCEEDED")
        assert len(depot.contents()) == 2
    task = depot.finished(slow)
    assert (task["status"], task["faults"]) == ("SUCCEEDED", 0)
    assert depot.contents() == {"goal/a": BIG, "goal/b": BIG}


def test_stopping_in_the_middle(tmp_path, monkeypatch):
    """``stop`` ends transfers that are going on and those that wait, joins their threads and leaves no leftover."""
    before = {each.name for each in threading.enumerate()}
    depot = Depot(time.time, data_dir=tmp_path)
    with depot.globus:
        for name, value in depot.globus.environ.items():
            monkeypatch.setenv(name, value)
        depot.fill({f"run/{n}": BIG for n in range(20)})
        hold = depot.globus.hold_files("*", after=1_000_000)
        for n in range(20):
            depot.submit((f"/run/{n}", f"/run/{n}"))
        hold.wait_until_reached()
        depot.sign_out()
    assert {each.name for each in threading.enumerate()} <= before
    assert depot.contents() == {}
    with depot.globus:
        assert depot.contents() == {}
