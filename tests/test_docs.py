"""The documentation says what is so."""

import re
from pathlib import Path

import pytest

from trivet.config import REQUIRED, SETTINGS

ROOT = Path(__file__).parent.parent
PAGES = [*sorted(ROOT.glob("[A-Z]*.md")), *sorted((ROOT / "docs").rglob("*.md"))]


def table_row(name: str, default: object, sentence: str) -> str:
    if default is REQUIRED:
        shown = "required"
    elif default is None:
        shown = ""
    elif isinstance(default, tuple):
        shown = f"`{' '.join(default)}`"
    else:
        shown = f"`{str(default).lower() if isinstance(default, bool) else default}`" if default != "" else "empty"
    return f"| `GLOBUS_{name}` | {shown} | {sentence} |"


def test_the_settings_page_has_every_setting() -> None:
    """The page of settings lists each one with its default and its sentence, in order, and no other."""
    rows = [line for line in (ROOT / "docs" / "settings.md").read_text().splitlines() if line.startswith("| `GLOBUS_")]
    assert rows == [table_row(setting.name, setting.default, setting.sentence) for setting in SETTINGS]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    """A link to a file of the repository leads to one that is there."""
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text()):
        if "://" not in target:
            assert (page.parent / target).exists(), target


def test_files_named_in_the_guide_exist() -> None:
    """The table of "where things are" names files that are there."""
    names = re.findall(r"`([\w/]+\.py|sandbox/|tests/sandbox/)`", (ROOT / "CONTRIBUTING.md").read_text())
    assert len(names) > 30
    for name in names:
        assert any((ROOT / folder / name).exists() for folder in ("", "src/trivet", "tests")), name


def test_the_readme_starts_with_the_two_commands() -> None:
    """The first thing after the first sentence of the README are the two commands."""
    text = (ROOT / "README.md").read_text()
    first_block = text.split("```sh\n", 1)[1].split("```")[0]
    assert [line.split("  ")[0].strip() for line in first_block.splitlines()] == ["make demo", "make test"]
