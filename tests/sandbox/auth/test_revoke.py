"""Revocation (RFC 7009)."""

from __future__ import annotations

import pytest

DONE = (200, {"active": False})


def _said(response):
    return response.status_code, response.json()


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
@pytest.mark.parametrize("hint", [None, "access_token", "refresh_token", "nonsense"])
def test_revoking(globus, tokens, endpoint, kind, hint):
    """Either kind dies, with whatever hint; the other kind lives on, so a client must revoke both."""
    assert _said(endpoint.post("/revoke", token=tokens[kind], token_type_hint=hint)) == DONE
    other = {"access_token": "refresh_token", "refresh_token": "access_token"}[kind]
    assert (globus.token_is_active(tokens[kind]), globus.token_is_active(tokens[other])) == (False, True)


def test_twice_or_unknown(tokens, endpoint):
    """Revoking again, or something that never was, gives the same answer (RFC 7009 section 2.2)."""
    for value in (tokens["access_token"], tokens["access_token"], "never was", "é"):
        assert _said(endpoint.post("/revoke", token=value)) == DONE


def test_other_clients_tokens(globus, tokens, endpoint):
    """Another client's token: the same answer, and no effect."""
    assert _said(endpoint.post("/revoke", client="gateway", token=tokens["access_token"])) == DONE
    assert globus.token_is_active(tokens["access_token"])


def test_missing_token(endpoint):
    """Without a token the request is malformed."""
    assert _said(endpoint.post("/revoke")) == (400, {"error": "invalid_request"})
