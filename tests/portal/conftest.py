"""The demo, and browsers without a screen that visit it."""

from collections.abc import Callable

import pytest

from navigator import Navigator
from trivet.demo import Demo


@pytest.fixture
def sign_in(demo: Demo) -> Callable[[str], Navigator]:
    """Return the browser of somebody who is at their dashboard."""

    def bring(person: str) -> Navigator:
        browser = Navigator(demo.sandbox)
        assert browser.sign_in(f"{demo.url}/dashboard", person).url == f"{demo.url}/dashboard"
        return browser

    return bring


@pytest.fixture
def ada(sign_in: Callable[[str], Navigator]) -> Navigator:
    return sign_in("ada")
