"""The page that shows which identities are linked."""

from __future__ import annotations

import pytest


@pytest.fixture
def page(globus, visitor):
    def page(**params):
        return visitor.http.get(f"{globus.url}/v2/web/identities", params=params, allow_redirects=False)

    return page


def test_linked_identities(globus, visitor, page, read_page):
    """Every identity of whoever is signed in, the primary first, and nobody else's."""
    visitor.sign_in("ada")
    text = read_page(page().text).by_id["identities"]
    places = [text.index(each.username) for each in globus.people["ada"].identities]
    assert places == sorted(places)
    assert globus.people["grace"].username not in text
    assert text.count("last used") == 1


def test_asks_who_it_is(visitor, page, read_page):
    """Without a sign-in the page asks, and then shows what it is for."""
    response = visitor.identify(page(), "alan")
    assert read_page(response.text).by_id["person"] == "Alan Brandt"


def test_link_back(visitor, page, read_page):
    """``redirect_uri`` and ``redirect_name`` make a link, if it is a web address."""
    visitor.sign_in()
    links = read_page(page(redirect_uri="https://app.example/", redirect_name="App").text).links
    assert links["continue"] == "https://app.example/"
    assert "continue" not in read_page(page(redirect_uri="javascript:x").text).links


def test_forms_are_bound_to_their_browser(globus, visitor, page, read_page):
    """Another site cannot sign anybody in here."""
    page()
    form = {"form_key": "guessed", "identity": globus.people["ada"].id}
    assert visitor.http.post(f"{globus.url}/v2/web/identities", data=form).status_code == 403


def test_head_makes_no_browser_known(globus, visitor):
    """HEAD sets no cookie."""
    assert not visitor.http.head(f"{globus.url}/v2/web/identities").cookies


def test_names_are_escaped(globus, visitor, page, read_page):
    """A name full of HTML is text."""
    visitor.sign_in("zoe")
    found = read_page(page().text)
    assert (found.by_id["person"], found.scripts) == (globus.people["zoe"].name, 0)
