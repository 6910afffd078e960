"""
A real Chromium in front of the real demo; each test gets new browser profiles and a sandbox as its seed says.

A module about what no portal has gives its visitors another `place`.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from journeys.pictures import take
from journeys.visitor import Place, Visitor
from trivet.demo import Demo

SCREENSHOTS = Path(__file__).parents[2] / "artifacts" / "screenshots"


@pytest.fixture
def place(demo: Demo) -> Place:
    return demo


@pytest.fixture
def new_visitor(chromium: Browser, place: Place) -> Iterator[Callable[..., Visitor]]:
    """Bring somebody with a browser of their own; options are those of a Playwright browser context."""
    visitors: list[Visitor] = []

    def bring(**options: object) -> Visitor:
        visitors.append(Visitor(chromium.new_context(**{"viewport": {"width": 1280, "height": 900}, **options}), place))
        return visitors[-1]

    yield bring
    for visitor in visitors:
        visitor.context.close()
    assert [visitor.troubles for visitor in visitors if visitor.troubles] == []


@pytest.fixture
def visitor(new_visitor: Callable[..., Visitor]) -> Visitor:
    return new_visitor()


@pytest.fixture(scope="session")
def screenshots() -> Path:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    return SCREENSHOTS


@pytest.fixture
def picture(screenshots: Path) -> Callable[[Page, str], None]:
    """Take a picture of a page for the documentation, once it is seen that it fits on a desk and on a phone."""
    return lambda page, name: take(page, name, screenshots)
