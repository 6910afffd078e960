"""What belongs to the Globus that is played, and what to whoever controls it."""

from __future__ import annotations

import pytest

from trivet.sandbox.auth.sign_in import addresses
from trivet.sandbox.http.control_paths import SIGN_IN_PAGES, is_control


def test_the_pages_for_signing_in():
    """They are part of what is played, and all of them are known."""
    pages = {value for value in vars(addresses).values() if isinstance(value, str) and value.startswith("/sandbox/")}
    assert pages == SIGN_IN_PAGES
    assert not any(is_control(page) for page in pages)


@pytest.mark.parametrize(
    ("path", "control"),
    [("/sandbox", True), ("/sandbox/", True), ("/sandbox/api/state", True), ("/sandboxes", False), ("/", False)],
)
def test_the_rest_of_it(path, control):
    """Everything else below ``/sandbox/`` controls it."""
    assert is_control(path) is control
