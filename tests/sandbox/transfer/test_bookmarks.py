"""Bookmarks, through the SDK."""

from __future__ import annotations

import uuid

import globus_sdk
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st


@pytest.fixture
def mark(depot):
    def create(name="data", person="ada", **fields):
        document = {"name": name, "endpoint_id": depot.id("public"), "path": "/data/", **fields}
        return depot.client(person).create_bookmark(document)

    return create


def _refusal(caught):
    return caught.value.http_status, caught.value.code


def test_create_and_get(depot, mark):
    """A new bookmark comes back with an id, by which it is found."""
    made = mark()
    assert made.http_status == 201
    assert depot.client().get_bookmark(made["id"]).data == {
        "DATA_TYPE": "bookmark",
        "id": made["id"],
        "name": "data",
        "endpoint_id": depot.id("public"),
        "path": "/data/",
        "pinned": False,
    }


def test_list(depot, mark):
    """One's own bookmarks, by name; nobody else's."""
    for name in ("b", "a", "é"):
        mark(name)
    mark("other", person="grace")
    assert [each["name"] for each in depot.client().bookmark_list()] == ["a", "b", "é"]


def test_update(depot, mark):
    """Name and pin can be changed; where a bookmark leads cannot."""
    made = mark()
    client = depot.client()
    assert client.update_bookmark(made["id"], {"name": "renamed"})["name"] == "renamed"
    assert client.update_bookmark(made["id"], {"pinned": True})["pinned"] is True
    assert client.update_bookmark(made["id"], {**made.data, "name": "renamed"})["pinned"] is False
    for change in ({"path": "/other/"}, {"endpoint_id": depot.id("here")}, {"id": str(uuid.uuid4())}):
        with pytest.raises(globus_sdk.TransferAPIError) as caught:
            client.update_bookmark(made["id"], change)
        assert _refusal(caught) == (400, "BadRequest")


def test_delete(depot, mark):
    """A deleted bookmark is gone: ``BookmarkNotFound``."""
    made = mark()
    client = depot.client()
    assert client.delete_bookmark(made["id"])["code"] == "Deleted"
    for ask in (client.get_bookmark, client.delete_bookmark, lambda each: client.update_bookmark(each, {})):
        with pytest.raises(globus_sdk.TransferAPIError) as caught:
            ask(made["id"])
        assert _refusal(caught) == (404, "BookmarkNotFound")


def test_those_of_others(depot, mark):
    """Nobody sees or changes somebody else's bookmark."""
    made = mark()
    with pytest.raises(globus_sdk.TransferAPIError) as caught:
        depot.client("grace").get_bookmark(made["id"])
    assert _refusal(caught) == (404, "BookmarkNotFound")


def test_names_are_unique(depot, mark):
    """One person has each name once, also after a change; two people may have the same."""
    first, second = mark("a"), mark("b")
    for taking in (lambda: mark("a"), lambda: depot.client().update_bookmark(second["id"], {"name": "a"})):
        with pytest.raises(globus_sdk.TransferAPIError) as caught:
            taking()
        assert _refusal(caught) == (409, "Conflict")
    assert depot.client().update_bookmark(first["id"], {"name": "a"})["name"] == "a"
    mark("a", person="grace")


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"name": ""}, (400, "BadRequest")),
        ({"name": "a\nb"}, (400, "BadRequest")),
        ({"name": "\ud800"}, (400, "BadRequest")),
        ({"endpoint_id": "\ud800"}, (400, "BadRequest")),
        ({"path": "/data"}, (400, "BadRequest")),
        ({"path": None}, (400, "BadRequest")),
        ({"path": "/a\r\nb/"}, (400, "InvalidPath")),
        ({"endpoint_id": None}, (400, "BadRequest")),
        ({"endpoint_id": "x"}, (404, "EndpointNotFound")),
        ({"pinned": "yes"}, (400, "BadRequest")),
        ({"DATA_TYPE": "endpoint"}, (400, "BadRequest")),
    ],
)
def test_bookmarks_that_mean_nothing(mark, fields, refusal):
    """Each with its code."""
    with pytest.raises(globus_sdk.TransferAPIError) as caught:
        mark(**fields)
    assert _refusal(caught) == refusal


def test_a_hundred_and_no_more(mark):
    """Globus keeps 100 bookmarks for each person."""
    for n in range(100):
        mark(str(n))
    with pytest.raises(globus_sdk.TransferAPIError) as caught:
        mark("one more")
    assert _refusal(caught) == (400, "BadRequest")


@settings(max_examples=40)
@given(names=st.lists(st.text(max_size=20), max_size=5))
def test_any_name(depot, mark, names):
    """A name is whatever it is, or refused."""
    depot.globus.reset()
    depot.sign_out()
    accepted = set()
    for name in names:
        try:
            accepted.add(mark(name)["name"])
        except globus_sdk.TransferAPIError as error:
            if error.http_status not in (400, 409):
                raise
    assert {each["name"] for each in depot.client().bookmark_list()} == accepted


def test_no_text_is_endless(depot, mark):
    """What Transfer remembers is no longer than a path may be, by far."""
    with pytest.raises(globus_sdk.TransferAPIError) as caught:
        mark("x" * 10_001)
    assert _refusal(caught) == (400, "BadRequest")
