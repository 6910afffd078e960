"""The logout page: forgets the browser, revokes nothing, redirects nowhere."""

from __future__ import annotations

import pytest


def _logout(visitor, method="GET", **params):
    address = f"{visitor.globus.url}/v2/web/logout"
    return visitor.http.request(method, address, params=params, allow_redirects=False)


def test_the_next_sign_in_asks_who(visitor, read_page):
    """After it the browser is unknown; consents are still remembered."""
    visitor.sign_in()
    assert _logout(visitor).status_code == 200
    page = visitor.visit()
    assert any(name == "identity" for name, _ in read_page(page.text).buttons)
    assert visitor.identify(page).status_code == 302


def test_tokens_live_on(globus, visitor, tokens):
    """Logging out of the browser revokes no token."""
    _logout(visitor)
    assert globus.token_is_active(tokens["access_token"])


@pytest.mark.parametrize("parameter", ["client_id", "client"])
def test_names_the_application_and_links_back(globus, visitor, read_page, parameter):
    """``client_id`` as documented, ``client`` as the vendor's samples say; a link with a name, and no redirect."""
    portal = globus.clients["portal"].id
    params = {parameter: portal, "redirect_uri": "https://x.example/?a=1&b=<2>", "redirect_name": "<i>Home</i>"}
    response = _logout(visitor, **params)
    page = read_page(response.text)
    assert response.status_code == 200
    assert page.by_id["application"] == "Example Data Portal"
    assert page.links["continue"] == "https://x.example/?a=1&b=<2>"
    assert "<i>Home</i>" in page.by_id["continue"]
    assert "<i>" not in response.text


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "//evil.example",
        "java\tscript:x",
        "",
        "http:",
        "é",
    ],
)
def test_only_web_addresses_become_links(visitor, read_page, address):
    """Anything but http(s) is left out."""
    response = _logout(visitor, redirect_uri=address, redirect_name="x")
    assert response.status_code == 200
    assert "continue" not in read_page(response.text).links


def test_never_signed_in_or_unknown_client(visitor):
    """Fine either way."""
    assert _logout(visitor, client_id="nobody").status_code == 200


def test_head_ends_nothing(visitor, read_callback):
    """HEAD leaves the browser signed in."""
    visitor.sign_in()
    assert _logout(visitor, "HEAD").status_code == 200
    assert "code" in read_callback(visitor.visit())
