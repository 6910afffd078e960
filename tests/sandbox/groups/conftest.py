"""The SDK's ``GroupsClient`` at the running sandbox, for anybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import globus_sdk
import pytest
from globus_sdk.scopes import GroupsScopes

if TYPE_CHECKING:
    from collections.abc import Callable

    from trivet.sandbox import Sandbox

ALL = str(GroupsScopes.all)


@pytest.fixture
def groups_token(globus: Sandbox, new_visitor, endpoint) -> Callable[..., str]:
    """A Groups token from a sign-in with one of somebody's identities."""

    def get(person: str = "ada", *, identity: int = 0, scope: str = ALL) -> str:
        visitor = new_visitor()
        value: str = endpoint.redeem(visitor.sign_in(person, identity=identity, scope=scope)["code"]).json()[
            "access_token"
        ]
        return value

    return get


@pytest.fixture
def client_of(
    globus: Sandbox, groups_token: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., globus_sdk.GroupsClient]:
    for name, value in globus.environ.items():
        monkeypatch.setenv(name, value)

    def make(person: str = "ada", **sign_in: object) -> globus_sdk.GroupsClient:
        token = groups_token(person, **sign_in)
        client = globus_sdk.GroupsClient(authorizer=globus_sdk.AccessTokenAuthorizer(token))
        client.retry_config.max_retries = 0
        return client

    return make


@pytest.fixture
def ids(globus: Sandbox) -> Callable[..., str]:
    """Somebody's identity, or a group's id."""

    def find(name: str, number: int = 0) -> str:
        return globus.groups[name].id if name in globus.groups else globus.people[name].identities[number].id

    return find


@pytest.fixture
def status_of(globus: Sandbox) -> Callable[..., tuple[str, str] | None]:
    """What an identity is in a group: role and status."""

    def find(group: str, person: str, number: int = 0) -> tuple[str, str] | None:
        found = globus.groups[group].memberships.get(globus.people[person].identities[number].id)
        return None if found is None else (found.role, found.status)

    return find
