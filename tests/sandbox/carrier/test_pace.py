"""Progress that can be watched, and tasks that stop when they are told to."""

from __future__ import annotations

import threading

import globus_sdk
import pytest

BIG = bytes(range(256)) * 16_384  # 4 MiB


@pytest.fixture
def held(depot):
    """A transfer of three files, halted in the middle of the second; its task id and what holds it."""
    depot.fill({"run/a": "first", "run/b": BIG, "run/c": "last"})
    with depot.globus.hold_files("/run/b", after=1_000_000) as hold:
        task_id = depot.submit(("/run", "/run"))
        hold.wait_until_reached()
        yield task_id, hold
    depot.globus.wait_for_tasks()


def _whole(depot):
    return {path: data for path, data in depot.contents().items() if ".trivet-partial-" not in path}


def test_progress_moves(depot, held):
    """Half way, the task says how many files and bytes have arrived; then it goes on from there."""
    task_id, hold = held
    task = depot.client().get_task(task_id)
    assert (task["status"], task["files_transferred"], task["bytes_transferred"]) == ("ACTIVE", 1, 1_000_005)
    assert (task["files"], task["subtasks_total"]) == (3, 5)
    assert (task["subtasks_succeeded"], task["subtasks_pending"]) == (3, 2)
    assert (task["is_ok"], task["nice_status"], task["completion_time"]) == (True, "OK", None)
    hold.release()
    after = depot.finished(task_id)
    assert (after["status"], after["files_transferred"]) == ("SUCCEEDED", 3)
    assert after["bytes_transferred"] == len(BIG) + 9


def test_a_file_is_there_only_when_it_is_whole(depot, held):
    """While a file is copied, its name shows nothing, or the old contents; listings show nothing of the new ones."""
    _, hold = held
    assert _whole(depot) == {"run/a": b"first"}
    assert len(depot.contents()) == 2
    listing = depot.client().operation_ls(depot.id("there"), "/run/")
    assert [entry["name"] for entry in listing] == ["a"]
    hold.release()


def test_an_old_file_stays_until_the_new_one_is_whole(depot):
    """A reader of the destination sees the old file or the new one."""
    depot.fill({"a": BIG})
    depot.fill({"a": "old"}, "there")
    with depot.globus.hold_files("/a", after=3_000_000) as hold:
        task_id = depot.submit(("/a", "/a"))
        hold.wait_until_reached()
        assert (depot.root("there") / "a").read_bytes() == b"old"
    depot.finished(task_id)
    assert (depot.root("there") / "a").read_bytes() == BIG


def test_cancel(depot, held):
    """Canceling in the middle of a file ends the task at once: that file never appears, and nothing is left over."""
    task_id, _ = held
    answer = depot.client().cancel_task(task_id)
    assert answer["code"] == "Canceled"
    task = depot.client().get_task(task_id)
    assert (task["status"], task["fatal_error"]["code"]) == ("FAILED", "CANCELED")
    assert (task["subtasks_succeeded"], task["subtasks_canceled"], task["subtasks_pending"]) == (3, 2, 0)
    depot.globus.wait_for_tasks()
    assert depot.contents() == {"run/a": b"first"}
    assert depot.events(task_id)[-1] == "CANCELED"


def test_cancel_twice(depot, held):
    """A task that is over cannot be canceled, which is no error: ``TaskComplete``."""
    task_id, _ = held
    client = depot.client()
    client.cancel_task(task_id)
    assert client.cancel_task(task_id)["code"] == "TaskComplete"


def test_deadline(depot, held):
    """When the sandbox's clock passes the deadline the task has failed, for whoever looks, and it stops."""
    task_id, _ = held
    depot.globus.advance(86_399)
    assert depot.client().get_task(task_id)["status"] == "ACTIVE"
    depot.globus.advance(1)
    depot.globus.wait_for_tasks()
    task = depot.client().get_task(task_id)
    assert (task["status"], task["fatal_error"]["code"]) == ("FAILED", "EXPIRED")
    assert (task["subtasks_expired"], task["subtasks_pending"]) == (2, 0)
    assert depot.contents() == {"run/a": b"first"}


def test_a_nearer_deadline(depot, held):
    """``update_task`` moves the deadline, and changes the label, while the task goes on."""
    task_id, _ = held
    client = depot.client()
    before = client.get_task(task_id)
    assert client.update_task(task_id, {"label": "renamed", "deadline": "2100-01-01"})["code"] == "Updated"
    after = client.get_task(task_id)
    assert (before["label"], after["label"]) == (None, "renamed")
    assert after["deadline"] == "2100-01-01T00:00:00+00:00"
    depot.globus.advance(1.5 * 86_400)
    assert client.get_task(task_id)["status"] == "ACTIVE"


def test_no_successful_transfers_yet(depot, held):
    """Which files arrived is told when the task is completed, and 400 before."""
    task_id, _ = held
    client = depot.client()
    for ask in (client.task_successful_transfers, client.task_skipped_errors):
        with pytest.raises(globus_sdk.TransferAPIError) as caught:
            ask(task_id)
        assert (caught.value.http_status, caught.value.code) == (400, "ClientError.BadRequest")
    client.cancel_task(task_id)
    assert [each["source_path"] for each in client.task_successful_transfers(task_id)] == ["/run/a"]


def test_the_source_changes_meanwhile(depot, held):
    """A source file that is written to while it is copied is copied again, from the start."""
    task_id, hold = held
    with (depot.root() / "run" / "b").open("ab") as file:
        file.write(b"more")
    hold.release()
    task = depot.finished(task_id)
    assert (task["status"], task["faults"]) == ("SUCCEEDED", 1)
    assert "FILE_SIZE_CHANGED" in depot.events(task_id)
    assert depot.contents()["run/b"] == BIG + b"more"


def test_no_collection_of_that_name(depot):
    """A slip in a name is told with the names that there are."""
    for act in (depot.globus.pause_collection, depot.globus.resume_collection):
        with pytest.raises(KeyError, match="no collection 'hear' here"):
            act("hear")


def test_pausing_a_collection(depot):
    """A task that touches a paused collection waits and says why; when that is resumed, so is the task."""
    depot.fill({"a": "a"})
    depot.globus.pause_collection("there", "New disks")
    client = depot.client()
    with depot.globus.hold_files() as arrived:
        task_id = depot.submit(("/a", "/a"))
        task = depot.until(task_id, lambda task: task["is_paused"])
        assert (task["nice_status"], task["files_transferred"]) == ("PAUSED", 0)
        [rule] = client.task_pause_info(task_id)["pause_rules"]
        assert (rule["message"], rule["endpoint_display_name"]) == ("New disks", "There")
        depot.globus.resume_collection("there")
        arrived.wait_until_reached()
    assert client.task_pause_info(task_id)["pause_rules"] == []
    task = depot.finished(task_id)
    assert (task["status"], task["is_paused"]) == ("SUCCEEDED", False)
    assert depot.events(task_id)[:3] == ["STARTED", "PAUSED", "UNPAUSED"]


def test_a_paused_collection_does_nothing_at_once(depot):
    """Listing and the like are refused with ``OperationPaused`` and the manager's words."""
    depot.globus.pause_collection("here", "New disks")
    client = depot.client()
    for do in (
        lambda: client.operation_ls(depot.id("here")),
        lambda: client.operation_stat(depot.id("here"), "/"),
        lambda: client.operation_mkdir(depot.id("here"), "/x"),
        lambda: client.operation_rename(depot.id("here"), "/x", "/y"),
    ):
        with pytest.raises(globus_sdk.TransferAPIError) as caught:
            do()
        assert (caught.value.http_status, caught.value.code) == (409, "OperationPaused")
        assert caught.value.message == "New disks"
    assert client.operation_ls(depot.id("there"))["total"] == 0


def test_a_rate(depot):
    """With a rate, a transfer is slow enough to be seen half way, and fast again when the limit is lifted."""
    depot.fill({"a": BIG})
    depot.globus.limit_rate(1_000)
    task_id = depot.submit(("/a", "/a"))
    task = depot.until(task_id, lambda task: task["bytes_transferred"] > 0)
    assert task["bytes_transferred"] < len(BIG)
    depot.globus.limit_rate(None)
    assert depot.finished(task_id)["bytes_transferred"] == len(BIG)


@pytest.mark.parametrize("rate", [0, -1, float("nan")])
def test_rates_that_mean_nothing(depot, rate):
    """A rate is above 0."""
    with pytest.raises(ValueError, match="above 0"):
        depot.globus.limit_rate(rate)


def test_faults_that_mean_nothing(depot):
    """A fault has one of Transfer's codes."""
    with pytest.raises(ValueError, match="PERMISSION_DENIED"):
        depot.globus.fail_file("*", "OUT_OF_CHEESE")


def test_waiting_in_vain(depot, held):
    """Waiting for a hold that nothing reaches, or for a task that is held, ends in a TimeoutError."""
    with pytest.raises(TimeoutError, match="'/nothing'"):
        depot.globus.hold_files("/nothing").wait_until_reached(0.01)
    with pytest.raises(TimeoutError, match="1 tasks still go on"):
        depot.globus.wait_for_tasks(0.01)


def test_reset_stops_what_goes_on(depot, held):
    """``reset`` forgets the tasks and what they have carried, and when it returns nobody touches a file any more."""
    task_id, _ = held
    depot.globus.reset()
    depot.sign_out()
    assert (depot.contents("here"), depot.contents("there")) == ({}, {})
    with pytest.raises(globus_sdk.TransferAPIError) as caught:
        depot.client().get_task(task_id)
    assert (caught.value.http_status, caught.value.code) == (404, "TaskNotFound")


def test_many_at_once(depot):
    """Tasks go on side by side: one that is held keeps no other waiting."""
    depot.fill({"slow": BIG, **{f"{n}": str(n) for n in range(30)}})
    with depot.globus.hold_files("/slow") as hold:
        slow = depot.submit(("/slow", "/slow"))
        hold.wait_until_reached()
        quick = [depot.submit((f"/{n}", f"/{n}")) for n in range(30)]
        for task_id in quick:
            depot.until(task_id, lambda task: task["status"] == "SUCCEEDED")
        assert depot.client().get_task(slow)["status"] == "ACTIVE"
    depot.globus.wait_for_tasks()
    assert len(depot.contents()) == 31


def test_two_tasks_write_the_same_file(depot):
    """Whoever comes last has it; what is there is the one or the other, whole."""
    depot.fill({"a": b"a" * 2_000_000, "b": b"b" * 2_000_000})
    with depot.globus.hold_files("*", after=1_000_000) as hold:
        for name in "abab":
            depot.submit((f"/{name}", "/goal"))
        hold.wait_until_reached()
    depot.globus.wait_for_tasks()
    assert list(depot.contents()) == ["goal"]
    assert depot.contents()["goal"] in (b"a" * 2_000_000, b"b" * 2_000_000)


def test_canceling_and_finishing_race(depot):
    """Whatever comes first: a task that says it was canceled has no file there that it does not list."""
    for n in range(20):
        depot.fill({f"{n}/{m}": "x" for m in range(20)})
        task_id = depot.submit((f"/{n}", f"/{n}"))
        client = depot.client()
        canceling = threading.Thread(target=client.cancel_task, args=(task_id,))
        canceling.start()
        canceling.join()
        task = depot.finished(task_id)
        there = {f"/{path}" for path in depot.contents() if path.startswith(f"{n}/")}
        pages = client.paginated.task_successful_transfers(task_id)
        assert {each["destination_path"] for page in pages for each in page} == there
        assert task["files_transferred"] == len(there)
        assert task["subtasks_pending"] == 0
