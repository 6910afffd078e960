"""Globus's token responses: one token per resource server, the first at top level, the rest in ``other_tokens``."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from trivet.sandbox.auth.id_token import id_token
from trivet.sandbox.world.scopes import AUTH, by_resource_server
from trivet.sandbox.world.tokens import Grant, Token

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trivet.sandbox.world import World
    from trivet.sandbox.world.clients import Client
    from trivet.sandbox.world.codes import AuthorizationCode


class TokenAnswer(dict[str, Any]):
    """A token response that prints without its tokens: Authlib logs what it issues."""

    def __repr__(self) -> str:
        return f"<tokens for {self.get('resource_server')} and {len(self.get('other_tokens', ()))} more>"


def answer_for_code(code: AuthorizationCode, world: World, more: Sequence[str] = ()) -> TokenAnswer:
    """Issue everything *code* stands for, and *more* scopes (SDK fixture ``oauth2_exchange_code_for_tokens``)."""
    names = [*(scope.name for scope in code.request.scopes), *more]
    grant = Grant(
        person=code.person,
        client_id=code.request.client.id,
        resource_server=AUTH,
        scopes=(),
        family=code.family,
        session_id=code.session_id,
        authentications=code.authentications,
        offline=code.request.offline,
    )
    issued = _issue_each(grant, names, world, shared=world.switches.logins_share_access_tokens)
    answer = _answer(issued, code.request.state)
    if "openid" in names:
        answer["id_token"] = id_token(issued[0][0], code.request.nonce, world)
    return answer


def answer_for_client(client: Client, names: list[str], world: World) -> TokenAnswer:
    """Issue tokens with which *client* acts as itself (SDK fixture ``oauth2_client_credentials_tokens``)."""
    grant = Grant(
        person=client.as_person(),
        client_id=client.id,
        resource_server=AUTH,
        scopes=(),
        family=str(uuid.uuid4()),
        session_id=str(uuid.uuid4()),
        authentications={},
        offline=False,
    )
    issued = _issue_each(grant, names, world)
    answer = _answer(issued)
    if "openid" in names and world.switches.id_token_for_clients:
        answer["id_token"] = id_token(issued[0][0], None, world)
    return answer


def answer_for_service(
    sent: Token, service: Client, paths: Mapping[str, tuple[str, ...]], world: World, *, offline: bool
) -> list[TokenAnswer]:
    """Issue *service* tokens for the scopes in *paths*, on the strength of the token it was *sent*.

    They belong to the session, and to the code, that the sent one came out of.
    """
    world.consents.use(sent.sub, sent.grant.root_client_id, paths.values())
    grant = replace(sent.grant, client_id=service.id, rooted_at=sent.grant.root_client_id, paths=paths, offline=offline)
    return [TokenAnswer(_entry(*each)) for each in _issue_each(grant, list(paths), world)]


def answer_for_refresh(refresh: Token, scopes: tuple[str, ...], world: World) -> TokenAnswer:
    """Issue a new access token; the refresh token in the answer is the one that was sent, for it never rotates."""
    world.tokens.used(refresh)
    world.consents.use(refresh.sub, refresh.grant.root_client_id, map(refresh.grant.path_to, scopes))
    kept = refresh.grant.authentications if world.switches.refreshed_tokens_keep_authentications else {}
    access = world.tokens.issue("access", replace(refresh.grant, scopes=scopes, authentications=kept))
    return TokenAnswer(_entry(access, refresh), other_tokens=[])


def _issue_each(
    grant: Grant, names: list[str], world: World, *, shared: bool = False
) -> list[tuple[Token, Token | None]]:
    """Issue like *grant*, one token (or pair) for each service that the scopes in *names* belong to.

    If they may be *shared*, access tokens that are there already will do.
    """
    servers = by_resource_server(names, world.scopes.resource_servers)
    # With openid the Auth token is the top-level one: the only place clients look for the ID token.
    order = sorted(servers, key=lambda server: server != AUTH) if "openid" in names else list(servers)
    grants = [replace(grant, resource_server=each, scopes=tuple(servers[each])) for each in order]
    return [_issue(each, world, world.tokens.share(each) if shared else None) for each in grants]


def _answer(issued: list[tuple[Token, Token | None]], state: str | None = None) -> TokenAnswer:
    entries = [_entry(access, refresh, state=state) for access, refresh in issued]
    return TokenAnswer(entries[0], other_tokens=entries[1:])


def _issue(grant: Grant, world: World, access: Token | None) -> tuple[Token, Token | None]:
    access = access or world.tokens.issue("access", grant)
    refreshable = grant.offline and all(map(world.scopes.allows_refresh, grant.scopes))
    return access, world.tokens.issue("refresh", grant) if refreshable else None


def _entry(access: Token, refresh: Token | None = None, *, state: str | None = None) -> Mapping[str, Any]:
    entry: dict[str, Any] = {
        "access_token": access.value,
        "scope": " ".join(access.scopes),
        "expires_in": access.seconds_left,
        "token_type": "Bearer",
        "resource_server": access.resource_server,
    }
    if refresh is not None:
        entry["refresh_token"] = refresh.value
    if state is not None:
        entry["state"] = state
    return entry
