"""The page that shows a code for copying into a terminal."""

from __future__ import annotations

import pytest
import requests

PAGE = "/v2/web/auth-code"


@pytest.fixture
def paste(globus, visitor, pkce, read_page):
    """Go all the way as the notebook, a public client, and return the page the browser ends at."""

    def go(*, decision="allow", person="ada", **params):
        asked = {
            "client_id": globus.clients["notebook"].id,
            "redirect_uri": globus.url + PAGE,
            **pkce.asked,
            **params,
        }
        page = visitor.identify(visitor.visit(**asked), person)
        if ("decision", decision) in read_page(page.text).buttons:
            page = visitor.follow(visitor.press(page, "decision", decision))
        return page

    return go


def test_code_can_be_copied_and_redeemed(globus, endpoint, pkce, paste, read_page):
    """The code stands alone in an element of its own, without a script, and buys tokens with the verifier."""
    response = paste()
    page = read_page(response.text)
    assert response.status_code == 200
    assert page.by_id["application"] == "Notebook on your laptop"
    assert page.scripts == 0
    answer = endpoint.redeem(
        page.by_id["auth-code"],
        client=None,
        client_id=globus.clients["notebook"].id,
        redirect_uri=globus.url + PAGE,
        code_verifier=pkce.verifier,
    )
    assert answer.status_code == 200


def test_denied(paste, read_page):
    """Deny ends at the same page, which says so and has no code."""
    page = read_page(paste(decision="deny").text)
    assert page.by_id["error-sentence"] == "The person pressed Deny."
    assert "auth-code" not in page.by_id


def test_only_codes_made_for_this_page_are_shown(globus, visitor, read_page):
    """An invented code, somebody else's text or a code meant for another address is not repeated."""
    for_the_portal = visitor.sign_in()["code"]
    for value in (for_the_portal, "invented", "<script>alert(1)</script>", ""):
        response = requests.get(globus.url + PAGE, params={"code": value})
        assert response.status_code == 200
        assert "auth-code" not in read_page(response.text).by_id
        assert value == "" or value not in response.text


def test_a_spent_or_old_code_is_not_shown(globus, endpoint, pkce, paste, read_page):
    """After use, and after its time, a reload shows no code."""
    first, second = paste(), paste(prompt="login")
    form = {"client_id": globus.clients["notebook"].id, "code_verifier": pkce.verifier}
    code = read_page(first.text).by_id["auth-code"]
    assert endpoint.redeem(code, client=None, redirect_uri=globus.url + PAGE, **form).status_code == 200
    assert "auth-code" not in read_page(requests.get(first.url).text).by_id
    globus.advance(600)
    assert "auth-code" not in read_page(requests.get(second.url).text).by_id


def test_errors_are_escaped(globus, read_page):
    """What the address says went wrong is text."""
    response = requests.get(globus.url + PAGE, params={"error_description": "<script>alert(1)</script>"})
    page = read_page(response.text)
    assert (page.scripts, page.by_id["error-sentence"]) == (0, "<script>alert(1)</script>")


def test_the_page_is_like_the_others(globus):
    """It is stored nowhere, framed nowhere and runs nothing."""
    response = requests.get(globus.url + PAGE)
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Frame-Options"] == "DENY"
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]


def test_no_log_has_the_whole_code(globus, paste, read_page):
    """The code is in the page's address, and cut short in the log."""
    code = read_page(paste().text).by_id["auth-code"]
    assert not any(code in str(record) for record in globus.requests)
