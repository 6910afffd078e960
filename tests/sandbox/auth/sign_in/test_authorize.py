"""Signing in: the account picker, the consent page, what is remembered, and whom it is bound to."""

from __future__ import annotations

import pytest
import requests

from trivet.sandbox import Sandbox


def test_sign_in_ends_at_the_application_with_code_and_state(visitor):
    """Pick an account, allow: back at the registered address with a code and the state as sent."""
    answer = visitor.sign_in(state="a b&c=é")
    assert set(answer) == {"code", "state"}
    assert answer["state"] == "a b&c=é"


def test_without_state_none_comes_back(visitor):
    """A state that was not sent is not invented."""
    assert set(visitor.sign_in(state=None)) == {"code"}


def test_deny_goes_back_as_access_denied(visitor, globus, read_callback):
    """Deny gives the application ``access_denied`` and nothing else, and no consent is remembered."""
    page = visitor.identify(visitor.visit())
    answer = read_callback(visitor.press(page, "decision", "deny"))
    assert (answer["error"], answer["state"]) == ("access_denied", "st4te")
    assert "code" not in answer
    assert globus.tokens == []
    assert "consent" in visitor.visit().headers["Location"]


def test_second_time_asks_nothing(visitor, read_callback):
    """Browser and consent are remembered: the next authorize bounces straight back."""
    first = visitor.sign_in()
    second = read_callback(visitor.visit())
    assert second["code"] != first["code"]


def test_more_scopes_ask_again(visitor, read_page):
    """A scope, or a dependency, that was not agreed to brings the consent page back."""
    visitor.sign_in(scope="openid")
    page = visitor.follow(visitor.visit(scope="openid email"))
    assert ("decision", "allow") in read_page(page.text).buttons


def test_refresh_tokens_are_part_of_the_consent(visitor, read_page):
    """Asking for offline access for the first time asks the person, though the scopes are known."""
    visitor.sign_in(access_type="online")
    page = read_page(visitor.follow(visitor.visit(access_type="offline")).text)
    assert "offline" in page.by_id


def test_consents_belong_to_one_application(globus, visitor, read_page):
    """Having allowed the portal says nothing about another client."""
    visitor.sign_in()
    other = {"client_id": globus.clients["gateway"].id, "redirect_uri": "http://localhost:5001/callback"}
    page = read_page(visitor.follow(visitor.visit(**other)).text)
    assert page.by_id["application"] == "Another Science Gateway"


def test_consents_belong_to_one_person(visitor, new_visitor, read_page):
    """Ada's consent is not Grace's; Ada's own holds in another browser too."""
    visitor.sign_in("ada")
    other = new_visitor()
    assert ("decision", "allow") in read_page(other.identify(other.visit(), "grace").text).buttons
    third = new_visitor()
    assert third.identify(third.visit(), "ada").status_code == 302


def test_prompt_login_asks_who_again(visitor, read_page):
    """``prompt=login`` shows the picker although somebody is signed in."""
    visitor.sign_in()
    assert any(name == "identity" for name, _ in read_page(visitor.visit(prompt="login").text).buttons)


def test_prompt_login_cannot_be_skipped(visitor, read_page):
    """Going to the consent page directly leads back to the picker."""
    visitor.sign_in(scope="openid")
    picker = read_page(visitor.visit(prompt="login").text)
    address = f"{visitor.globus.url}/sandbox/consent"
    form = {**picker.hidden, "decision": "allow"}
    response = visitor.http.post(address, data=form, allow_redirects=False)
    assert response.headers["Location"].startswith("/sandbox/sign-in")


@pytest.mark.parametrize(("person", "error"), [(None, "login_required"), ("ada", "consent_required")])
def test_prompt_none_never_shows_a_page(visitor, read_callback, person, error):
    """``prompt=none`` answers with the OpenID code for what would be needed (OpenID Connect Core 3.1.2.6)."""
    if person:
        visitor.sign_in(person, scope="openid")
    answer = read_callback(visitor.visit(prompt="none"))
    assert (answer["error"], answer["state"]) == (error, "st4te")


def test_prompt_none_succeeds_when_nothing_is_needed(visitor, read_callback):
    """Signed in and agreed: ``prompt=none`` gives a code."""
    visitor.sign_in()
    assert "code" in read_callback(visitor.visit(prompt="none"))


def test_another_person_on_the_same_browser(globus, visitor, endpoint):
    """After ``prompt=login`` as somebody else, codes are theirs, and their session is not the first person's."""
    first = endpoint.redeem(visitor.sign_in("ada")["code"]).json()
    second = endpoint.redeem(visitor.sign_in("grace", prompt="login")["code"]).json()
    infos = [endpoint.introspect(each["access_token"], include="session_info") for each in (first, second)]
    assert [each["sub"] for each in infos] == [globus.people["ada"].id, globus.people["grace"].id]
    assert infos[0]["session_info"]["session_id"] != infos[1]["session_info"]["session_id"]


def test_consent_page_of_one_person_is_not_answered_by_another(visitor, read_page):
    """A consent page left open while somebody else signs in elsewhere in the browser asks again who it is."""
    page = visitor.identify(visitor.visit(), "ada")
    visitor.identify(visitor.visit(prompt="login"), "grace")
    response = visitor.follow(visitor.press(page, "decision", "allow"))
    assert any(name == "identity" for name, _ in read_page(response.text).buttons)


def test_two_tabs(visitor):
    """Two sign-ins under way in one browser both arrive, each with its own state."""
    one, two = visitor.visit(state="one"), visitor.visit(state="two")
    page = visitor.identify(one)
    assert "state=one" in visitor.press(page, "decision", "allow").headers["Location"]
    assert "state=two" in visitor.identify(two).headers["Location"]


def test_forms_are_bound_to_their_browser(globus, visitor, new_visitor, read_page):
    """A form sent from another browser, or with no cookie at all, is refused and signs nobody in."""
    form = {**read_page(visitor.visit().text).hidden, "identity": globus.people["ada"].id}
    stranger = new_visitor()
    stranger.visit()
    for http in (stranger.http, requests):
        response = http.post(f"{globus.url}/sandbox/sign-in", data=form, allow_redirects=False)
        assert response.status_code == 403


def test_an_answered_form_is_stale(visitor, read_page):
    """A consent sent twice (back button, double click) gives a page that starts again, and no second code."""
    page = visitor.identify(visitor.visit())
    visitor.press(page, "decision", "allow")
    again = visitor.press(page, "decision", "allow")
    assert again.status_code == 409
    link = read_page(again.text).links["start-again"]
    assert visitor.visit(visitor.globus.url + link).status_code == 302


def test_cookie_changes_at_sign_in(visitor):
    """The cookie value from before a sign-in is worthless after it, and scripts cannot read either."""
    page = visitor.visit()
    before = dict(visitor.http.cookies)
    response = visitor.press(page, "identity", visitor.globus.people["ada"].id)
    assert dict(visitor.http.cookies) != before
    assert all(word in response.headers["Set-Cookie"] for word in ("HttpOnly", "SameSite=Lax"))


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_cookie_is_for_https_where_the_issuer_is(scheme):
    """Behind something that speaks TLS the cookie never goes in the clear."""
    with Sandbox(host="127.0.0.1", issuer=f"{scheme}://globus.example", control_key="k" * 20) as globus:
        answer = requests.get(f"http://127.0.0.1:{globus.port}/v2/web/consents")
        assert ("Secure" in answer.headers["Set-Cookie"]) is (scheme == "https")


def test_cookie_name_has_the_port(visitor):
    """Cookies ignore ports, so ours carries its port in the name."""
    visitor.visit()
    port = visitor.globus.url.rpartition(":")[2]
    assert list(visitor.http.cookies.keys()) == [f"sandbox-{port}"]


def test_head_starts_nothing(visitor):
    """HEAD, as link checkers send it, sets no cookie and issues no code even when nothing would be asked."""
    assert not visitor.http.head(visitor.url()).cookies
    visitor.sign_in()
    response = visitor.http.head(visitor.url(), allow_redirects=False)
    assert (response.status_code, response.headers.get("Location")) == (200, None)


def test_use_another_account(visitor, read_page):
    """The consent page offers the way back to the picker, in the same sign-in."""
    page = visitor.identify(visitor.visit(), "grace")
    picker = visitor.visit(visitor.globus.url + read_page(page.text).links["other-account"])
    answer = visitor.press(visitor.identify(picker, "alan"), "decision", "allow")
    assert "code=" in answer.headers["Location"]


def test_unknown_identity_or_decision_is_asked_again(visitor, read_page):
    """A tampered button value is no sign-in and no consent."""
    page = read_page(visitor.visit().text)
    address = visitor.globus.url + page.forms[0].action
    response = visitor.http.post(address, data={**page.hidden, "identity": "nobody"}, allow_redirects=False)
    assert response.status_code == 200
    consent = visitor.identify(visitor.visit())
    form = {**read_page(consent.text).hidden, "decision": "maybe"}
    response = visitor.http.post(f"{visitor.globus.url}/sandbox/consent", data=form, allow_redirects=False)
    assert ("decision", "allow") in read_page(response.text).buttons


def test_the_redirect_has_no_body(visitor):
    """The code is in the Location header and in no page."""
    page = visitor.identify(visitor.visit())
    assert visitor.press(page, "decision", "allow").text == ""


def test_any_number_of_attempts(visitor):
    """An attempt beyond the bound pushes out the oldest, which then says so."""
    first = visitor.visit()
    for _ in range(25):
        visitor.visit()
    assert visitor.press(first, "identity", visitor.globus.people["ada"].id).status_code == 403
