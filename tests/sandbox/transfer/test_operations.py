"""Looking at one file, making directories, renaming, through the SDK."""

from __future__ import annotations

import contextlib
import errno
import os

import globus_sdk
import pytest
import requests
from globus_sdk.testing import get_response_set
from hypothesis import given
from hypothesis import strategies as st

from trivet.sandbox.transfer.errors import TransferError
from trivet.sandbox.transfer.operations import make_directory, rename, stat_document
from trivet.sandbox.transfer.refusals import refusals

NAMES = st.sampled_from(["a", "b", "sub", "..", ".", "~", "", "out", "é", "\0", "\ud800", "x" * 300])
PATHS = st.one_of(st.lists(NAMES, max_size=5).map("/".join), st.text(max_size=20))


def _types(document):
    return {key: type(value) for key, value in document.items()}


def _theirs(name):
    return get_response_set(f"transfer.{name}").lookup("default").json


def _refusal(caught):
    return caught.value.http_status, caught.value.code


def test_stat_is_the_fixtures_document(client, laptop):
    """``operation_stat`` gives exactly the keys and types of the SDK's fixture."""
    found = client.operation_stat(laptop, "/README.txt")
    assert _types(found.data) == _types(_theirs("operation_stat"))
    assert (found["name"], found["type"], found["size"]) == ("README.txt", "file", 50)


@pytest.mark.parametrize(
    ("path", "name", "kind"),
    [
        ("/", "/", "dir"),
        ("~", "/", "dir"),
        (None, "/", "dir"),
        ("/figures/", "figures", "dir"),
        ("/~/field notes", "field notes", "dir"),
        ("/latest.csv", "latest.csv", "file"),
    ],
)
def test_stat_of_directories_and_links(client, laptop, path, name, kind):
    """Slashes at the end do not matter, the root is called ``/``, and a link is what it points to."""
    found = client.operation_stat(laptop, path) if path else client.operation_stat(laptop)
    assert (found["name"], found["type"]) == (name, kind)


@pytest.mark.parametrize(
    ("path", "refusal"),
    [
        ("/nothing", (404, "NotFound")),
        ("/README.txt/x", (400, "ClientError.BadRequest")),
        ("/no/thing", (404, "NotFound")),
        ("/../etc", (403, "EndpointPermissionDenied")),
    ],
)
def test_stat_refused(client, laptop, path, refusal):
    """What is not there is 404 NotFound, what is outside 403: the fixture's codes."""
    with pytest.raises(globus_sdk.TransferAPIError) as caught:
        client.operation_stat(laptop, path)
    assert _refusal(caught) == refusal


def test_stat_of_a_link_that_leads_outside(client, laptop, playground):
    """Nothing is said about what is outside."""
    (playground / "out").symlink_to("/etc/passwd")
    found = client.operation_stat(laptop, "/playground/out")
    assert (found["type"], found["link_target"]) == ("invalid_symlink", None)


def test_mkdir(client, laptop, playground):
    """``operation_mkdir`` makes a real directory and answers as the fixture does."""
    answer = client.operation_mkdir(laptop, "/playground/new/")
    assert (playground / "new").is_dir()
    assert _types(answer.data) == _types(_theirs("operation_mkdir"))
    assert answer["code"] == "DirectoryCreated"


def test_a_name_that_is_not_utf8(client, laptop, playground):
    """What a listing calls a name whose bytes are no UTF-8 is also how to ask for it."""
    (playground / os.fsdecode(b"\xff")).mkdir()
    [listed] = client.operation_ls(laptop, path="/playground/")["DATA"]
    client.operation_rename(laptop, f"/playground/{listed['name']}", "/playground/new")
    assert (playground / "new").is_dir()


@pytest.mark.parametrize(
    ("path", "refusal"),
    [
        ("/README.txt", (502, "ExternalError.MkdirFailed.Exists")),
        ("/figures", (502, "ExternalError.MkdirFailed.Exists")),
        ("/", (403, "EndpointPermissionDenied")),
        ("/../x", (403, "EndpointPermissionDenied")),
        ("/no/such", (404, "ClientError.NotFound")),
        ("/README.txt/x", (400, "ClientError.BadRequest")),
        ("/" + "n" * 300, (400, "ClientError.BadRequest")),
        ("/a\r\nb", (400, "InvalidPath")),
        ("", (400, "BadRequest")),
    ],
)
def test_mkdir_refused(client, laptop, path, refusal):
    """Taken, outside, without a parent, too long, impossible, missing: each has its code."""
    with pytest.raises(globus_sdk.TransferAPIError) as caught:
        client.operation_mkdir(laptop, path)
    assert _refusal(caught) == refusal


@pytest.mark.parametrize(
    ("number", "refusal"),
    [
        (errno.EACCES, (403, "EndpointPermissionDenied")),
        (errno.EROFS, (403, "EndpointPermissionDenied")),
        (errno.ENOTEMPTY, (502, "ExternalError.MkdirFailed.Exists")),
        (errno.ENOENT, (404, "ClientError.NotFound")),
        (errno.ENOSPC, (502, "ExternalError.MkdirFailed")),
    ],
)
def test_what_the_operating_system_refuses(number, refusal):
    """Each kind of failure has its code, and none becomes a 500."""
    with pytest.raises(TransferError) as caught, refusals(operation="Mkdir"):
        raise OSError(number, os.strerror(number))
    assert (caught.value.status, caught.value.code) == refusal


def test_rename(client, laptop, playground):
    """``operation_rename`` moves a file or directory within its collection."""
    (playground / "a").write_text("x")
    (playground / "sub").mkdir()
    answer = client.operation_rename(laptop, "/playground/a", "/playground/sub/b")
    assert (playground / "sub" / "b").read_text() == "x"
    assert not (playground / "a").exists()
    assert _types(answer.data) == _types(_theirs("operation_rename"))
    client.operation_rename(laptop, "/playground/sub/", "/playground/moved/")
    assert (playground / "moved" / "b").exists()


@pytest.mark.parametrize(
    ("old", "new", "refusal"),
    [
        ("/playground/none", "/playground/x", (404, "ClientError.NotFound")),
        ("/playground/none", "/playground/b", (404, "ClientError.NotFound")),
        ("/playground/a", "/playground/no/x", (404, "ClientError.NotFound")),
        ("/playground/a", "/playground/b", (502, "ExternalError.RenameFailed.Exists")),
        ("/playground/dir", "/playground/dir/inside", (400, "ClientError.BadRequest")),
        ("/playground/a", "/../a", (403, "EndpointPermissionDenied")),
        ("/", "/playground/x", (403, "EndpointPermissionDenied")),
        ("/playground/a", "/", (403, "EndpointPermissionDenied")),
        ("/playground/a", "/playground/out/a", (403, "EndpointPermissionDenied")),
    ],
)
def test_rename_refused(client, laptop, playground, tmp_path, old, new, refusal):
    """Missing, taken, into itself, outside by name or by link: nothing moves."""
    for name in ("a", "b"):
        (playground / name).write_text(name)
    (playground / "dir").mkdir()
    (playground / "out").symlink_to(tmp_path)
    with pytest.raises(globus_sdk.TransferAPIError) as caught:
        client.operation_rename(laptop, old, new)
    assert _refusal(caught) == refusal
    assert sorted(path.name for path in playground.iterdir()) == ["a", "b", "dir", "out"]
    assert (playground / "b").read_text() == "b"
    assert list(tmp_path.iterdir()) == []


def test_a_renamed_link_stays_a_link(client, laptop, playground, tmp_path):
    """A link is renamed itself; what it points to is not touched."""
    (playground / "out").symlink_to(tmp_path)
    client.operation_rename(laptop, "/playground/out", "/playground/elsewhere")
    assert (playground / "elsewhere").is_symlink()
    assert tmp_path.is_dir()


def test_reading_is_not_writing(globus, client, client_of):
    """In a public collection of somebody else one may look; its owner may also change it."""
    climate = globus.collections["climate"]
    assert client.operation_stat(climate.id, "/README.txt")["type"] == "file"
    for change in (
        lambda: client.operation_mkdir(climate.id, "/new"),
        lambda: client.operation_rename(climate.id, "/README.txt", "/x"),
    ):
        with pytest.raises(globus_sdk.TransferAPIError) as caught:
            change()
        assert _refusal(caught) == (403, "EndpointPermissionDenied")
    client_of("grace").operation_mkdir(climate.id, "/new")
    (climate.root / "new").rmdir()


RENAME_INSTEAD = b'{"DATA_TYPE": "rename", "path": "/new"}'
MKDIR_INSTEAD = b'{"DATA_TYPE": "mkdir", "old_path": "/README.txt", "new_path": "/new"}'


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        *[("mkdir", body) for body in (b"", b"[]", b"{", b'{"path": 1}', b"\xff", b"[" * 100_000, RENAME_INSTEAD)],
        ("rename", MKDIR_INSTEAD),
    ],
)
def test_bodies_that_mean_nothing(globus, laptop, transfer_token, operation, body):
    """400 BadRequest, in Transfer's own document; so is the document of another operation."""
    address = f"{globus.url}/v0.10/operation/endpoint/{laptop}/{operation}"
    answer = requests.post(address, data=body, headers={"Authorization": f"Bearer {transfer_token}"})
    assert (answer.status_code, answer.json()["code"]) == (400, "BadRequest")


@given(old=PATHS, new=PATHS)
def test_no_path_reaches_outside(globus, playground, tmp_path, old, new):
    """Whatever the paths: each operation is done inside the collection, or refused in Transfer's words."""
    collection = globus.collections["laptop"]
    if not (playground / "out").is_symlink():
        (playground / "out").symlink_to(tmp_path)
    before = set(collection.root.parent.iterdir())
    for do in (
        lambda: stat_document(collection, f"/playground/{old}"),
        lambda: make_directory(collection, f"/playground/{old}"),
        lambda: rename(collection, f"/playground/{old}", f"/playground/{new}", may_replace=False),
    ):
        with contextlib.suppress(TransferError):
            do()
    assert set(collection.root.parent.iterdir()) == before
    assert list(tmp_path.iterdir()) == []
