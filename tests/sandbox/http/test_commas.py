"""Values joined with commas."""

from __future__ import annotations

import pytest

from trivet.sandbox.http.commas import between_commas


@pytest.mark.parametrize(
    ("text", "values"), [("", []), (" , ,", []), ("a", ["a"]), ("b, a b ,,c", ["b", "a b", "c"]), ("a,a", ["a", "a"])]
)
def test_between_commas(text, values):
    """In the order they were sent in, without the spaces around them; nothing between two commas is no value."""
    assert between_commas(text) == values
