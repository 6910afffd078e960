"""Ten thousand files, a gigabyte: every byte arrives, and the sandbox answers meanwhile."""

from __future__ import annotations

import hashlib
import random

import pytest

FILES = 10_000
TOTAL_BYTES = 1 << 30


def _fill(root, seed):
    """Write the files, of all sizes from empty to two megabytes, and return checksum and size of each by path."""
    rolling = random.Random(seed)
    noise = rolling.randbytes(4_000_000)
    sizes = [int(rolling.paretovariate(1.1)) for _ in range(FILES - 1)]
    scale = TOTAL_BYTES / sum(min(each, 200) for each in sizes)
    sizes = [0, *(int(min(each, 200) * scale) for each in sizes)]
    written = {}
    for n, size in enumerate(sizes):
        path = root / "run" / f"{n % 100:02}" / f"{n}.dat"
        path.parent.mkdir(parents=True, exist_ok=True)
        begin = rolling.randrange(len(noise))
        data = (noise[begin:] + noise * (size // len(noise) + 1))[:size]
        path.write_bytes(data)
        written[f"/run/{n % 100:02}/{n}.dat"] = (hashlib.md5(data).hexdigest(), size)
    return written


@pytest.mark.soak
def test_ten_thousand_files_and_a_gigabyte(depot):
    """All files arrive with the right bytes; the recorded checksums are theirs; progress only ever grows."""
    written = _fill(depot.root(), seed=7)
    total = sum(size for _, size in written.values())
    assert total > 0.95 * TOTAL_BYTES
    task_id = depot.submit(("/run", "/run"), verify_checksum=True)
    client, seen = depot.client(), []
    while (task := client.get_task(task_id))["status"] == "ACTIVE":
        seen.append((task["bytes_transferred"], task["files_transferred"], task["subtasks_succeeded"]))
    assert seen == sorted(seen)
    assert len(set(seen)) > 10
    assert (task["status"], task["files_transferred"], task["faults"]) == ("SUCCEEDED", FILES, 0)
    assert task["bytes_transferred"] == task["bytes_checksummed"] == total
    pages = client.paginated.task_successful_transfers(task_id)
    recorded = {each["destination_path"]: (each["checksum"], each["size"]) for page in pages for each in page}
    assert recorded == written
    for path, (checksum, size) in written.items():
        data = (depot.root("there") / path[1:]).read_bytes()
        assert (hashlib.md5(data).hexdigest(), len(data)) == (checksum, size)
