"""Filters and orders of a listing."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trivet.sandbox.transfer.errors import TransferError
from trivet.sandbox.transfer.filtering import in_order, keep_matching


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
        (["name:~*.txt,~d"], "a.txt b.txt"),
        (["name:!a.txt"], "b.txt c.csv d"),
        (["name:!~*.txt"], "c.csv d"),
        (["type:dir"], "d"),
        (["size:>10"], "c.csv d"),
        (["size:>=10,<=100"], "b.txt c.csv"),
        (["size:1"], "a.txt"),
        (["name:~*.txt/size:>5"], "b.txt"),
        (["name:~*.txt", "size:<5"], "a.txt"),
    ],
)
def test_filters(filters, left):
    """Slashes and repetition both mean and; commas list alternatives, for sizes bounds."""
    assert " ".join(each["name"] for each in keep_matching(FILES, filters)) == left


@pytest.mark.parametrize(
    ("orderby", "names"),
    [
        ("", "a.txt b.txt c.csv d"),
        ("name DESC", "d c.csv b.txt a.txt"),
        ("size desc", "d c.csv b.txt a.txt"),
        ("type", "d a.txt b.txt c.csv"),
        ("type DESC,name DESC", "c.csv b.txt a.txt d"),
        ("type, size DESC", "d c.csv b.txt a.txt"),
    ],
)
def test_orders(orderby, names):
    """The first field counts most; what is equal stays in order of name."""
    assert " ".join(each["name"] for each in in_order(FILES, orderby)) == names


@given(text=st.text(max_size=30))
def test_any_filter_is_answered_or_refused(text):
    """No text does anything but filter or be refused with 400."""
    with suppress(TransferError):
        assert all(each in FILES for each in keep_matching(FILES, [text]))
    with suppress(TransferError):
        assert len(in_order(FILES, text)) == len(FILES)
