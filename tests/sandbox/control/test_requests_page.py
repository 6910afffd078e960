"""The request log, as people read it."""

from __future__ import annotations

import re

import requests


def test_refusals_in_words(visitor, control):
    """A refusal stands there with its reason and the command that repeats it."""
    visitor.visit(redirect_uri="http://localhost:5000/login/callback/")
    text = control.get("/sandbox/requests").text
    assert "The redirect URI differs by a trailing slash: sent http://localhost:5000/login/callback/, " in text
    assert "curl --request GET" in text


def test_newest_first_and_filters(globus, control, endpoint):
    """The newest is on top; one can look for words, and for refusals only."""
    endpoint.redeem("x")
    requests.get(f"{globus.url}/jwk.json")
    everything = control.get("/sandbox/requests").text
    assert everything.index("/jwk.json") < everything.index("/v2/oauth2/token")
    only = control.get("/sandbox/requests", refused="yes").text
    assert ("/jwk.json" in only, "/v2/oauth2/token" in only) == (False, True)
    found = control.get("/sandbox/requests", q="the code is UNKNOWN").text
    assert ("/jwk.json" in found, "/v2/oauth2/token" in found) == (False, True)


def test_rows_alone(globus, control):
    """What the page's script asks for is the list and nothing around it."""
    requests.get(f"{globus.url}/jwk.json")
    rows = control.get("/sandbox/requests", rows="").text
    assert rows.lstrip().startswith("<li")
    assert "<html" not in rows


def test_what_was_sent_is_text(globus, control):
    """Markup in a path, a parameter or a form is shown, and is none."""
    evil = "<script>alert(1)</script>\"'><b>"
    requests.get(f"{globus.url}/{evil}", params={evil: evil})
    requests.post(f"{globus.url}/v2/oauth2/token", data={evil: evil})
    for path in ("/sandbox/", "/sandbox/requests"):
        text = control.get(path).text
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert" in text
    assert "<b>" not in control.get("/sandbox/requests", q=evil).text


def test_half_a_surrogate_pair(globus, control, transfer_token):
    """Whatever a program sends to Transfer, the page that tells what was refused can be shown."""
    headers = {"Authorization": f"Bearer {transfer_token}"}
    for document in ({"name": "\ud800", "path": "/"}, {"name": "x", "path": "/", "endpoint_id": "\ud800"}):
        assert requests.post(f"{globus.url}/v0.10/bookmark", json=document, headers=headers).status_code == 400
    assert control.get("/sandbox/requests").status_code == 200


def test_no_secret_on_any_page(globus, control, visitor, endpoint, pkce, read_page):
    """Codes, tokens, verifiers and cookies are on no page; an application's secret only where applications are."""
    code = visitor.sign_in(**pkce.asked)["code"]
    tokens = endpoint.redeem(code, code_verifier=pkce.verifier).json()
    endpoint.introspect(tokens["access_token"])
    cookies = list(visitor.http.cookies.values())
    values = [code, pkce.verifier, tokens["id_token"], *cookies, *(each.value for each in globus.tokens)]
    secret = globus.clients["portal"].secret
    for path in _all_pages(control):
        text = control.get(path).text
        assert not [each for each in values if each in text], path
        assert (secret in text) == (path == "/sandbox/applications")


def test_every_page_says_what_it_is(control):
    """Plainly a sandbox, framed by nobody, kept in no cache, with no script but its own."""
    for path in _all_pages(control):
        response = control.get(path)
        assert response.status_code == 200
        assert "Sandbox, not Globus." in response.text
        assert response.headers["X-Frame-Options"] == "DENY"
        assert response.headers["Cache-Control"] == "no-store"
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "form-action 'self'" in policy


def _all_pages(control):
    found = set(re.findall(r'href="(/sandbox/(?!static)[a-z]*)"', control.get().text))
    found |= {"/sandbox/", "/sandbox/people/ada", "/sandbox/tokens?dead"}
    assert len(found) >= 10
    return found
