"""The SDK's TransferClient at the running sandbox, and collections to play with."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import globus_sdk
import pytest

from depot import transfer_token

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from trivet.sandbox import Sandbox


@pytest.fixture
def client_of(globus: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., globus_sdk.TransferClient]]:
    """An unmodified TransferClient for anybody; addresses come from the environment only."""
    for name, value in globus.environ.items():
        monkeypatch.setenv(name, value)
    opened = []

    def make(person: str = "ada") -> globus_sdk.TransferClient:
        client = globus_sdk.TransferClient(authorizer=globus_sdk.AccessTokenAuthorizer(transfer_token(globus, person)))
        client.retry_config.max_retries = 0
        opened.append(client)
        return client

    yield make
    for client in opened:
        client.close()


@pytest.fixture
def client(client_of: Callable[..., globus_sdk.TransferClient]) -> globus_sdk.TransferClient:
    return client_of()


@pytest.fixture
def laptop(globus: Sandbox) -> str:
    return globus.collections["laptop"].id


@pytest.fixture
def playground(globus: Sandbox) -> Iterator[Path]:
    """The directory ``/playground/`` on ada's laptop, empty, and gone after the test."""
    place = globus.collections["laptop"].root / "playground"
    place.mkdir()
    yield place
    shutil.rmtree(place)
