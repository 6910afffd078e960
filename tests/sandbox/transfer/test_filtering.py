"""Filters and orders of a listing."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trivet.sandbox.transfer.errors import TransferError
from trivet.sandbox.transfer.filtering import in_order, keep_matching, only_fields, text_test
from trivet.sandbox.transfer.listing import FILTERS


def _files(**sizes):
    return [_document(name.replace("_", "."), "file", size) for name, size in sizes.items()]


def _document(name, kind, size):
    return {"name": name, "type": kind, "size": size, "last_modified": f"2026-03-01 12:00:0{len(name)}+00:00"}


FILES = [*_files(a_txt=1, b_txt=10, c_csv=100), _document("d", "dir", 4096)]


@pytest.mark.parametrize(
    ("filters", "left"),
    [
        ([], "a.txt b.txt c.csv d"),
        (["name:a.txt"], "a.txt"),
        (["name:=a.txt"], "a.txt"),
        (["name:a.txt,d"], "a.txt d"),
        (["name:~*.txt"], "a.txt b.txt"),
        (["name:~*.txt,~d"], "a.txt b.txt d"),
        (["name:~*.txt,d"], "a.txt b.txt d"),
        (["name:~*.txt,!a.txt"], "b.txt"),
        (["name:!a.txt"], "b.txt c.csv d"),
        (["name:!~*.txt"], "c.csv d"),
        (["type:dir"], "d"),
        (["size:>10"], "c.csv d"),
        (["size:>=10,<=100"], "b.txt c.csv"),
        (["size:1"], "a.txt"),
        (["name:~*.txt/size:>5"], "b.txt"),
        (["name:~*.txt", "size:<5"], "a.txt"),
        (["last_modified:2026-03-01 12:00:05"], "a.txt b.txt c.csv"),
        (["last_modified:,2026-03-01 12:00:01"], "d"),
        (["last_modified:2026-03-01,2026-03-02"], "a.txt b.txt c.csv d"),
        (["last_modified:2026-03-02,"], ""),
        ([""], "a.txt b.txt c.csv d"),
    ],
)
def test_filters(filters, left):
    """Slashes and repetition both mean and; commas list alternatives, for sizes bounds."""
    assert " ".join(each["name"] for each in keep_matching(FILES, filters, FILTERS)) == left


@pytest.mark.parametrize(
    ("orderby", "names"),
    [
        ("name DESC", "d c.csv b.txt a.txt"),
        ("size desc", "d c.csv b.txt a.txt"),
        ("type", "d a.txt b.txt c.csv"),
        ("type DESC,name DESC", "c.csv b.txt a.txt d"),
        ("type, size DESC", "d c.csv b.txt a.txt"),
    ],
)
def test_orders(orderby, names):
    """The first field counts most; what is equal stays in order of name."""
    assert " ".join(each["name"] for each in in_order(FILES, orderby, FILTERS)) == names


@given(
    text=st.text(max_size=30) | st.sampled_from(["last_modified:99999-01-01", "last_modified:0001-01-01T00:00+23:59"])
)
def test_any_filter_is_answered_or_refused(text):
    """No text does anything but filter or be refused with 400."""
    with suppress(TransferError):
        assert all(each in FILES for each in keep_matching(FILES, [text], FILTERS))
    with suppress(TransferError):
        assert len(in_order(FILES, text, FILTERS)) == len(FILES)


@given(names=st.lists(st.text(st.characters(exclude_characters=",/!~="), min_size=1), min_size=1, max_size=4))
def test_exact_names_find_exactly_themselves(names):
    """Alternatives without marks are names, whatever letters they have; with ``!`` they are what is left out."""
    documents = [{"name": each} for each in [*names, "", "\0"]]
    wanted = ",".join(names)
    chosen = [each["name"] for each in documents if text_test("name", wanted)(each)]
    refused = [each["name"] for each in documents if text_test("name", ",".join(f"!{each}" for each in names))(each)]
    assert set(chosen) == set(names)
    assert set(chosen) | set(refused) == {*names, "", "\0"}
    assert not set(chosen) & set(refused)


@pytest.mark.parametrize(
    ("fields", "left"),
    [(None, {"DATA_TYPE", "a", "b"}), ("", {"DATA_TYPE", "a", "b"}), ("a", {"DATA_TYPE", "a"}), ("x", {"DATA_TYPE"})],
)
def test_fields(fields, left):
    """``fields`` names what a document is to have, and in a list what each of its documents is."""
    document = {"DATA_TYPE": "task", "a": 1, "b": 2}
    assert set(only_fields(document, fields)) == left
    inside = only_fields({"DATA_TYPE": "task_list", "total": 1, "DATA": [document]}, fields)
    assert (set(inside), set(inside["DATA"][0])) == ({"DATA_TYPE", "total", "DATA"}, left)
