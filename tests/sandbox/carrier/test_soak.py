"""Ten thousand files, a gigabyte: every byte arrives, cancel stops it, and being killed leaves no half of a file."""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

FILES = 10_000
TOTAL_BYTES = 1 << 30
SOME = 1_000
TESTS = Path(__file__).parents[2]

LARGE = pytest.param(FILES, TOTAL_BYTES, marks=pytest.mark.soak, id="large")
SMALL = pytest.param(200, 1 << 22, id="small")

PROGRAM = """
import os, sys, time
from depot import Depot
depot = Depot(time.time, data_dir=sys.argv[1])
with depot.globus:
    os.environ.update(depot.globus.environ)
    task = depot.submit(("/run", "/run"), verify_checksum=True)
    depot.until(task, lambda task: task["files_transferred"] >= int(sys.argv[2]))
    print("half way", flush=True)
    sys.stdin.read()
"""


def _fill(root, files, total_bytes):
    """Write the files, of all sizes from empty to two megabytes, and return checksum and size of each by path."""
    rolling = random.Random(7)
    noise = rolling.randbytes(4_000_000)
    sizes = [int(rolling.paretovariate(1.1)) for _ in range(files - 1)]
    scale = total_bytes / sum(min(each, 200) for each in sizes)
    sizes = [0, *(int(min(each, 200) * scale) for each in sizes)]
    written = {}
    for n, size in enumerate(sizes):
        path = root / "run" / f"{n % 100:02}" / f"{n}.dat"
        path.parent.mkdir(parents=True, exist_ok=True)
        begin = rolling.randrange(len(noise))
        data = (noise[begin:] + noise * (size // len(noise) + 1))[:size]
        path.write_bytes(data)
        written[f"/run/{n % 100:02}/{n}.dat"] = _sum_of(data)
    return written


def _sum_of(data):
    return hashlib.md5(data).hexdigest(), len(data)


def _progress(task):
    return task["bytes_transferred"], task["files_transferred"], task["subtasks_succeeded"]


def _found(root):
    """Return checksum and size of every file that can be seen, by path."""
    seen = (path for path in root.rglob("*") if path.is_file() and not path.name.startswith(".trivet-partial-"))
    return {f"/{path.relative_to(root)}": _sum_of(path.read_bytes()) for path in seen}


@pytest.mark.parametrize(("files", "total_bytes"), [SMALL, LARGE])
def test_every_byte_arrives(depot, files, total_bytes):
    """All files arrive with the right bytes; the recorded checksums are theirs; progress moves, and only ever grows.

    The first file of a directory in the middle waits until it has been seen to, so that this is seen of few files too.
    """
    written = _fill(depot.root(), files, total_bytes)
    total = sum(size for _, size in written.values())
    assert total > 0.95 * total_bytes
    client, seen = depot.client(), []
    with depot.globus.hold_files("/run/50/*") as hold:
        task_id = depot.submit(("/run", "/run"), verify_checksum=True)
        hold.wait_until_reached()
        seen.append(_progress(client.get_task(task_id)))
        assert 0 < seen[0][1] < files
    while (task := client.get_task(task_id))["status"] == "ACTIVE":
        seen.append(_progress(task))
    seen.append(_progress(task))
    assert seen == sorted(seen)
    assert len(set(seen)) > 1 + files // 1_000
    assert (task["status"], task["files_transferred"], task["faults"]) == ("SUCCEEDED", files, 0)
    assert task["bytes_transferred"] == task["bytes_checksummed"] == total
    pages = client.paginated.task_successful_transfers(task_id)
    recorded = {each["destination_path"]: (each["checksum"], each["size"]) for page in pages for each in page}
    assert recorded == written
    assert _found(depot.root("there")) == written


@pytest.mark.soak
def test_cancel_stops_at_once(depot):
    """After the answer to a cancel no file appears any more: what is there is what the task counts, and is whole."""
    written = _fill(depot.root(), FILES, TOTAL_BYTES)
    task_id = depot.submit(("/run", "/run"), verify_checksum=True)
    depot.until(task_id, lambda task: task["files_transferred"] >= SOME)
    depot.client().cancel_task(task_id)
    canceled = depot.client().get_task(task_id)
    there = _found(depot.root("there"))
    assert SOME <= len(there) == canceled["files_transferred"] < FILES
    assert there.items() <= written.items()
    task = depot.finished(task_id)
    assert (task["status"], task["files_transferred"]) == ("FAILED", canceled["files_transferred"])
    assert _found(depot.root("there")) == there


@pytest.mark.soak
def test_killed_in_the_middle(tmp_path):
    """``kill -9`` among thousands of files: each that is there under its name is whole, and it is not all of them."""
    written = _fill(tmp_path / "here", FILES, TOTAL_BYTES)
    environ = {**os.environ, "PYTHONPATH": f"{TESTS}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"}
    command = [sys.executable, "-c", PROGRAM, str(tmp_path), str(SOME)]
    with subprocess.Popen(command, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "half way\n"
        running.kill()
    there = _found(tmp_path / "there")
    assert SOME <= len(there) < FILES
    assert there.items() <= written.items()
