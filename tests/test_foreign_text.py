"""What a service wrote, on a page and in the log."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trivet.foreign_text import MAX_CHARACTERS, one_line

ANY_TEXT = st.text(st.characters(exclude_categories=()))  # halves of surrogate pairs too


@given(ANY_TEXT)
def test_any_text_is_one_line_that_a_page_can_hold(text: str) -> None:
    """Whatever a service wrote: it is one line, it can be encoded, and it is not long."""
    line = one_line(text * 20)
    assert len(line.splitlines()) <= 1
    assert len(line.encode()) <= 4 * MAX_CHARACTERS


@pytest.mark.parametrize("value", [None, 7, ["text"], {"a": "text"}])
def test_what_is_no_text_is_nothing(value: object) -> None:
    """Where a service wrote something else than text, nothing is shown."""
    assert one_line(value) == ""


def test_words_stay_as_they_are() -> None:
    """Text that needs no change has none."""
    assert one_line("Datei „Übersicht 1“ fehlt: /data/a.csv") == "Datei „Übersicht 1“ fehlt: /data/a.csv"
