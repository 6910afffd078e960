"""Programs that were not written with the sandbox in mind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from trivet.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def _running() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def globus(_running: Sandbox) -> Sandbox:
    """A sandbox as its seed says, by the real clock: these programs compare it with their own."""
    _running.reset()
    return _running
