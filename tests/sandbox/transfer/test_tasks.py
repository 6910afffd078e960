"""One's own tasks: listed, described, changed, and what happened to them."""

from __future__ import annotations

import contextlib
import json
import uuid

import globus_sdk
import pytest
from globus_sdk.testing import get_response_set
from hypothesis import given
from hypothesis import strategies as st

from trivet.sandbox.transfer.errors import TransferError
from trivet.sandbox.transfer.filtering import keep_matching
from trivet.sandbox.transfer.task_list import FILTERS

NULL = type(None)


def _theirs(name, case="default"):
    return get_response_set(f"transfer.{name}").lookup(case).json


def _types(document):
    return {key: type(value) for key, value in document.items()}


def _fits(ours, theirs):
    """Say whether *ours* has every key of *theirs*, with a value of the same type; what is null may be either."""
    return not {
        key: value
        for key, value in theirs.items()
        if key not in ours or (NULL not in (type(ours[key]), type(value)) and type(ours[key]) is not type(value))
    }


@pytest.fixture
def history(depot):
    """Five tasks of ada's, an hour apart: done, failed, done, deleting, canceled. Ids by label."""
    depot.fill({"a": "a", "b": "b", "gone": "x"})
    ids = {}
    for label, order in (
        ("first run", ("/a", "/1")),
        ("second run", ("/nothing", "/2")),
        ("third, and last", ("/b", "/3")),
    ):
        ids[label] = depot.submit(order, label=label)
        depot.globus.wait_for_tasks()
        depot.globus.advance(3600)
    ids["delete"] = depot.delete("/gone", label="delete")["task_id"]
    depot.globus.advance(3600)
    with depot.globus.hold_files("/a"):
        ids["canceled"] = depot.submit(("/a", "/4"), source="here", to="group")
        depot.client().cancel_task(ids["canceled"])
    depot.globus.wait_for_tasks()
    return ids


def test_documents_are_the_fixtures(depot):
    """Every document about tasks has at least the keys of the SDK's fixture, with values of the same types."""
    depot.fill({"a": "a"})
    client = depot.client()
    assert _fits(client.get_submission_id().data, _theirs("get_submission_id"))
    accepted = client.submit_transfer(depot.order(("/a", "/b")))
    assert _types(accepted.data) == _types(_theirs("submit_transfer"))
    assert _types(accepted["task_link"]) == _types(_theirs("submit_transfer")["task_link"])
    deletion = globus_sdk.DeleteData(depot.id("here"))
    deletion.add_item("/nothing")
    assert _types(client.submit_delete(deletion).data) == _types(_theirs("submit_delete"))
    depot.globus.wait_for_tasks()
    listed = client.task_list()
    assert set(_theirs("task_list")) <= set(listed.data)
    assert _fits(listed["DATA"][0], _theirs("task_list")["DATA"][0])
    assert _types(client.cancel_task(accepted["task_id"]).data) == _types(_theirs("cancel_task"))
    carried = client.task_successful_transfers(accepted["task_id"])
    assert _fits(carried.data, _theirs("endpoint_manager_task_successful_transfers"))
    assert _fits(carried["DATA"][0], _theirs("endpoint_manager_task_successful_transfers")["DATA"][0])
    with pytest.raises(globus_sdk.TransferAPIError) as caught:
        client.submit_transfer(depot.order())
    theirs = _theirs("submit_transfer", "failure")
    assert _types(caught.value.raw_json) == _types(theirs)
    assert (caught.value.http_status, caught.value.code) == (400, theirs["code"])


def test_a_task_document(depot, history):
    """Who, what, from where to where, when, and how it went."""
    task = depot.client().get_task(history["second run"])
    assert (task["type"], task["status"], task["label"]) == ("TRANSFER", "FAILED", "second run")
    assert task["owner_id"] == depot.globus.people["ada"].id
    assert (task["source_endpoint_id"], task["source_endpoint_display_name"]) == (depot.id("here"), "Here")
    assert (task["destination_endpoint_id"], task["destination_endpoint_display_name"]) == (depot.id("there"), "There")
    assert task["request_time"] == task["completion_time"] == "2027-01-15T09:00:00+00:00"
    assert task["fatal_error"] == {"code": "FILE_NOT_FOUND", "description": "File not found"}


@pytest.mark.parametrize(
    ("query", "labels"),
    [
        ({}, ["canceled", "third, and last", "second run", "first run"]),
        ({"filter": "type:TRANSFER,DELETE"}, ["canceled", "delete", "third, and last", "second run", "first run"]),
        ({"filter": {"type": "DELETE"}}, ["delete"]),
        ({"filter": "status:SUCCEEDED"}, ["third, and last", "first run"]),
        ({"filter": {"status": ["ACTIVE", "FAILED"]}}, ["canceled", "second run"]),
        ({"filter": "status:FAILED/label:second run"}, ["second run"]),
        ({"filter": "label:~*RUN"}, ["second run", "first run"]),
        ({"filter": "label:~*run,!~first*"}, ["second run"]),
        ({"filter": "label:!first run"}, ["canceled", "third, and last", "second run"]),
        ({"filter": "request_time:2027-01-15T09:00:00+00:00"}, ["canceled", "third, and last", "second run"]),
        ({"filter": "completion_time:,2027-01-15 09:00:00"}, ["second run", "first run"]),
        ({"filter": "request_time:2027-01-15 09:00,2027-01-15 10:00"}, ["third, and last", "second run"]),
        ({"filter": "is_paused:1"}, []),
        ({"orderby": "request_time"}, ["first run", "second run", "third, and last", "canceled"]),
        ({"orderby": ["status", "label DESC"]}, ["second run", "canceled", "third, and last", "first run"]),
        ({"limit": 2}, ["canceled", "third, and last"]),
        ({"limit": 2, "offset": 2}, ["second run", "first run"]),
        ({"offset": 9}, []),
    ],
)
def test_task_list(depot, history, query, labels):
    """Newest first and transfers only, unless it is said otherwise; filters are those of the SDK and the CLI."""
    names = {task_id: label for label, task_id in history.items()}
    answer = depot.client().task_list(**query)
    assert [names[task["task_id"]] for task in answer] == labels
    assert answer["length"] == len(labels)


def test_by_task_id(depot, history):
    """A list of task ids finds exactly those."""
    wanted = [history["first run"], history["delete"], str(uuid.uuid4())]
    found = depot.client().task_list(filter={"task_id": wanted, "type": ["TRANSFER", "DELETE"]})
    assert {task["task_id"] for task in found} == set(wanted[:2])


def test_pages(depot, history):
    """The SDK's paginator walks through all tasks by their total."""
    client = depot.client()
    pages = client.paginated.task_list(filter="type:TRANSFER,DELETE", query_params={"limit": 2})
    assert len({task["task_id"] for page in pages for task in page}) == 5
    assert client.task_list(limit=1)["total"] == 4


def test_fields(depot, history):
    """``fields`` leaves no more than what is asked for, as ``globus task cancel --all`` does."""
    client = depot.client()
    assert client.task_list(query_params={"fields": "task_id"})["DATA"][0].keys() == {"DATA_TYPE", "task_id"}
    one = client.get_task(history["delete"], query_params={"fields": "task_id,status"})
    assert one.data.keys() == {"DATA_TYPE", "task_id", "status"}


@pytest.mark.parametrize(
    "query",
    [
        {"limit": 0},
        {"limit": 1001},
        {"offset": -1},
        {"orderby": "colour"},
        {"filter": "colour:red"},
        {"filter": "request_time:yesterday"},
        {"filter": "is_paused:maybe"},
    ],
)
def test_lists_that_mean_nothing(depot, query):
    """400 BadRequest."""
    with pytest.raises(globus_sdk.TransferAPIError) as caught:
        depot.client().task_list(**query)
    assert (caught.value.http_status, caught.value.code) == (400, "BadRequest")


@given(
    field=st.sampled_from([*FILTERS, "x"]),
    wanted=st.text(max_size=12) | st.sampled_from(["~*", "!~*", "2027-01-01,", ",", "=", "!", "1"]),
)
def test_any_filter_is_answered_or_refused(field, wanted):
    """No filter does anything but choose among the tasks or be refused."""
    documents = [dict.fromkeys(FILTERS) | {"is_paused": False, "label": "a", "request_time": "2027-01-01"}]
    with contextlib.suppress(TransferError):
        assert keep_matching(documents, [f"{field}:{wanted}"], FILTERS) in ([], documents)


@pytest.mark.parametrize(
    "ask",
    [
        "get_task",
        "cancel_task",
        "task_event_list",
        "task_successful_transfers",
        "task_skipped_errors",
        "task_pause_info",
    ],
)
def test_tasks_of_others(depot, history, ask):
    """Somebody else's task is as unknown as one that does not exist: 404 TaskNotFound."""
    grace = depot.client("grace")
    assert list(grace.task_list(filter="type:TRANSFER,DELETE")) == []
    for task_id in (history["first run"], str(uuid.uuid4()), "x"):
        with pytest.raises(globus_sdk.TransferAPIError) as caught:
            getattr(grace, ask)(task_id)
        assert (caught.value.http_status, caught.value.code) == (404, "TaskNotFound")


@pytest.mark.parametrize("label", ["first run", "second run", "canceled"])
def test_a_finished_task_is_not_changed(depot, history, label):
    """Editing a task that is over is 409 Conflict, and changes nothing."""
    with pytest.raises(globus_sdk.TransferAPIError) as caught:
        depot.client().update_task(history[label], {"label": "new"})
    assert (caught.value.http_status, caught.value.code) == (409, "Conflict")


@pytest.mark.parametrize(
    "change", [{"status": "SUCCEEDED"}, {"label": "a\nb"}, {"deadline": "2001-01-01"}, {"DATA_TYPE": "transfer"}]
)
def test_changes_that_mean_nothing(depot, history, change):
    """Only label and deadline can be changed, to something that could have been submitted."""
    with pytest.raises(globus_sdk.TransferAPIError) as caught:
        depot.client().update_task(history["first run"], change)
    assert (caught.value.http_status, caught.value.code) == (400, "BadRequest")


def test_task_wait(depot, history):
    """``task_wait`` returns at once for a task that is over, however it ended."""
    client = depot.client()
    assert all(client.task_wait(task_id, timeout=1, polling_interval=1) for task_id in history.values())


def test_events(depot, history):
    """Events come newest first, page by page; errors can be filtered out or in, and details may be JSON."""
    client = depot.client()
    codes = [event["code"] for event in client.task_event_list(history["second run"])]
    assert codes == ["FILE_NOT_FOUND"] * 3 + ["STARTED"]
    errors = client.task_event_list(history["second run"], query_params={"filter": "is_error:1"})
    assert {event["code"] for event in errors} == {"FILE_NOT_FOUND"}
    assert "/nothing" in errors["DATA"][0]["details"]
    others = client.task_event_list(history["second run"], query_params={"filter": "is_error:0"})
    assert [event["code"] for event in others] == ["STARTED"]
    pages = client.paginated.task_event_list(history["first run"], query_params={"filter": ""})
    last, progress, _ = [event for page in pages for event in page]
    assert (last["code"], last["is_error"], last["time"]) == ("SUCCEEDED", False, "2027-01-15T08:00:00+00:00")
    assert json.loads(progress["details"])["bytes_transferred"] == 1


def test_only_transfers_have_successful_transfers(depot, history):
    """A delete task has none, which is a bad request."""
    with pytest.raises(globus_sdk.TransferAPIError) as caught:
        depot.client().task_successful_transfers(history["delete"])
    assert (caught.value.http_status, caught.value.code) == (400, "ClientError.BadRequest")


@pytest.mark.parametrize("marker", ["x", "-1"])
def test_markers_that_are_none(depot, history, marker):
    """A marker is one that the page before gave."""
    with pytest.raises(globus_sdk.TransferAPIError) as caught:
        depot.client().task_successful_transfers(history["first run"], marker=marker)
    assert (caught.value.http_status, caught.value.code) == (400, "BadRequest")


def test_history_is_kept_for_30_days(depot, history):
    """After that the task is still there, and says that its events and paths are not."""
    depot.globus.advance(30 * 86_400)
    depot.sign_out()
    client = depot.client()
    assert client.get_task(history["first run"])["history_deleted"] is True
    assert list(client.task_event_list(history["first run"])) == []
    assert list(client.task_successful_transfers(history["first run"])) == []
    assert list(client.task_skipped_errors(history["first run"])) == []


def test_pause_info_of_a_task_that_is_over(depot, history):
    """It is not paused, whatever its collections are."""
    depot.globus.pause_collection("here")
    assert depot.client().task_pause_info(history["first run"])["pause_rules"] == []
