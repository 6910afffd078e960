"""Submitting transfer and delete tasks: what is accepted, what is refused, and twice is once."""

from __future__ import annotations

import datetime
import io
import json
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import globus_sdk
import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from depot import Depot, transfer_token
from trivet.sandbox.app import routed
from trivet.sandbox.carrier.carriers import Carriers
from trivet.sandbox.control.gate import Gate
from trivet.sandbox.switches import Switches

ITEM = {"DATA_TYPE": "transfer_item", "source_path": "/a", "destination_path": "/b"}
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda below: st.lists(below, max_size=2) | st.dictionaries(st.text(max_size=5), below, max_size=2),
    max_leaves=4,
)


@pytest.fixture
def post(depot):
    """Post a document as it is, with a fresh submission id unless it brings one."""
    headers = {"Authorization": f"Bearer {transfer_token(depot.globus)}", "Content-Type": "application/json"}

    def send(what, **fields):
        known = _usual(depot, what)
        if "submission_id" not in fields:
            known["submission_id"] = depot.client().get_submission_id()["value"]
        document = {name: value for name, value in {**known, **fields}.items() if value != "left out"}
        return requests.post(f"{depot.globus.url}/v0.10/{what}", data=json.dumps(document), headers=headers)

    return send


def _usual(depot, what):
    if what == "delete":
        return {"DATA_TYPE": "delete", "endpoint": depot.id("here"), "DATA": [{"path": "/a"}]}
    ends = {"source_endpoint": depot.id("here"), "destination_endpoint": depot.id("there")}
    return {"DATA_TYPE": "transfer", **ends, "DATA": [ITEM]}


def _refusal(answer):
    return answer.status_code, answer.json()["code"]


def test_a_reset_while_the_document_comes_in():
    """What was sent before a reset, with a token from then, begins no task after it."""
    depot = Depot(time.time, switches=Switches(submission_id_must_be_ours=False))
    with depot.globus as globus:

        class Document(io.BytesIO):
            def readinto(self, buffer):
                globus.reset()
                return super().readinto(buffer)

        text = json.dumps({**_usual(depot, "transfer"), "submission_id": str(uuid.uuid4())}).encode()
        headers = {"Authorization": f"Bearer {transfer_token(globus)}", "Content-Length": str(len(text))}
        app = routed(globus.world, Carriers(globus.world.carrying, tries=1), Gate(globus.url))
        answer = app.test_client().post("/v0.10/transfer", input_stream=Document(text), headers=headers)
        assert answer.status_code == 401
        assert globus.world.tasks.all() == []


@pytest.mark.parametrize("what", ["transfer", "delete"])
def test_accepted(depot, post, what):
    """A task is accepted with 202, and answered with its id and a link."""
    answer = post(what)
    assert answer.status_code == 202
    task_id = answer.json()["task_id"]
    assert (answer.json()["code"], answer.json()["task_link"]["href"]) == (
        "Accepted",
        f"/v0.10/task/{task_id}?format=json",
    )
    assert depot.client().get_task(task_id)["type"] == what.upper()


def test_the_same_submission_twice(depot):
    """With the same submission id nothing is done twice: ``Duplicate``, 200, and the id of the first task."""
    depot.fill({"a": "a"})
    client = depot.client()
    data = depot.order(("/a", "/b"))
    first = client.submit_transfer(data)
    depot.globus.wait_for_tasks()
    (depot.root("there") / "b").unlink()
    second = client.submit_transfer(data)
    assert (first["code"], second["code"], second.http_status) == ("Accepted", "Duplicate", 200)
    assert first["task_id"] == second["task_id"]
    depot.globus.wait_for_tasks()
    assert depot.contents() == {}


def test_a_double_click(depot, post):
    """Submissions with one id at the same moment make one task."""
    submission_id = depot.client().get_submission_id()["value"]
    with ThreadPoolExecutor(6) as clicks:
        answers = [
            each.json() for each in clicks.map(lambda _: post("transfer", submission_id=submission_id), range(6))
        ]
    assert sorted(each["code"] for each in answers) == ["Accepted"] + ["Duplicate"] * 5
    assert len({each["task_id"] for each in answers}) == 1


@pytest.mark.parametrize("value", ["left out", None, "", "x", 7])
def test_submission_ids_that_are_none(post, value):
    """A submission id is needed, and is a UUID."""
    assert _refusal(post("transfer", submission_id=value)) == (400, "BadRequest")


def test_home_made_submission_ids(depot, post):
    """Only ids that Transfer gave out are taken, and only from whoever got them."""
    assert _refusal(post("transfer", submission_id=str(uuid.uuid4()))) == (400, "BadRequest")
    foreign = depot.client("grace").get_submission_id()["value"]
    assert _refusal(post("transfer", submission_id=foreign)) == (400, "BadRequest")


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"DATA": []}, (400, "ClientError.BadRequest.NoTransferItems")),
        ({"DATA": "left out"}, (400, "ClientError.BadRequest.NoTransferItems")),
        ({"DATA": {}}, (400, "BadRequest")),
        ({"DATA": [7]}, (400, "BadRequest")),
        ({"DATA_TYPE": "delete"}, (400, "BadRequest")),
        ({"source_endpoint": "left out"}, (400, "BadRequest")),
        ({"source_endpoint": "x"}, (404, "EndpointNotFound")),
        ({"destination_endpoint": str(uuid.uuid4())}, (404, "EndpointNotFound")),
        ({"sync_level": 4}, (400, "BadRequest")),
        ({"sync_level": -1}, (400, "BadRequest")),
        ({"sync_level": "1"}, (400, "BadRequest")),
        ({"sync_level": True}, (400, "BadRequest")),
        ({"sync_level": 1.0}, (400, "BadRequest")),
        ({"verify_checksum": "yes"}, (400, "BadRequest")),
        ({"label": "x" * 129}, (400, "BadRequest")),
        ({"label": "a\nb"}, (400, "BadRequest")),
        ({"label": "a\rb"}, (400, "BadRequest")),
        ({"label": " a"}, (400, "BadRequest")),
        ({"label": 7}, (400, "BadRequest")),
        ({"deadline": "soon"}, (400, "BadRequest")),
        ({"deadline": "2001-01-01"}, (400, "BadRequest")),
        ({"deadline": "0001-01-01T00:00:00+23:59"}, (400, "BadRequest")),
        ({"recursive_symlinks": "keep"}, (409, "NotSupported")),
        ({"recursive_symlinks": "x"}, (400, "BadRequest")),
        ({"filter_rules": [{"method": "exclude"}]}, (400, "BadRequest")),
        ({"filter_rules": [{"method": "maybe", "name": "x"}]}, (400, "BadRequest")),
        ({"filter_rules": [{"name": "x", "type": "link"}]}, (400, "BadRequest")),
    ],
)
def test_bad_transfers(post, fields, refusal):
    """A document that means nothing is refused with the documented codes."""
    assert _refusal(post("transfer", **fields)) == refusal


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"source_path": None}, (400, "BadRequest")),
        ({"destination_path": ""}, (400, "BadRequest")),
        ({"destination_path": 7}, (400, "BadRequest")),
        ({"source_path": "/a\r\nb"}, (400, "InvalidPath")),
        ({"DATA_TYPE": "thing"}, (400, "BadRequest")),
        ({"DATA_TYPE": "transfer_symlink_item"}, (409, "NotSupported")),
        ({"recursive": "yes"}, (400, "BadRequest")),
        ({"recursive": True, "external_checksum": "00"}, (400, "BadRequest")),
        ({"checksum_algorithm": "CRC7"}, (400, "BadRequest")),
    ],
)
def test_bad_items(post, fields, refusal):
    """One bad item refuses the whole task."""
    assert _refusal(post("transfer", DATA=[ITEM, {**ITEM, **fields}])) == refusal


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"DATA": []}, (400, "ClientError.BadRequest")),
        ({"DATA": [{}]}, (400, "BadRequest")),
        ({"DATA": [{"DATA_TYPE": "transfer_item", "path": "/a"}]}, (400, "BadRequest")),
        ({"DATA": [{"path": "/a\r\nb"}]}, (400, "InvalidPath")),
        ({"endpoint": None}, (400, "BadRequest")),
        ({"recursive": 1}, (400, "BadRequest")),
    ],
)
def test_bad_deletes(post, fields, refusal):
    """The same for delete tasks."""
    assert _refusal(post("delete", **fields)) == refusal


@pytest.mark.parametrize(
    ("person", "source", "to", "refusal"),
    [
        ("ada", "public", "here", None),
        ("ada", "here", "group", None),
        ("ada", "here", "public", (403, "EndpointPermissionDenied")),
        ("alan", "group", "here", (403, "PermissionDenied")),
        ("alan", "here", "group", (403, "PermissionDenied")),
        ("alan", "group", "group", (403, "EndpointPermissionDenied")),
        ("grace", "public", "group", None),
    ],
)
def test_who_may_read_and_write_where(depot, person, source, to, refusal):
    """A source has to be visible, a destination writable; otherwise 403, and no task."""
    client = depot.client(person)
    data = depot.order(("/a", "/b"), source=source, to=to)
    if refusal is None:
        assert client.submit_transfer(data)["code"] == "Accepted"
        return
    with pytest.raises(globus_sdk.TransferAPIError) as caught:
        client.submit_transfer(data)
    assert (caught.value.http_status, caught.value.code) == refusal
    assert list(client.task_list()) == []


def test_deleting_where_one_may_only_read(depot):
    """What one may not write to one may not delete from."""
    data = globus_sdk.DeleteData(depot.id("public"))
    data.add_item("/a")
    with pytest.raises(globus_sdk.TransferAPIError) as caught:
        depot.client().submit_delete(data)
    assert (caught.value.http_status, caught.value.code) == (403, "EndpointPermissionDenied")


def test_options_come_back(depot, post):
    """The task says how it was ordered."""
    options = {
        "label": "Run 7: Überblick",
        "sync_level": 3,
        "verify_checksum": True,
        "preserve_timestamp": True,
        "encrypt_data": True,
        "skip_source_errors": True,
        "fail_on_quota_errors": True,
        "delete_destination_extra": True,
    }
    notify = {"notify_on_succeeded": False, "notify_on_failed": True, "notify_on_inactive": False}
    task_id = post("transfer", **options, **notify, perf_cc=4).json()["task_id"]
    task = depot.client().get_task(task_id)
    assert {name: task[name] for name in options} == options


@pytest.mark.parametrize(
    ("deadline", "written"),
    [
        ("2100-10-12", "2100-10-12T00:00:00+00:00"),
        ("2100-10-12 09:30Z", "2100-10-12T09:30:00+00:00"),
        ("2100-10-12T12:33:54+02:00", "2100-10-12T10:33:54+00:00"),
        (datetime.datetime(2100, 1, 1, tzinfo=datetime.UTC), "2100-01-01T00:00:00+00:00"),
        (globus_sdk.MISSING, "2027-01-16T08:00:00+00:00"),
    ],
)
def test_deadlines(depot, deadline, written):
    """A deadline is any ISO 8601 time; without one a task has a day."""
    task_id = depot.submit(("/a", "/b"), deadline=deadline)
    assert depot.client().get_task(task_id)["deadline"] == written


def test_a_label_as_long_as_allowed(post):
    """128 characters, whatever they are."""
    assert post("transfer", label="é" * 128).status_code == 202


def test_many_items(depot, post):
    """Ten thousand items, more than a megabyte, fit into one submission."""
    depot.fill({"a": "a"})
    answer = post("transfer", DATA=[{**ITEM, "destination_path": f"/{'x' * 100}/{n}"} for n in range(10_000)])
    assert answer.status_code == 202
    depot.client().cancel_task(answer.json()["task_id"])


def test_other_requests_stay_small(depot):
    """A megabyte of anything else is 413."""
    address = f"{depot.globus.url}/v0.10/operation/endpoint/{depot.id('here')}/mkdir"
    headers = {"Authorization": f"Bearer {transfer_token(depot.globus)}"}
    assert requests.post(address, data=b"x" * 1_100_000, headers=headers).status_code == 413


@pytest.mark.parametrize("what", ["submission_id", "transfer", "delete"])
def test_without_a_token(depot, what):
    """Submitting takes a token: 401 before anything is read."""
    method = "GET" if what == "submission_id" else "POST"
    answer = requests.request(method, f"{depot.globus.url}/v0.10/{what}", data=b"{")
    assert _refusal(answer) == (401, "AuthenticationFailed")


NAMES = [
    *("DATA_TYPE", "DATA", "submission_id", "label", "deadline", "source_endpoint", "destination_endpoint", "endpoint"),
    *("sync_level", "verify_checksum", "filter_rules", "recursive_symlinks"),
    *("recursive", "ignore_missing", "interpret_globs"),
]


@settings(max_examples=80)
@given(
    what=st.sampled_from(["transfer", "delete"]),
    fields=st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=3),
    item=st.dictionaries(st.sampled_from([*ITEM, "path", "recursive", "external_checksum"]), VALUES, max_size=2),
)
def test_any_document_is_answered(depot, post, what, fields, item):
    """Whatever is in a document: it is accepted or refused in Transfer's words, and no carrier stumbles over it."""
    usual = {"path": "/a"} if what == "delete" else ITEM
    answer = post(what, **{"DATA": [{**usual, **item}], **fields})
    assert answer.status_code in (200, 202, 400, 403, 404, 409)
    if answer.status_code == 202:
        task = depot.finished(answer.json()["task_id"])
        assert task["fatal_error"]["code"] != "INTERNAL_ERROR"
