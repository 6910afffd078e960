"""The tests themselves: read in order, their docstrings are the manual."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def written_in(path: Path) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield node


@pytest.mark.parametrize("path", sorted(HERE.rglob("test_*.py")), ids=lambda path: str(path.relative_to(HERE)))
def test_every_test_says_what_it_promises(path: Path) -> None:
    """Each test has a docstring that is a sentence."""
    silent = [
        test.name for test in written_in(path) if not (ast.get_docstring(test) or "").strip().endswith((".", ")"))
    ]
    assert not silent
