"""The page where people see what they have agreed to, and take it back; and the same from Python."""

from __future__ import annotations

import pytest
import requests

TRANSFER_ALL = "urn:globus:auth:scope:transfer.api.globus.org:all"


@pytest.fixture
def optional(globus):
    """Transfer, with the data on the tapes as an optional dependency."""
    return f"{TRANSFER_ALL}[*https://auth.globus.org/scopes/{globus.collections['tape'].id}/data_access]"


@pytest.fixture
def page(globus, visitor):
    """Open the page."""
    return lambda **params: visitor.http.get(f"{globus.url}/v2/web/consents", params=params)


def _given(globus):
    return {each.path[-1].rpartition("/")[2] for each in globus.world.consents.of(globus.people["ada"].sub)}


def test_the_consent_page_names_the_collection(globus, visitor, read_page, optional):
    """A dependency is said in words, with the name of what it opens."""
    scopes = read_page(visitor.identify(visitor.visit(scope=optional)).text).by_id["scopes"]
    assert globus.collections["tape"].display_name in scopes


def test_declining_an_optional_dependency(globus, visitor, read_page, optional):
    """Unticked and allowed: the rest is agreed to, the application gets its code, and is asked about it again."""
    consent = visitor.identify(visitor.visit(scope=f"openid {optional}"))
    [box] = read_page(consent.text).forms[0].boxes
    answer = visitor.press(consent, "decision", "allow", untick=(box,))
    assert "code=" in answer.headers["Location"]
    assert _given(globus) == {"openid", TRANSFER_ALL}
    assert visitor.follow(visitor.visit(scope=f"openid {optional}")).status_code == 200
    assert "code=" in visitor.visit(scope=f"openid {TRANSFER_ALL}").headers["Location"]


def test_only_optional_dependencies_have_a_box(globus, visitor, read_page, optional):
    """A required dependency and a root, starred or not, are allowed or denied with the rest."""
    required = optional.replace("*", "")
    [form] = read_page(visitor.identify(visitor.visit(scope=f"*openid {required}")).text).forms
    assert form.boxes == {}
    assert visitor.sign_in(scope=f"*openid {required}")["code"]
    assert _given(globus) == {"openid", TRANSFER_ALL, "data_access"}


def test_who_is_not_signed_in_is_asked(globus, visitor, read_page, page):
    """The page asks who it is first, and then goes on to what they agreed to."""
    other = read_page(page().text)
    assert ("identity", globus.people["ada"].id) in other.buttons
    response = visitor.press(page(redirect_uri="http://localhost:5000/"), "identity", globus.people["ada"].id)
    assert response.status_code == 303
    after = read_page(visitor.follow(response).text)
    assert after.by_id["person"] == "Ada Quist"
    assert after.links["continue"] == "http://localhost:5000/"
    assert "nothing" in after.by_id


def test_rescinding_all_an_application_has(globus, visitor, endpoint, page):
    """Tokens of both kinds die at once, codes buy nothing, and the next sign-in asks again."""
    tokens = endpoint.redeem(visitor.sign_in()["code"]).json()
    code = visitor.sign_in()["code"]
    visitor.press(page(), "application", globus.clients["portal"].id)
    assert not any(each.active for each in globus.tokens)
    assert endpoint.introspect(tokens["access_token"]) == {"active": False}
    assert endpoint.refresh(tokens["refresh_token"]).json() == {"error": "invalid_grant"}
    assert endpoint.redeem(code).json() == {"error": "invalid_grant"}
    assert "consent" in visitor.visit().headers["Location"]


def test_rescinding_one_of_them(globus, visitor, endpoint, page):
    """One service's consent taken back kills that service's tokens and no other's."""
    tokens = endpoint.redeem(visitor.sign_in()["code"]).json()
    transfer = globus.world.consents.find(globus.people["ada"].sub, globus.clients["portal"].id, (TRANSFER_ALL,))
    visitor.press(page(), "consent", str(transfer.id))
    assert globus.token_is_active(tokens["access_token"])
    assert not globus.token_is_active(tokens["other_tokens"][0]["access_token"])
    assert not globus.token_is_active(tokens["other_tokens"][0]["refresh_token"])


def test_rescinding_an_optional_dependency(globus, visitor, endpoint, page, optional):
    """The dependency goes, what it hung on stays, and so do the tokens for that."""
    tokens = endpoint.redeem(visitor.sign_in(scope=optional)["code"]).json()
    [dependency] = [each for each in globus.world.consents.of(globus.people["ada"].sub) if each.optional]
    visitor.press(page(), "consent", str(dependency.id))
    assert _given(globus) == {TRANSFER_ALL}
    assert globus.token_is_active(tokens["access_token"])


def test_other_applications_keep_theirs(globus, visitor, endpoint, page):
    """What another application has is not touched."""
    tokens = endpoint.redeem(visitor.sign_in(scope="openid")["code"]).json()
    gateway = {"client_id": globus.clients["gateway"].id, "redirect_uri": "http://localhost:5001/callback"}
    visitor.sign_in(scope="openid", **gateway)
    visitor.press(page(), "application", gateway["client_id"])
    assert globus.token_is_active(tokens["access_token"])


def test_forms_are_bound_to_their_browser(globus, visitor, new_visitor, read_page, page):
    """Without this browser's own form, whether from elsewhere or from before a sign-in, nothing is taken back."""
    stale = read_page(page().text).hidden
    visitor.sign_in()
    stranger = new_visitor()
    foreign = read_page(stranger.http.get(f"{globus.url}/v2/web/consents").text).hidden
    everything = {"application": globus.clients["portal"].id}
    for http, form in ((visitor.http, {}), (visitor.http, stale), (visitor.http, foreign), (requests, foreign)):
        answer = http.post(f"{globus.url}/v2/web/consents", data={**form, **everything}, allow_redirects=False)
        assert answer.status_code == 403
    assert _given(globus)


def test_nobody_takes_back_anothers(globus, visitor, new_visitor, read_page):
    """A consent's number in somebody else's own form does nothing."""
    visitor.sign_in("ada", scope="openid")
    [consent] = globus.world.consents.of(globus.people["ada"].sub)
    grace = new_visitor()
    grace.sign_in("grace", scope="openid")
    form = read_page(grace.http.get(f"{globus.url}/v2/web/consents").text).hidden
    for chosen in ({"consent": consent.id}, {"consent": "x"}, {"application": "x"}, {}):
        grace.http.post(f"{globus.url}/v2/web/consents", data={**form, **chosen})
    assert _given(globus) == {"openid"}


def test_from_python(globus, tokens):
    """``rescind`` does the same without a browser; for one scope, at whatever depth, or for all."""
    transfer = tokens["other_tokens"][0]["access_token"]
    globus.rescind("ada", "portal", TRANSFER_ALL)
    assert not globus.token_is_active(transfer)
    assert globus.token_is_active(tokens["access_token"])
    globus.rescind("ada", "portal")
    assert not globus.token_is_active(tokens["access_token"])
    with pytest.raises(LookupError, match="no such consent"):
        globus.rescind("ada", "portal")
    with pytest.raises(KeyError):
        globus.rescind("nobody", "portal")


def test_head_makes_no_browser_known(globus, visitor):
    """HEAD sets no cookie."""
    assert not visitor.http.head(f"{globus.url}/v2/web/consents").cookies


def test_the_form_key_is_in_no_log(globus, visitor, read_page, page):
    """What binds the form to its browser is cut out of the record of the request."""
    visitor.sign_in()
    form = page()
    visitor.press(form, "application", globus.clients["portal"].id)
    assert read_page(form.text).hidden["form_key"] not in repr(globus.requests)
