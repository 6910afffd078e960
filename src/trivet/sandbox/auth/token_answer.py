"""Globus's token responses: one token per resource server, the first at top level, the rest in ``other_tokens``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from trivet.sandbox.auth.id_token import id_token
from trivet.sandbox.world.scopes import AUTH, by_resource_server
from trivet.sandbox.world.tokens import ACCESS_TOKEN_SECONDS, Grant, Token

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trivet.sandbox.world import World
    from trivet.sandbox.world.codes import AuthorizationCode


class TokenAnswer(dict[str, Any]):
    """A token response that prints without its tokens: Authlib logs what it issues."""

    def __repr__(self) -> str:
        return f"<tokens for {self.get('resource_server')} and {len(self.get('other_tokens', ()))} more>"


def answer_for_code(code: AuthorizationCode, world: World) -> TokenAnswer:
    """Issue everything *code* stands for (SDK fixture ``oauth2_exchange_code_for_tokens``)."""
    names = [scope.name for scope in code.request.scopes]
    grants = [
        _grant(code, server, tuple(scopes)) for server, scopes in by_resource_server(names, world.scope_table).items()
    ]
    if "openid" in names:
        # With openid the Auth token is the top-level one: the only place clients look for the ID token.
        grants.sort(key=lambda grant: grant.resource_server != AUTH)
    issued = [_issue(grant, world) for grant in grants]
    entries = [_entry(access, refresh, state=code.request.state) for access, refresh in issued]
    answer = TokenAnswer(entries[0], other_tokens=entries[1:])
    if "openid" in names:
        answer["id_token"] = id_token(issued[0][0], code.request.nonce, world)
    return answer


def answer_for_refresh(refresh: Token, scopes: tuple[str, ...], world: World) -> TokenAnswer:
    """Issue a new access token; the refresh token in the answer is the one that was sent, for it never rotates."""
    world.tokens.used(refresh)
    grant = refresh.grant if scopes == refresh.scopes else _narrowed(refresh.grant, scopes)
    access = world.tokens.issue("access", grant)
    return TokenAnswer(_entry(access, refresh), other_tokens=[])


def _grant(code: AuthorizationCode, resource_server: str, scopes: tuple[str, ...]) -> Grant:
    return Grant(
        person=code.person,
        client_id=code.request.client.id,
        resource_server=resource_server,
        scopes=scopes,
        family=code.family,
        session_id=code.session_id,
        authentications=code.authentications,
        offline=code.request.offline,
    )


def _narrowed(grant: Grant, scopes: tuple[str, ...]) -> Grant:
    return replace(grant, scopes=scopes)


def _issue(grant: Grant, world: World) -> tuple[Token, Token | None]:
    access = world.tokens.issue("access", grant)
    return access, world.tokens.issue("refresh", grant) if grant.offline else None


def _entry(access: Token, refresh: Token | None, *, state: str | None = None) -> Mapping[str, Any]:
    entry: dict[str, Any] = {
        "access_token": access.value,
        "scope": " ".join(access.scopes),
        "expires_in": ACCESS_TOKEN_SECONDS,
        "token_type": "Bearer",
        "resource_server": access.resource_server,
    }
    if refresh is not None:
        entry["refresh_token"] = refresh.value
    if state is not None:
        entry["state"] = state
    return entry
