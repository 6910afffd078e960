"""Delete tasks remove what they are told to, and nothing else."""

from __future__ import annotations

import globus_sdk
import pytest

FILES = {"run/a": "a", "run/deep/b": "b", "run/.hidden": "h", "beside": "x"}


def test_a_file(depot):
    """One file goes; the task counts it."""
    depot.fill(FILES)
    task = depot.delete("/run/a")
    assert set(depot.contents("here")) == set(FILES) - {"run/a"}
    assert (task["status"], task["type"], task["files"], task["directories"]) == ("SUCCEEDED", "DELETE", 1, 0)
    assert (task["source_endpoint_id"], task["destination_endpoint_id"]) == (depot.id("here"), None)
    assert (task["subtasks_total"], task["subtasks_succeeded"]) == (2, 2)


def test_a_directory(depot):
    """With ``recursive``, a directory goes with everything in it."""
    depot.fill(FILES)
    task = depot.delete("/run/", recursive=True)
    assert set(depot.contents("here")) == {"beside"}
    assert not (depot.root() / "run").exists()
    assert (task["files"], task["directories"], task["subtasks_total"]) == (3, 2, 6)


def test_overlapping_paths(depot):
    """A path inside another one, or named twice, is deleted once, and the task is content."""
    depot.fill(FILES)
    task = depot.delete("/run", "/run/a", "/run", "/run/deep", recursive=True)
    assert (task["status"], task["subtasks_pending"]) == ("SUCCEEDED", 0)
    assert set(depot.contents("here")) == {"beside"}


def test_leftovers_go_with_their_directory(depot):
    """A file under construction that was left behind does not keep its directory from being deleted."""
    depot.fill({**FILES, "run/.trivet-partial-0": "half"})
    assert depot.delete("/run", recursive=True)["status"] == "SUCCEEDED"
    assert not (depot.root() / "run").exists()


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/run", "IS_A_DIRECTORY"),
        ("/nothing", "FILE_NOT_FOUND"),
        ("/no/thing", "FILE_NOT_FOUND"),
        ("/", "PERMISSION_DENIED"),
        ("/../x", "PERMISSION_DENIED"),
        ("/out/precious", "PERMISSION_DENIED"),
    ],
)
def test_what_cannot_be_deleted(depot, tmp_path, path, code):
    """A directory without ``recursive``, what is not there, the collection itself, what is outside: nothing goes."""
    depot.fill(FILES)
    (tmp_path / "precious").write_text("x")
    (depot.root() / "out").symlink_to(tmp_path)
    task = depot.delete(path)
    assert (task["status"], task["fatal_error"]["code"]) == ("FAILED", code)
    assert set(depot.contents("here")) >= set(FILES)
    assert (tmp_path / "precious").exists()


@pytest.mark.parametrize("path", ["/nothing", "/no/thing", "/no*"])
def test_ignoring_what_is_missing(depot, path):
    """With ``ignore_missing`` it is fine if something is gone already."""
    depot.fill(FILES)
    task = depot.delete(path, "/beside", ignore_missing=True, interpret_globs=True)
    assert (task["status"], set(depot.contents("here"))) == ("SUCCEEDED", set(FILES) - {"beside"})


def test_links_are_removed_themselves(depot, tmp_path):
    """No link is followed, neither one that is named nor one that is found."""
    depot.fill({**FILES, "real/x": "x"})
    (tmp_path / "precious").write_text("x")
    (depot.root() / "link").symlink_to("real")
    (depot.root() / "run" / "out").symlink_to(tmp_path)
    assert depot.delete("/link", "/run", recursive=True)["status"] == "SUCCEEDED"
    assert set(depot.contents("here")) == {"beside", "real/x"}
    assert not (depot.root() / "link").is_symlink()
    assert (tmp_path / "precious").exists()


@pytest.mark.parametrize(("globs", "left"), [(True, {"b.txt", ".a.csv", "sub/c.csv"}), (False, {"a.csv"})])
def test_patterns(depot, globs, left):
    """``interpret_globs`` makes a pattern of the last name; without it a star is a star. Hidden files are spared."""
    depot.fill({"a.csv": "", "b.txt": "", ".a.csv": "", "sub/c.csv": "", "*.csv": ""})
    task = depot.delete("/*.csv", interpret_globs=globs)
    assert task["status"] == "SUCCEEDED"
    assert left <= set(depot.contents("here"))
    assert "*.csv" not in depot.contents("here")


def test_cancel(depot):
    """A delete task can be canceled half way; what it has not reached stays."""
    depot.fill({f"run/{n}": "x" for n in range(5)})
    with depot.globus.hold_files("/run/2") as hold:
        data = globus_sdk.DeleteData(depot.id("here"), recursive=True)
        data.add_item("/run")
        client = depot.client()
        task_id = client.submit_delete(data)["task_id"]
        hold.wait_until_reached()
        task = client.get_task(task_id)
        assert (task["status"], task["subtasks_succeeded"], task["subtasks_total"]) == ("ACTIVE", 3, 7)
        client.cancel_task(task_id)
    depot.globus.wait_for_tasks()
    assert set(depot.contents("here")) == {"run/2", "run/3", "run/4"}


def test_a_file_that_will_not_go(depot):
    """A lasting fault ends the task with its code; a passing one is counted."""
    depot.fill(FILES)
    depot.globus.fail_file("/run/a", times=None)
    task = depot.delete("/run/a")
    assert (task["status"], task["fatal_error"]["code"], task["faults"]) == ("FAILED", "PERMISSION_DENIED", 3)
    depot.globus.fail_file("/beside", "TIMEOUT")
    task = depot.delete("/beside")
    assert (task["status"], task["faults"]) == ("SUCCEEDED", 1)
