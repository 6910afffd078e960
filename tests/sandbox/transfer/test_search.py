"""Finding collections."""

from __future__ import annotations

import pytest


@pytest.fixture
def search(ask_transfer):
    def ask(**params):
        return ask_transfer("endpoint_search", **params)

    return ask


@pytest.fixture
def found(globus, search):
    keys = {each.id: key for key, each in globus.collections.items()}

    def ask(**params):
        return " ".join(keys[entry["id"]] for entry in search(**params).json()["DATA"])

    return ask


def test_shape(search):
    """A page of endpoint documents that says whether there is another."""
    answer = search(filter_scope="my-endpoints").json()
    assert set(answer) == {"DATA_TYPE", "DATA", "offset", "limit", "has_next_page"}
    assert (answer["DATA_TYPE"], answer["has_next_page"]) == ("endpoint_list", False)
    assert {entry["DATA_TYPE"] for entry in answer["DATA"]} == {"endpoint"}


@pytest.mark.parametrize(
    ("params", "keys"),
    [
        ({"filter_fulltext": "survey"}, "survey"),
        ({"filter_fulltext": "SURV rel"}, "survey"),
        ({"filter_fulltext": "open data"}, "climate survey"),
        ({"filter_fulltext": "ada"}, "laptop survey"),
        ({"filter_fulltext": "urvey"}, ""),
        ({"filter_fulltext": "survey nothing"}, ""),
        ({"filter_fulltext": "embargoed"}, ""),
        ({"filter_scope": "my-endpoints"}, "laptop survey"),
        ({"filter_scope": "my-endpoints", "filter_fulltext": "sky"}, "survey"),
        ({"filter_scope": "administered-by-me"}, "laptop survey"),
        ({"filter_scope": "my-gcp-endpoints"}, "laptop"),
        ({"filter_scope": "shared-with-me"}, ""),
        ({"filter_scope": "recently-used"}, ""),
        ({"filter_scope": "in-use"}, ""),
        ({"filter_fulltext": "data", "filter_entity_type": "GCSv5_guest_collection"}, "climate survey"),
        ({"filter_fulltext": "data", "filter_owner_id": "gokafor@lab.example"}, "climate"),
        ({"filter_fulltext": "data", "filter_entity_type": "GCSv5_endpoint"}, ""),
        ({"filter_fulltext": "data", "filter_non_functional": "1"}, ""),
        ({"filter_fulltext": "data", "filter_non_functional": "0"}, "climate survey"),
    ],
)
def test_filters(found, params, keys):
    """All words must begin a word somewhere; private collections of others never show up."""
    assert found(**params) == keys


def test_recently_used(globus, found, ask_transfer):
    """Collections somebody listed, the latest first."""
    for key in ("climate", "laptop"):
        ask_transfer(f"operation/endpoint/{globus.collections[key].id}/ls")
        globus.advance(1)
    assert found(filter_scope="recently-used") == "laptop climate"


def test_in_use(depot):
    """Collections are in use by somebody while tasks of theirs go on with them, and nobody else sees that."""
    depot.fill({"a": "a"})
    client = depot.client()
    with depot.globus.hold_files() as hold:
        depot.submit(("/a", "/a"), to="group")
        hold.wait_until_reached()
        found = client.endpoint_search(filter_scope="in-use")
        assert [each["display_name"] for each in found] == ["Group", "Here"]
        assert client.get_endpoint(depot.id("here"))["in_use"] is True
        assert client.get_endpoint(depot.id("there"))["in_use"] is False
        assert depot.client("grace").get_endpoint(depot.id("group"))["in_use"] is False
    depot.globus.wait_for_tasks()
    assert list(client.endpoint_search(filter_scope="in-use")) == []


def test_shared(depot):
    """What somebody may read or write though it is another's is shared with them."""
    shared = {
        person: [each["display_name"] for each in depot.client(person).endpoint_search(filter_scope="shared-with-me")]
        for person in ("ada", "alan", "grace")
    }
    assert shared == {"ada": ["Group"], "alan": ["Group"], "grace": []}


def test_fields(search):
    """``fields`` cuts the documents down to what is asked for."""
    answer = search(filter_scope="my-endpoints", fields="id,display_name").json()
    assert {tuple(sorted(each)) for each in answer["DATA"]} == {("DATA_TYPE", "display_name", "id")}
    assert answer["has_next_page"] is False


def test_pages(globus, search):
    """``limit`` and ``offset`` with ``has_next_page``."""
    first = search(filter_scope="my-endpoints", limit=1).json()
    second = search(filter_scope="my-endpoints", limit=1, offset=1).json()
    assert (first["has_next_page"], second["has_next_page"]) == (True, False)
    assert first["DATA"][0]["id"] != second["DATA"][0]["id"]


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"filter_scope": "all"},
        {"filter_fulltext": "  "},
        {"filter_scope": "everything"},
        {"filter_scope": "my-endpoints", "filter_owner_id": "ada"},
        {"filter_fulltext": "data", "filter_entity_type": "disk"},
        {"filter_fulltext": "data", "filter_non_functional": "maybe"},
        {"filter_fulltext": "data", "filter_non_functional": "0", "filter_entity_type": "GCSv5_endpoint"},
        {"filter_scope": "my-endpoints", "limit": 0},
        {"filter_scope": "my-endpoints", "limit": 101},
        {"filter_scope": "my-endpoints", "offset": 1001},
    ],
)
def test_bad_requests(search, params):
    """Everything without words, and values that mean nothing, are 400 BadRequest."""
    response = search(**params)
    assert (response.status_code, response.json()["code"]) == (400, "BadRequest")
