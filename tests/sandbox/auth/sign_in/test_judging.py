"""What the authorize page refuses, and where each refusal is shown."""

from __future__ import annotations

import re

import pytest
import requests

SHOWN = [
    ({"client_id": None}, "Missing client_id parameter.", "OAUTH_AUTH_REQUEST_FAILURE"),
    ({"client_id": ""}, "Missing client_id parameter.", "OAUTH_AUTH_REQUEST_FAILURE"),
    ({"client_id": "nobody"}, "Invalid client_id parameter value.", "OAUTH_AUTH_REQUEST_FAILURE"),
    ({"client_id": "\u0000'\"<b>"}, "Invalid client_id parameter value.", "OAUTH_AUTH_REQUEST_FAILURE"),
    ({"redirect_uri": None}, "Missing redirect URI.", "OAUTH_AUTH_REQUEST_FAILURE"),
    ({"scope": "no:such:scope"}, "Unknown scope(s)", "UNKNOWN_SCOPE_ERROR"),
    ({"scope": "openid ["}, "Unknown scope(s)", "UNKNOWN_SCOPE_ERROR"),
    ({"scope": "openid[]"}, "Unknown scope(s)", "UNKNOWN_SCOPE_ERROR"),
    ({"scope": "openid[" * 500}, "Unknown scope(s)", "UNKNOWN_SCOPE_ERROR"),
    ({"scope": "OPENID"}, "Unknown scope(s)", "UNKNOWN_SCOPE_ERROR"),
]

MISMATCHING = [
    "http://localhost:5000/login/callback/",
    "http://localhost:5000/LOGIN/callback",
    "http://localhost:5000/login/callback?x=1",
    "http://localhost:5000/login/callback#x",
    "http://localhost:5000/login/../login/callback",
    "http://127.0.0.1:5000/login/callback",
    "http://localhost:5001/callback",
    "https://evil.example/\"'<script>é",
    "javascript:alert(1)",
]

RETURNED = [
    ({"response_type": None}, "invalid_request"),
    ({"response_type": "token"}, "unsupported_response_type"),
    ({"response_type": "code id_token"}, "unsupported_response_type"),
    ({"response_type": '"é\\'}, "unsupported_response_type"),
    ({"scope": None}, "invalid_request"),
    ({"scope": "  "}, "invalid_request"),
    ({"scope": "offline_access"}, "invalid_request"),
    ({"scope": ["openid", "email"]}, "invalid_request"),
    ({"response_type": ["code", "code"]}, "invalid_request"),
    ({"nonce": ["a", "b"]}, "invalid_request"),
    ({"code_challenge_method": "S256"}, "invalid_request"),
    ({"code_challenge": "a" * 43}, "invalid_request"),
    ({"code_challenge": "a" * 43, "code_challenge_method": "plain"}, "invalid_request"),
    ({"code_challenge": "a" * 42, "code_challenge_method": "S256"}, "invalid_request"),
    ({"code_challenge": "a" * 44, "code_challenge_method": "S256"}, "invalid_request"),
    ({"code_challenge": "a" * 42 + "!", "code_challenge_method": "S256"}, "invalid_request"),
    ({"access_type": "sometimes"}, "invalid_request"),
    ({"prompt": "none login"}, "invalid_request"),
]


@pytest.mark.parametrize(("params", "sentence", "code"), SHOWN)
def test_shown_and_not_redirected(visitor, read_page, params, sentence, code):
    """Who asks, or what for, cannot be trusted: a page with status 400, Globus's sentence and code, no redirect."""
    response = visitor.visit(**params)
    page = read_page(response.text)
    assert response.status_code == 400
    assert page.by_id["error-sentence"] == sentence
    assert page.by_id["error-code"] == code
    assert page.by_id["error-id"]
    assert page.by_id["error-timestamp"]


def test_the_page_leads_to_the_reason(visitor, globus):
    """What was wrong in so many words is one click away, in the log of the control page."""
    page = visitor.visit(redirect_uri="http://127.0.0.1:5000/login/callback").text
    reasons = re.search(r'id="error-reason" href="([^"]+)"', page)
    assert "127.0.0.1, not localhost" in requests.get(globus.url + reasons[1]).text


@pytest.mark.parametrize("redirect_uri", MISMATCHING)
def test_redirect_uri_is_compared_byte_for_byte(visitor, read_page, redirect_uri):
    """An address that is only almost registered, or another client's, is refused on the page (RFC 9700 2.1)."""
    response = visitor.visit(redirect_uri=redirect_uri)
    assert response.status_code == 400
    assert read_page(response.text).by_id["error-sentence"] == "Mismatching redirect URI."


def test_unknown_scope_page_names_client_and_scopes(globus, visitor, read_page):
    """``data_access`` on a guest collection does not exist: the page lists the scope and the client's id."""
    climate = globus.collections["climate"].id
    scope = f"https://auth.globus.org/scopes/{climate}/data_access"
    wanted = f"urn:globus:auth:scope:transfer.api.globus.org:all[*{scope}]"
    details = read_page(visitor.visit(scope=wanted).text).by_id["error-details"]
    assert scope in details
    assert globus.clients["portal"].id in details


def test_scopes_that_need_too_much_are_shown(visitor, read_page, tangled):
    """A scope that comes to more scopes than anybody can agree to: a page that names it."""
    response = visitor.visit(scope=tangled)
    page = read_page(response.text)
    assert (response.status_code, page.by_id["error-sentence"]) == (400, "Too many scopes.")
    assert tangled in page.by_id["error-details"]


def test_data_access_exists_on_mapped_collections(globus, visitor):
    """The same scope on a GCSv5 mapped collection is known, as a dependency of Transfer's."""
    tape = globus.collections["tape"].id
    scope = f"urn:globus:auth:scope:transfer.api.globus.org:all[*https://auth.globus.org/scopes/{tape}/data_access]"
    assert visitor.visit(scope=scope).status_code == 200


@pytest.mark.parametrize("name", ["client_id", "redirect_uri"])
def test_repeated_identity_of_the_client_is_shown(globus, visitor, name):
    """Two client ids or two addresses, even if both are right: there is nowhere safe to redirect to."""
    response = requests.get(visitor.url() + f"&{name}=" + globus.clients["portal"].id, allow_redirects=False)
    assert response.status_code == 400


@pytest.mark.parametrize(("params", "error"), RETURNED)
def test_returned_to_the_application(visitor, read_callback, params, error):
    """What else is wrong goes back with ``error`` and ``state`` (RFC 6749 4.1.2.1, RFC 7636 4.4.1)."""
    answer = read_callback(visitor.visit(**params))
    assert answer["error"] == error
    assert answer["state"] == "st4te"
    assert "code" not in answer


def test_repeated_state_is_not_echoed(visitor, read_callback):
    """With two states neither is the one the application sent."""
    answer = read_callback(visitor.visit(state=["a", "b"]))
    assert answer == {"error": "invalid_request", "error_description": "A parameter was sent more than once."}


def test_public_client_needs_pkce(globus, visitor, read_callback):
    """A client without a secret must send a challenge (RFC 8252 section 8.1)."""
    answer = read_callback(
        visitor.visit(client_id=globus.clients["notebook"].id, redirect_uri="http://localhost:5002/callback")
    )
    assert answer["error"] == "invalid_request"


@pytest.mark.parametrize(
    "extra",
    [
        {"signup": "1"},
        {"whatever": "é"},
        {"login_hint": "x"},
        {"prompt": "select_account"},
    ],
)
def test_parameters_we_do_not_know_are_ignored(visitor, extra):
    """Unknown parameters never stop a sign-in (RFC 6749 section 3.1)."""
    assert visitor.visit(**extra).status_code == 200


def test_too_many_parameters(globus):
    """A thousand parameters are refused, politely."""
    query = "&".join(f"a{n}=1" for n in range(1000))
    assert requests.get(f"{globus.url}/v2/oauth2/authorize?{query}").status_code == 400


def test_registered_address_with_a_query_keeps_it(globus, visitor):
    """Parameters are appended to the query a registered address already has (RFC 6749 section 3.1.2)."""
    address = "https://gateway.example/callback?from=globus"
    response = visitor.visit(client_id=globus.clients["gateway"].id, redirect_uri=address, response_type="token")
    assert response.headers["Location"].startswith(address + "&error=")
