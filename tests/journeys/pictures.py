"""What pages look like: that they fit and have names for everything, and pictures of them."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import FloatRect, Page, ViewportSize, expect

Picture = Callable[[Page, str], None]
"""The fixture ``picture``: given a page and a name, keeps what the page looks like."""

SIZES: dict[str, ViewportSize] = {"desktop": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}
ILLUSTRATION: ViewportSize = {"width": 800, "height": 600}
MARGIN = 16  # pixels below what is worth showing

DESCRIBED = Path(__file__).parents[2] / "docs" / "step-up.md"
QUOTE = r"((?:^> .*\n)+)\n!\[[^]]*\]\(images/step-up-{name}\.png\)"

NAMELESS = """() => [...document.querySelectorAll("a, button, input:not([type=hidden])")]
    .filter(control => !(control.matches("input") ? control.labels.length : control.textContent.trim()))
    .map(control => control.outerHTML)"""
# Where the content ends: above the reference, which is another one each time.
END = """Math.max(...[...document.querySelectorAll("main :is(h1, p, dl, a, button)")]
    .filter(part => !part.textContent.startsWith("Reference"))
    .map(part => part.getBoundingClientRect().bottom))"""


def assert_fits(page: Page, name: str) -> None:
    """Nothing sticks out to the right, so nobody has to scroll sideways."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} is too wide"


def assert_labelled(page: Page, name: str) -> None:
    """One heading of level 1, a title, a main part, and no control without a name."""
    assert page.title()
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    expect(page.get_by_role("main")).to_have_count(1)
    assert page.evaluate(NAMELESS) == [], f"{name} has controls without a name"


def assert_as_described(page: Page, name: str) -> None:
    """The sentences that the documentation quotes above a picture are those that people read."""
    for quote in re.findall(QUOTE.format(name=name), DESCRIBED.read_text(), re.MULTILINE):
        for sentence in quote.splitlines():
            expect(page.get_by_role("main")).to_contain_text(sentence.removeprefix("> "))


def take(page: Page, name: str, folder: Path) -> None:
    """Write ``step-up-<name>.png``, down to where the content ends, and the same on a phone."""
    before = page.viewport_size
    assert_labelled(page, name)
    assert_as_described(page, name)
    page.set_viewport_size(SIZES["phone"])
    assert_fits(page, name)
    page.screenshot(path=folder / f"step-up-{name}-phone.png", full_page=True)
    page.set_viewport_size(ILLUSTRATION)
    clip: FloatRect = {"x": 0, "y": 0, "width": ILLUSTRATION["width"], "height": page.evaluate(END) + MARGIN}
    page.screenshot(path=folder / f"step-up-{name}.png", full_page=True, clip=clip)
    if before:
        page.set_viewport_size(before)
