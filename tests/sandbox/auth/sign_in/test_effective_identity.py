"""Which of a person's identities an application sees."""

from __future__ import annotations

import pytest

from trivet.sandbox import Sandbox

SEED = {
    "identity_providers": {
        "uni": {"display_name": "University", "domain": "uni.example"},
        "lab": {"display_name": "Laboratory", "domain": "lab.example"},
    },
    "people": {
        "ada": {
            "name": "Ada",
            "identities": [
                {"idp": "uni", "username": "ada@uni.example", "email": "ada@uni.example"},
                {"idp": "lab", "username": "quist@lab.example", "email": "quist@lab.example"},
            ],
        },
        "alan": {"name": "Alan", "identities": [{"idp": "uni", "username": "alan@uni.example"}]},
    },
    "clients": {"portal": {"name": "Lab portal", "redirect_uris": ["http://localhost:5000/login/callback"]}},
    "collections": {"mine": {"display_name": "Mine", "owner": "ada"}},
}


@pytest.fixture(scope="module")
def _running():
    portal = {**SEED["clients"]["portal"], "required_idp": "lab", "preselect_idp": "lab"}
    with Sandbox({**SEED, "clients": {"portal": portal}}) as sandbox:
        yield sandbox


@pytest.fixture
def globus(_running):
    _running.reset()
    return _running


def test_the_identity_at_the_required_provider(globus, visitor, endpoint):
    """Whatever identity somebody authenticates with, ``sub`` and all about them is that of the required provider."""
    primary, lab = globus.people["ada"].identities
    for identity in (0, 1):
        code = visitor.sign_in("ada", identity=identity, scope="openid profile email", prompt="login")["code"]
        token = endpoint.redeem(code).json()["access_token"]
        found = endpoint.introspect(token, include="identity_set,session_info")
        assert (found["sub"], found["username"], found["email"]) == (lab.id, lab.username, lab.email)
        assert set(found["identity_set"]) == {primary.id, lab.id}
    assert set(found["session_info"]["authentications"]) == {primary.id, lab.id}


def test_the_consent_page_says_who_one_is_there(visitor, read_page):
    """People see the identity that the application will see."""
    page = visitor.identify(visitor.visit(), "ada")
    assert read_page(page.text).by_id["person"] == "Ada"
    assert "quist@lab.example" in page.text


def test_whoever_has_none_there_cannot_come_in(visitor, read_page, read_callback):
    """Without an identity at the provider the sign-in ends on a page that says so, and goes back as refused."""
    page = visitor.identify(visitor.visit(), "alan")
    assert "lab.example" in page.text
    assert read_callback(visitor.press(page, "give-up", "yes"))["error"] == "access_denied"


def test_the_preselected_provider_comes_first(globus, visitor, read_page):
    """The account picker begins with its identities."""
    lab = globus.people["ada"].identities[1]
    assert read_page(visitor.visit().text).buttons[0] == ("identity", lab.id)


def test_consents_are_the_persons(globus, visitor, endpoint):
    """They are remembered, listed and taken back though the application knows another identity."""
    ada = globus.people["ada"]
    visitor.sign_in("ada")
    assert visitor.visit().status_code == 302
    page = visitor.http.get(f"{globus.url}/v2/web/consents").text
    assert "Lab portal" in page
    globus.rescind("ada", "portal")
    assert globus.world.consents.of_person(ada) == []
    assert visitor.visit().headers["Location"].startswith("/sandbox/consent")


def test_they_are_still_the_owner_of_their_collections(globus, visitor, endpoint):
    """The same person, whichever identity leads: their files stay within reach."""
    token = endpoint.redeem(visitor.sign_in("ada")["code"]).json()["other_tokens"][0]["access_token"]
    address = f"{globus.url}/v0.10/operation/endpoint/{globus.collections['mine'].id}/ls"
    assert visitor.http.get(address, headers={"Authorization": f"Bearer {token}"}).status_code == 200


def test_who_somebody_is_sticks(visit_at):
    """A requirement that is added later leaves people who were here before as they were, until they rescind."""
    with Sandbox(SEED) as globus:
        visitor, endpoint = visit_at(globus)
        primary, lab = globus.people["ada"].identities

        def sub():
            return endpoint.introspect(endpoint.redeem(visitor.sign_in("ada")["code"]).json()["access_token"])["sub"]

        assert sub() == primary.id
        globus.clients["portal"].required_idp = lab.identity_provider
        assert sub() == primary.id
        globus.rescind("ada", "portal")
        assert sub() == lab.id
