"""People, changed on their pages and seen everywhere else."""

from __future__ import annotations

import tomllib

import pytest

from trivet.sandbox import Sandbox

MARY = {"username": "mary@lab.example", "name": "Mary <b>S.</b>", "email": "mary@example.org", "organization": ""}


def test_somebody_new(globus, control, visitor):
    """Who is added gets a page, and is in the account picker; a reset forgets them."""
    page = control.do("/sandbox/people", **MARY)
    assert "Mary &lt;b&gt;S.&lt;/b&gt;" in page.text
    assert globus.people["mary"].email == "mary@example.org"
    assert "mary@lab.example" in visitor.visit().text
    control.do("/sandbox/reset", reset="yes")
    assert "mary" not in globus.people
    assert control.get("/sandbox/people/mary").status_code == 404


def test_links(globus, control, portal_token):
    """An identity linked on the page is in ``identity_set`` of the next answer, and gone from it once unlinked."""
    ada = globus.people["ada"]
    control.do("/sandbox/people/ada", do="link-new", username="countess@lab.example", name="Countess")
    new = ada.identities[-1]
    assert new.username == "countess@lab.example"
    control.do("/sandbox/people/ada", do="make-primary", identity=new.id)
    assert ada.primary == new
    control.do("/sandbox/people/ada", do="unlink", identity=new.id)
    assert globus.people["countess"].identities == (new,)
    control.do("/sandbox/people/zoe", do="link", identity=new.id)
    assert new in globus.people["zoe"].identities
    assert "countess" not in globus.people


def test_edits(globus, control, portal_token):
    """A name and an address changed on the page are in the claims of tokens that are alive."""
    ada = globus.people["ada"]
    control.do("/sandbox/people/ada", do="rename", name="Ada the Countess")
    control.do("/sandbox/people/ada", do="describe", identity=ada.primary.id, name="A. K.", email="", organization="X")
    assert ada.name == "Ada the Countess"
    claims = portal_token("/v2/oauth2/userinfo").json()
    assert claims["name"] == "A. K."
    assert claims.get("email") is None


def test_being_somebody_here(globus, control, visitor):
    """The browser is signed in without any application, as whichever identity, and out again."""
    lab = globus.people["ada"].identities[-1]
    assert "Nobody is signed in." in control.get().text
    page = control.do("/sandbox/here", identity=lab.id)
    assert lab.username in page.text
    assert visitor.visit(scope="openid", prompt="none").headers["Location"].find("consent_required") > 0
    assert "Nobody is signed in." in control.do("/sandbox/here", identity="").text
    assert visitor.visit(scope="openid", prompt="none").headers["Location"].find("login_required") > 0


@pytest.mark.parametrize(
    ("path", "fields", "status", "words"),
    [
        ("people", {**MARY, "username": "mary"}, 400, "such as ada@uni.example"),
        ("people", {**MARY, "username": "mary@nowhere.example"}, 400, "No identity provider has nowhere.example"),
        ("people", {**MARY, "username": "ada@uni.example"}, 400, "somebody&#39;s already"),
        ("people", {**MARY, "name": "x" * 300}, 400, "200 characters at most"),
        ("people", {}, 400, "A username is"),
        ("people/nobody", {"do": "rename", "name": "x"}, 404, "is not here"),
        ("people/ada", {"do": "rename", "name": ""}, 400, "one line of text"),
        ("people/ada", {"do": "explode"}, 400, "no such button"),
        ("people/ada", {"do": "unlink", "identity": "x"}, 404, "is not here"),
        ("people/ada", {"do": "link", "identity": "x"}, 404, "is not here"),
        ("here", {"identity": "x"}, 404, "is not here"),
    ],
)
def test_what_cannot_be(globus, control, path, fields, status, words):
    """A sentence says why, and nothing has changed."""
    before = [(each.key, each.name, each.identities) for each in globus.people.values()]
    response = control.send(f"/sandbox/{path}", **fields)
    assert response.status_code == status
    assert words in response.text
    assert [(each.key, each.name, each.identities) for each in globus.people.values()] == before


def test_changes_go_into_a_seed(globus, control):
    """Who was added or linked on these pages is in the exported seed, and in a sandbox that begins with it."""
    control.do("/sandbox/people", **MARY)
    control.do("/sandbox/people/ada", do="link-new", username="countess@lab.example", name="Countess")
    with Sandbox(tomllib.loads(globus.export_seed())) as again:
        assert again.people["mary"].name == MARY["name"]
        assert [each.id for each in again.people["ada"].identities] == [
            each.id for each in globus.people["ada"].identities
        ]
