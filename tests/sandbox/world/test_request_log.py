"""The request log: useful, and without a whole secret in it."""

from __future__ import annotations

import json
import logging

import pytest
import requests

from trivet.sandbox.world.redaction import MAX_BODY, MAX_TEXT, redacted, redacted_json, redacted_text


def test_who_did_what(globus, visitor, endpoint):
    """Method, path, status, client and person of each request."""
    endpoint.redeem(visitor.sign_in()["code"])
    records = [(each.method, each.path, each.status, each.client, each.person) for each in globus.requests]
    assert records[0] == ("GET", "/v2/oauth2/authorize", 200, "portal", None)
    assert records[-1] == ("POST", "/v2/oauth2/token", 200, "portal", "ada")


def test_refusals_say_why(globus, visitor, endpoint):
    """A refusal's record has the reason in words, such as both addresses when they differ."""
    visitor.visit(redirect_uri="http://localhost:5000/login/")
    reason = globus.requests[-1].reason
    assert "http://localhost:5000/login/" in reason
    assert "http://localhost:5000/login/callback" in reason
    endpoint.redeem("x")
    assert globus.requests[-1].reason


def test_no_secret_is_whole_in_any_log(globus, visitor, endpoint, pkce, caplog):
    """Through login, refresh, introspection and revocation no code, token, verifier or secret is logged anywhere."""
    caplog.set_level(logging.DEBUG)
    code = visitor.sign_in(**pkce.asked)["code"]
    tokens = endpoint.redeem(code, code_verifier=pkce.verifier).json()
    endpoint.redeem(code, code_verifier=pkce.verifier)
    endpoint.refresh(tokens["refresh_token"])
    endpoint.introspect(tokens["access_token"])
    endpoint.post("/revoke", token=tokens["access_token"])
    text = caplog.text + repr(globus.requests) + repr(globus.tokens) + repr(globus.clients)
    cookies = list(visitor.http.cookies.values())
    values = [token.value for token in globus.tokens]
    for secret in (code, pkce.verifier, globus.clients["portal"].secret, tokens["id_token"], *cookies, *values):
        assert secret not in text


def test_redaction():
    """Codes and tokens keep six letters, verifiers and secrets none."""
    pairs = [("code", "abcdefghij"), ("Client_Secret", "s3cret"), ("scope", "openid")]
    assert redacted(pairs) == [("code", "abcdef…"), ("Client_Secret", "…"), ("scope", "openid")]


def test_json_is_redacted_at_any_depth():
    """Bodies in JSON are remembered as sent, but for their secrets; what is none, or long, is left out."""
    sent = {"label": "x", "DATA": [{"token": "abcdefghij", "path": "/a"}], "client_secret": ["s3cret"]}
    found = json.loads(redacted_json(json.dumps(sent).encode()))
    assert found == {"label": "x", "DATA": [{"token": "abcdef…", "path": "/a"}], "client_secret": "…"}
    assert [redacted_json(each) for each in (b"{", b"[" * 3000, b'"' + b"x" * MAX_BODY + b'"')] == [None] * 3


def test_hostile_requests_are_logged_too(globus):
    """Odd bytes in path and query make a record, not an error."""
    requests.get(f"{globus.url}/%ff%00?%ff=%00&=&a")
    assert globus.requests[-1].status == 404


def test_a_secret_in_the_wrong_place_is_not_whole_either(globus, visitor, endpoint):
    """A token in a path, a code in the address sent as redirect_uri, JSON that claims to be a form: cut short."""
    code, form = visitor.sign_in()["code"], {"Content-Type": "application/x-www-form-urlencoded"}
    came_back_to = f"http://localhost:5000/login/callback?code={code}&state=x"
    visitor.visit(redirect_uri=came_back_to)
    assert f"code={code[:6]}…&state=x" in globus.requests[-1].reason
    document = f'{{"code": "{code}", "client_secret": "{globus.clients["portal"].secret}"}}'
    requests.post(f"{globus.url}/v2/oauth2/token", data=document, headers=form)
    token = endpoint.redeem(code).json()["access_token"]
    requests.get(f"{globus.url}/v2/groups/{token}")
    requests.post(f"{globus.url}/v2/oauth2/token", data={"client_id": globus.clients["portal"].secret})
    requests.get(f"{globus.url}/v2/api/identities", params={"ids": token, token: "x"})
    requests.post(f"{globus.url}/v2/groups", json={"name": token, token: came_back_to})
    text = repr(globus.requests)
    assert [secret for secret in (code, token, globus.clients["portal"].secret) if secret in text] == []


@pytest.mark.parametrize("kept", [1, 2, 20, 41, 47, 48])
def test_a_token_that_is_cut_off_is_not_shown_any_further(kept):
    """What a text ends in, where the log cuts it off, is told apart like any token, and no more than that."""
    token = "Ag" + "x" * 46
    texts = [
        redacted_text("/" * (MAX_TEXT - kept) + token),
        redacted([("ids", "/" * (MAX_BODY - kept) + token)])[0][1],
    ]
    assert [text.strip("/…") for text in texts] == [token[: min(kept, 6)]] * 2


def test_a_secret_sent_as_client_id():
    """It is cut short in whatever it was sent; an id is not."""
    secret, known = "only-for-this-test", "00000000-0000-4000-8000-000000000000"
    document = json.loads(redacted_json(json.dumps([{"client_id": secret}, {"client_id": known}])))
    assert document == [{"client_id": "only-f…"}, {"client_id": known}]
    assert redacted([("client_id", secret), ("client_id", known)]) == [("client_id", "only-f…"), ("client_id", known)]
