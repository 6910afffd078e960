"""What is public."""

import importlib
from pathlib import Path

import pytest

PUBLIC = Path(__file__).parent / "public_names.txt"


@pytest.mark.parametrize("module", ["trivet", "trivet.flask", "trivet.store", "trivet.sandbox"])
def test_what_is_exported_can_be_imported(module: str) -> None:
    """Every name in ``__all__`` is there, and the list is sorted as the linter sorts it."""
    loaded = importlib.import_module(module)
    assert all(hasattr(loaded, name) for name in loaded.__all__)


def test_the_public_surface_is_what_the_list_says() -> None:
    """Widening or narrowing the public surface shows up in review as a change to a text file."""
    names = [
        f"{module}.{name}"
        for module in ("trivet", "trivet.flask", "trivet.sandbox", "trivet.store")
        for name in sorted(importlib.import_module(module).__all__)
    ]
    assert PUBLIC.read_text().splitlines() == names


def test_every_error_is_public() -> None:
    """Whatever the library raises can be caught by a public name; only a broken seal never leaves it."""
    import trivet
    from trivet import errors

    raised = {
        name
        for name, value in vars(errors).items()
        if isinstance(value, type) and issubclass(value, errors.TrivetError)
    }
    assert raised - set(trivet.__all__) == {"SealBroken"}


def test_error_codes_are_unique() -> None:
    """Programs go by ``code``, so no two errors share one."""
    from trivet import errors

    kinds = [
        value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, errors.TrivetError)
    ]
    assert len({kind.code for kind in kinds}) == len(kinds)
