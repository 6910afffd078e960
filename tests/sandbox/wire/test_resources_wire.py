"""Introspection, revocation, userinfo and Auth's API, byte by byte."""

from __future__ import annotations

import pytest

from sandbox.wire.conftest import Row

INTROSPECT = "POST /v2/oauth2/token/introspect"
VALIDATE = "POST /v2/oauth2/token/validate"
REVOKE = "POST /v2/oauth2/token/revoke"
USERINFO = "/v2/oauth2/userinfo"
IDENTITIES = "GET /v2/api/identities?usernames=ada@uni.example"
PROJECTS = "/v2/api/projects"

CLIENT = {"status": 401, "error": "invalid_client"}
REQUEST = {"status": 400, "error": "invalid_request"}
INACTIVE = '{"active": false}'
DEAD = {"status": 200, "page": INACTIVE}
NOT_YOU = {"status": 403, "error": "unauthorized", "has": {"WWW-Authenticate": "Bearer"}}
NOBODY = {"status": 401, "error": "unauthorized", "has": {"WWW-Authenticate": "Bearer"}}

SEARCH = "GET /v0.10/endpoint_search"
NOT_AT_TRANSFER = {"status": 401, "page": "AuthenticationFailed"}
NO_SCOPE = {"status": 403, "error": "forbidden"}


def _by(answer, token):
    return {**answer, "auth": f"Bearer {{{token}}}"}


def _unasked(answer):
    return {**answer, "auth": None}


def _at(answer, credentials):
    return {**answer, "auth": f"Basic {{{credentials}}}"}


NOBODY_ASKS = _unasked(CLIENT)

TOKENS = [
    ("a token lets nobody introspect", "RFC 7662 2.1", INTROSPECT, "token={access}", _by(CLIENT, "access")),
    ("nor does an id alone", "RFC 7662 2.1", INTROSPECT, "token={access}&client_id={portal}", _unasked(CLIENT)),
    ("the token is in the form", "RFC 7662 2.1", INTROSPECT + "?token={access}", "", REQUEST),
    ("two tokens are none", "RFC 7662 2.1", INTROSPECT, "token={access}&token={access}", REQUEST),
    ("an empty token is none", "RFC 7662 2.1", INTROSPECT, "token=", REQUEST),
    ("half a token", "RFC 7662 2.2", INTROSPECT, "token=AgSBX", DEAD),
    ("a code is no token", "RFC 7662 2.2", INTROSPECT, "token={code}", DEAD),
    ("an ID token is not asked about", "RFC 7662 2.2", INTROSPECT, "token={id_token}", DEAD),
    ("a wrong hint is no matter", "RFC 7662 2.1", INTROSPECT, "token={access}&token_type_hint=x", {"status": 200}),
    ("JSON is no form", "RFC 7662 2.1", INTROSPECT, "[]", {**REQUEST, "content_type": "application/json"}),
    ("the token to revoke is in the form", "RFC 7009 2.1", REVOKE + "?token={access}", "", REQUEST),
    ("two tokens are not revoked", "RFC 7009 2.1", REVOKE, "token={access}&token={refresh}", REQUEST),
    ("no callback in the answer", "RFC 7009 2.3", REVOKE, "token=x&callback=evil", {"status": 200, "page": INACTIVE}),
    ("nobody revokes by a token alone", "RFC 7009 2.1", REVOKE, "token={access}", _unasked(CLIENT)),
    ("nor by an id that has a secret", "RFC 7009 2.1", REVOKE, "token={access}&client_id={portal}", _unasked(CLIENT)),
    ("another's token is left alone", "RFC 7009 2.1", REVOKE, "token={access}", _at({"status": 200}, "gateway_basic")),
    ("another's token is none to validate", "globus-cli", VALIDATE, "token={refresh}", _at(DEAD, "gateway_basic")),
    (
        "a client with no secret asks about none",
        "RFC 7662 2.1",
        INTROSPECT,
        "token=x&client_id={notebook}",
        NOBODY_ASKS,
    ),
    ("an ID token is not to be revoked", "RFC 7009 2.2", REVOKE, "token={id_token}", DEAD),
]

CALLERS = [
    ("scheme in any case", "RFC 7235 2.1", f"GET {USERINFO}", "", {"status": 200, "auth": "bEaReR {access}"}),
    ("HEAD is a GET without body", "RFC 9110 9.3.2", f"HEAD {USERINFO}", "", _by({"status": 200}, "access")),
    ("no token in the address", "RFC 9700 4.3.2", f"GET {USERINFO}?access_token={{access}}", "", _unasked(NOT_YOU)),
    ("no token in a form", "RFC 6750 2.2", f"POST {USERINFO}", "access_token={access}", _unasked(NOT_YOU)),
    ("two tokens", "RFC 6750 2.1", f"GET {USERINFO}", "", {**NOT_YOU, "auth": "Bearer {access}, Bearer {access}"}),
    ("an ID token is no access token", "OIDC Core 5.3.1", f"GET {USERINFO}", "", _by(NOT_YOU, "id_token")),
    ("a code is no access token", "OIDC Core 5.3.1", f"GET {USERINFO}", "", _by(NOT_YOU, "code")),
    ("a client is no user", "OIDC Core 5.3.1", f"GET {USERINFO}", "", NOT_YOU),
    ("Transfer's token at Auth", "RFC 9700 2.3", IDENTITIES, "", _by(NOBODY, "transfer")),
    ("a refresh token at the API", "RFC 6749 1.5", IDENTITIES, "", _by(NOBODY, "refresh")),
    ("a public client at the API", "RFC 6749 2.3.1", IDENTITIES, "", {**NOBODY, "auth": "Basic {notebook_basic}"}),
    ("a token without the scope", "RFC 6750 3.1", f"GET {PROJECTS}", "", _by(NO_SCOPE, "access")),
    ("Auth's token at Transfer", "RFC 9700 2.3", SEARCH, "", _by(NOT_AT_TRANSFER, "access")),
    ("a client's credentials at Transfer", "RFC 6750 2.1", SEARCH, "", NOT_AT_TRANSFER),
    ("no token in its address", "RFC 9700 4.3.2", SEARCH + "?access_token={transfer}", "", _unasked(NOT_AT_TRANSFER)),
]


@pytest.mark.parametrize("row", [Row(p, s, r, body=b, **a) for p, s, r, b, a in TOKENS + CALLERS], ids=str)
def test_resources(hold, row):
    """Each row of the tables above is answered as it says, in JSON."""
    assert hold(row).headers.get_content_type() == "application/json"


def test_a_refused_revocation_revokes_nothing(globus, hold, needs):
    """Without the client's secret, or with two tokens at once, both live on."""
    for promise, source, request, body, answer in TOKENS:
        if request.startswith(REVOKE) and answer["status"] != 200:
            hold(Row(promise, source, request, body=body, **answer))
    assert globus.token_is_active(needs["access"])
    assert globus.token_is_active(needs["refresh"])


def test_what_another_client_revokes_lives_on(globus, hold, needs):
    """It is told that the token is dead, as for one that never was, and the token is not (RFC 7009 section 2.1)."""
    for kind in ("access", "refresh", "transfer"):
        answer = hold(
            Row(
                "revoked by another", "RFC 7009 2.1", REVOKE, 200, **_at({"body": f"token={{{kind}}}"}, "gateway_basic")
            )
        )
        assert answer.json == {"active": False}
        assert globus.token_is_active(needs[kind])
