"""Transfers move real bytes, and say truthfully how far they are."""

from __future__ import annotations

import hashlib
import os

import globus_sdk
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

TREE = {"run/a.csv": "1,2\n", "run/deep/b.csv": b"\0" * 3_000_000, "run/deep/deeper/ü ñ.txt": "é", "run/.hidden": "h"}


def _below(prefix, tree):
    return {
        path.removeprefix(prefix): data if isinstance(data, bytes) else data.encode() for path, data in tree.items()
    }


def test_one_file(depot):
    """A file arrives with its bytes, under the name that was asked for, in directories made for it."""
    depot.fill({"a.txt": "hello"})
    task = depot.transfer(("/a.txt", "/new/deep/b.txt"))
    assert depot.contents() == {"new/deep/b.txt": b"hello"}
    assert (task["status"], task["files"], task["directories"], task["bytes_transferred"]) == ("SUCCEEDED", 1, 0, 5)
    assert (task["subtasks_total"], task["subtasks_succeeded"], task["subtasks_pending"]) == (2, 2, 0)
    assert depot.events(task["task_id"]) == ["STARTED", "PROGRESS", "SUCCEEDED"]


def test_a_directory(depot):
    """What is in a directory arrives in the directory asked for, at any depth; figures are those of the fixtures."""
    depot.fill(TREE)
    (depot.root() / "run" / "empty").mkdir()
    task = depot.transfer(("/run/", "/copy/", {"recursive": True}))
    assert depot.contents() == {f"copy/{path}": data for path, data in _below("run/", TREE).items()}
    assert (depot.root("there") / "copy" / "empty").is_dir()
    assert (task["files"], task["directories"], task["subtasks_total"]) == (4, 4, 9)
    assert (task["files_transferred"], task["bytes_transferred"]) == (4, sum(map(len, depot.contents().values())))
    assert (task["subtasks_succeeded"], task["faults"], task["is_ok"], task["nice_status"]) == (9, 0, None, None)


@pytest.mark.parametrize("recursive", [None, False, True])
@pytest.mark.parametrize("path", ["/run", "/a.txt"])
def test_what_an_item_is(depot, path, recursive):
    """Left out, ``recursive`` follows from what is there; said wrongly, the task fails at once."""
    depot.fill({"run/x": "x", "a.txt": "a"})
    task = depot.transfer((path, "/goal", {} if recursive is None else {"recursive": recursive}))
    if recursive in (None, path == "/run"):
        assert (task["status"], set(depot.contents())) == ("SUCCEEDED", {"goal/x"} if path == "/run" else {"goal"})
    else:
        code = "NOT_A_DIRECTORY" if recursive else "IS_A_DIRECTORY"
        assert (task["status"], task["fatal_error"]["code"], task["faults"]) == ("FAILED", code, 1)
        assert depot.contents() == {}


def test_several_items(depot):
    """All items of a task are done, in one task."""
    depot.fill({"a": "a", "b": "b", "c/d": "d"})
    task = depot.transfer(("/a", "/1"), ("/b", "/2"), ("/c", "/3"))
    assert depot.contents() == {"1": b"a", "2": b"b", "3/d": b"d"}
    assert task["subtasks_total"] == 7


def test_an_old_file_is_replaced(depot):
    """The new contents replace the old ones, longer or not, and the file keeps its permissions."""
    depot.fill({"a": "new"})
    depot.fill({"a": "older and longer"}, "there")
    (depot.root("there") / "a").chmod(0o640)
    depot.transfer(("/a", "/a"))
    assert depot.contents() == {"a": b"new"}
    assert (depot.root("there") / "a").stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("keep", [False, True])
def test_timestamps(depot, keep):
    """``preserve_timestamp`` gives the copy the time of the original, and only then."""
    depot.fill({"a": "a"})
    os.utime(depot.root() / "a", (1_000_000_000, 1_000_000_000))
    depot.transfer(("/a", "/a"), preserve_timestamp=keep)
    assert ((depot.root("there") / "a").stat().st_mtime == 1_000_000_000) is keep


@pytest.mark.parametrize(
    ("level", "copied"),
    [
        ("exists", {"missing"}),
        ("size", {"missing", "size"}),
        ("mtime", {"missing", "older"}),
        ("checksum", {"missing", "size", "older", "changed"}),
        (globus_sdk.MISSING, {"missing", "size", "older", "changed", "same"}),
    ],
)
def test_sync_levels(depot, level, copied):
    """Each level copies what is missing and what differs by its measure; the rest counts as skipped."""
    depot.fill(dict.fromkeys(("run/missing", "run/size", "run/older", "run/changed", "run/same"), "new!"))
    depot.fill({"run/size": "longer", "run/older": "old!", "run/changed": "old!", "run/same": "new!"}, "there")
    for path in (depot.root("there") / "run").iterdir():
        moment = 2_000_000_000 if path.name != "older" else 1_000_000_000
        os.utime(path, (moment, moment))
    task = depot.transfer(("/run", "/run"), sync_level=level)
    client = depot.client()
    paths = {each["destination_path"] for each in client.task_successful_transfers(task["task_id"])}
    assert paths == {f"/run/{name}" for name in copied}
    assert (task["files_transferred"], task["files_skipped"]) == (len(copied), 5 - len(copied))
    assert task["bytes_checksummed"] == (12 if level == "checksum" else 0)
    assert task["subtasks_succeeded"] == task["subtasks_total"]


def test_checksums_are_real(depot):
    """With ``verify_checksum`` the record of each file has the checksum of what arrived."""
    depot.fill({"a": "hello", "b": "x" * 2_000_000})
    task = depot.transfer(("/a", "/a"), ("/b", "/b", {"checksum_algorithm": "SHA-256"}), verify_checksum=True)
    found = {each["source_path"]: each for each in depot.client().task_successful_transfers(task["task_id"])}
    assert found["/a"]["checksum"] == hashlib.md5(b"hello").hexdigest()
    assert (found["/b"]["checksum"], found["/b"]["checksum_algorithm"]) == (
        hashlib.sha256(b"x" * 2_000_000).hexdigest(),
        "SHA256",
    )
    assert task["bytes_checksummed"] == 2_000_005


@pytest.mark.parametrize("right", [False, True])
def test_external_checksum(depot, right):
    """A checksum that came with the order is compared: another one ends the task, and no file appears."""
    depot.fill({"a": "hello"})
    checksum = hashlib.sha1(b"hello" if right else b"other").hexdigest().upper()
    task = depot.transfer(("/a", "/a", {"external_checksum": checksum, "checksum_algorithm": "SHA1"}))
    assert (task["status"], depot.contents()) == (("SUCCEEDED", {"a": b"hello"}) if right else ("FAILED", {}))
    assert right or task["fatal_error"]["code"] == "EXTERNAL_CHECKSUM_MISMATCH"


@pytest.mark.parametrize(
    ("source", "destination", "code"),
    [
        ("/nothing", "/x", "FILE_NOT_FOUND"),
        ("/a/below", "/x", "FILE_NOT_FOUND"),
        ("/../etc/passwd", "/x", "PERMISSION_DENIED"),
        ("/out", "/x", "PERMISSION_DENIED"),
        ("/pipe", "/x", "NOT_A_FILE"),
        ("/a", "/dir", "IS_A_DIRECTORY"),
        ("/a", "/dir/", "IS_A_DIRECTORY"),
        ("/a", "/", "IS_A_DIRECTORY"),
        ("/a", "/file/x", "NOT_A_DIRECTORY"),
        ("/a", "/../x", "PERMISSION_DENIED"),
        ("/a", "/out/x", "PERMISSION_DENIED"),
        ("/a", "/" + "n" * 300, "INVALID_PATH_NAME"),
        ("/a", "/\ud800", "INVALID_PATH_NAME"),
        ("/a", "/.trivet-partial-x", "PERMISSION_DENIED"),
    ],
)
def test_what_cannot_be_done(depot, tmp_path, source, destination, code):
    """The task fails, says why, in an event and in ``fatal_error``, and leaves nothing behind, inside or outside."""
    depot.fill({"a": "a"})
    depot.fill({"dir/old": "old", "file": "old"}, "there")
    os.mkfifo(depot.root() / "pipe")
    (depot.root() / "out").symlink_to("/etc/passwd")
    (depot.root("there") / "out").symlink_to(tmp_path)
    task = depot.transfer((source, destination))
    assert (task["status"], task["fatal_error"]["code"]) == ("FAILED", code)
    assert (task["subtasks_failed"], task["subtasks_pending"], task["nice_status"]) == (1, 0, None)
    assert task["faults"] in (1, 3)
    assert set(depot.events(task["task_id"])) == {"STARTED", code}
    assert depot.contents() == {"dir/old": b"old", "file": b"old"}
    assert list(tmp_path.iterdir()) == []


def test_links(depot, tmp_path):
    """A link given as an item is followed, inside the collection; those found in a directory are left out."""
    depot.fill({"run/a": "a", "real/b": "b"})
    (depot.root() / "run" / "link").symlink_to("a")
    (depot.root() / "run" / "dir").symlink_to(depot.root() / "real")
    (depot.root() / "run" / "etc").symlink_to("/etc")
    task = depot.transfer(("/run/link", "/1"), ("/run/dir", "/2"), ("/run", "/3"))
    assert depot.contents() == {"1": b"a", "2/b": b"b", "3/a": b"a"}
    assert task["status"] == "SUCCEEDED"


def test_links_at_the_destination(depot, tmp_path):
    """Writing to a link that stays inside writes where it leads; below a directory, no link is followed."""
    depot.fill({"a": "new", "run/sub/x": "x"})
    depot.fill({"real": "old", "run/.keep": ""}, "there")
    (depot.root("there") / "link").symlink_to("real")
    depot.transfer(("/a", "/link"))
    assert (depot.root("there") / "real").read_bytes() == b"new"
    (depot.root("there") / "run" / "sub").symlink_to(tmp_path)
    task = depot.transfer(("/run", "/run"))
    assert (task["status"], task["fatal_error"]["code"]) == ("FAILED", "NOT_A_DIRECTORY")
    assert list(tmp_path.iterdir()) == []


def test_into_itself(depot):
    """A directory is not copied into itself, not even under another name."""
    depot.fill({"run/a": "a"})
    (depot.root() / "alias").symlink_to("run")
    for goal in ("/run", "/run/copy", "/alias/copy"):
        task = depot.transfer(("/run", goal), to="here")
        assert (task["status"], task["fatal_error"]["code"]) == ("FAILED", "INVALID_PATH_NAME")
    assert set(depot.contents("here")) == {"run/a"}


def test_skipping_source_errors(depot):
    """With ``skip_source_errors``, what is missing or denied at the source is listed and the rest is carried."""
    depot.fill({"run/a": "a", "run/b": "b", "run/c": "c", "ok": "ok"})
    depot.globus.fail_file("/run/b", "PERMISSION_DENIED", times=None)
    task = depot.transfer(("/run", "/run"), ("/gone", "/x"), ("/ok", "/ok"), skip_source_errors=True)
    assert depot.contents() == {"run/a": b"a", "run/c": b"c", "ok": b"ok"}
    assert (task["status"], task["subtasks_skipped_errors"], task["subtasks_succeeded"]) == ("SUCCEEDED", 2, 6)
    assert task["subtasks_total"] == 8
    skipped = {each["source_path"]: each["error_code"] for each in depot.client().task_skipped_errors(task["task_id"])}
    assert skipped == {"/gone": "FILE_NOT_FOUND", "/run/b": "PERMISSION_DENIED"}
    assert "SKIPPED_ERRORS" in depot.events(task["task_id"])


def test_destination_errors_are_not_skipped(depot):
    """``skip_source_errors`` is about the source; what the destination refuses ends the task."""
    depot.fill({"a": "a"})
    depot.globus.fail_file("/x", "PERMISSION_DENIED", side="destination", times=None)
    task = depot.transfer(("/a", "/x"), skip_source_errors=True)
    assert (task["status"], task["fatal_error"]["code"]) == ("FAILED", "PERMISSION_DENIED")


@pytest.mark.parametrize("code", ["CONNECTION_RESET", "VERIFY_CHECKSUM", "NO_SPACE_LEFT"])
def test_a_passing_fault(depot, code):
    """A file that fails once is tried again; the fault is counted and the task succeeds."""
    depot.fill({"a": "a", "b": "b"})
    depot.globus.fail_file("/a", code)
    task = depot.transfer(("/a", "/a"), ("/b", "/b"))
    assert (task["status"], task["faults"], task["fatal_error"]) == ("SUCCEEDED", 1, None)
    assert depot.events(task["task_id"]) == ["STARTED", code, "PROGRESS", "SUCCEEDED"]
    assert depot.contents() == {"a": b"a", "b": b"b"}


def test_a_lasting_fault(depot):
    """A file that keeps failing ends the task with that fault; what was not reached counts as canceled."""
    depot.fill({"a": "a", "b": "b", "c": "c"})
    depot.globus.fail_file("/b", "NO_SPACE_LEFT", side="destination", times=None)
    task = depot.transfer(("/a", "/a"), ("/b", "/b"), ("/c", "/c"))
    assert (task["status"], task["faults"]) == ("FAILED", 3)
    assert task["fatal_error"] == {"code": "NO_SPACE_LEFT", "description": "No space left"}
    assert (task["subtasks_succeeded"], task["subtasks_failed"], task["subtasks_canceled"]) == (4, 1, 1)
    assert depot.contents() == {"a": b"a"}


@pytest.mark.parametrize(("at_once", "faults"), [(False, 3), (True, 1)])
def test_quota(depot, at_once, faults):
    """``fail_on_quota_errors`` ends the task at the first quota fault."""
    depot.fill({"a": "a"})
    depot.globus.fail_file("/a", "QUOTA_EXCEEDED", side="destination", times=None)
    assert depot.transfer(("/a", "/a"), fail_on_quota_errors=at_once)["faults"] == faults


def test_filter_rules(depot):
    """The first rule that matches decides; an excluded directory is left out with all that is in it."""
    depot.fill({f"run/{name}": "x" for name in ("a.csv", "b.txt", "keep.txt", "sub/c.csv", "tmp/d.csv")})
    data = depot.order(("/run", "/run", {"recursive": True}))
    data.add_filter_rule("keep.*", method="include")
    data.add_filter_rule("*.txt", type="file")
    data.add_filter_rule("tmp", type="dir")
    task_id = depot.client().submit_transfer(data)["task_id"]
    assert depot.finished(task_id)["filter_rules"][1] == {
        "DATA_TYPE": "filter_rule",
        "method": "exclude",
        "name": "*.txt",
        "type": "file",
    }
    assert set(depot.contents()) == {"run/a.csv", "run/keep.txt", "run/sub/c.csv"}


def test_delete_destination_extra(depot, tmp_path):
    """The destination directory ends up like the source; links there are removed and not followed."""
    depot.fill({"run/a": "a", "run/sub/b": "b"})
    depot.fill({"run/old": "x", "run/gone/deep/x": "x", "run/sub/old": "x", "beside": "x"}, "there")
    (tmp_path / "precious").write_text("x")
    (depot.root("there") / "run" / "link").symlink_to(tmp_path)
    depot.transfer(("/run", "/run"), delete_destination_extra=True)
    assert depot.contents() == {"run/a": b"a", "run/sub/b": b"b", "beside": b"x"}
    assert (tmp_path / "precious").exists()


def test_extra_files_stay_when_the_source_had_errors(depot):
    """What could not be seen at the source is not taken for something to delete."""
    depot.fill({"run/a": "a"})
    depot.fill({"run/old": "x"}, "there")
    order = {"skip_source_errors": True, "delete_destination_extra": True}
    task = depot.transfer(("/run", "/run"), ("/gone", "/gone"), **order)
    assert set(depot.contents()) == {"run/a", "run/old"}
    assert "DELETE_DESTINATION_EXTRA_SKIPPED" in depot.events(task["task_id"])


@settings(max_examples=25)
@given(
    tree=st.dictionaries(
        st.lists(st.text(st.characters(exclude_characters="/\0\n\r"), min_size=1, max_size=20), min_size=1, max_size=3)
        .filter(lambda parts: not {".", "..", "~"} & set(parts))
        .map("/".join),
        st.binary(max_size=200),
        max_size=6,
    )
)
def test_any_tree_arrives_as_it_is(depot, tree):
    """Whatever the names and contents: the copy is the original, byte for byte."""
    depot.empty()
    written = {}
    for path, data in tree.items():
        try:
            depot.fill({f"run/{path}": data})
        except (OSError, UnicodeEncodeError):
            continue  # no name for a file, or in the way of one
        written[path] = data
    (depot.root() / "run").mkdir(exist_ok=True)
    task = depot.transfer(("/run", "/copy"), verify_checksum=True)
    assert task["status"] == "SUCCEEDED"
    assert depot.contents() == {f"copy/{path}": data for path, data in written.items()}


def test_a_thousand_files(depot):
    """Many files in many directories all arrive, each once; ``successful_transfers`` lists them page by page."""
    files = {f"run/{n % 40}/{n}.dat": bytes([n % 251]) * (n * 37 % 5000) for n in range(1000)}
    depot.fill(files)
    task = depot.transfer(("/run", "/run"), verify_checksum=True)
    assert depot.contents() == files
    assert (task["files_transferred"], task["directories"]) == (1000, 41)
    pages = list(depot.client().paginated.task_successful_transfers(task["task_id"]))
    listed = {each["source_path"]: each["size"] for page in pages for each in page}
    assert len(pages) == 10
    assert listed == {f"/{path}": len(data) for path, data in files.items()}
