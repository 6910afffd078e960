"""Ids of sessions that a browser has made up."""

from collections.abc import Callable

import pytest

from trivet.sealed_tokens import SealedTokens
from trivet.sealing import Sealer
from trivet.session import Sessions
from trivet.store import Store


@pytest.mark.parametrize("made_up", ["", "\0", "a" * 42 + "\0", "\ud800", "é" * 43, "a" * 100_000, "*", "a" * 43])
def test_what_nobody_issued_is_no_session(opened: Callable[[str], Store], url: str, made_up: str) -> None:
    """Whatever is sent where an id belongs, every store says that there is no such session, and none stumbles."""
    tokens = SealedTokens(Sealer([b"x" * 32], "token"))
    sessions = Sessions(opened(url), tokens, idle_seconds=1, absolute_seconds=1, clock=lambda: 0)
    assert sessions.by_id(made_up) is None
