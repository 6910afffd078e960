"""What tokens are issued for, in tests of what becomes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from trivet.sandbox.world.tokens import Grant

if TYPE_CHECKING:
    from trivet.sandbox import Sandbox


@pytest.fixture
def grant(globus: Sandbox) -> Grant:
    return Grant(
        person=globus.people["ada"],
        client_id=globus.clients["portal"].id,
        resource_server="transfer.api.globus.org",
        scopes=(),
        family="f",
        session_id="s",
        authentications={},
        offline=True,
    )
