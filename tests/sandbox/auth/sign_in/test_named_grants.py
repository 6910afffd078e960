"""Names for consents, so that people can tell one installation of a program from another."""

from __future__ import annotations

import pytest

REDIRECT = "http://localhost:5002/callback"


@pytest.fixture
def asked(globus, pkce):
    return {"client_id": globus.clients["notebook"].id, "redirect_uri": REDIRECT, **pkce.asked}


def test_prefilled(visitor, asked):
    """``prefill_named_grant`` is proposed in a field that people may change, as text."""
    page = visitor.identify(visitor.visit(**asked, prefill_named_grant='Notebook on "ada" <b>'))
    assert 'value="Notebook on &#34;ada&#34; &lt;b&gt;"' in page.text


def test_only_installed_applications_ask(visitor):
    """A web application's people are not asked, whatever it sends."""
    page = visitor.identify(visitor.visit(prefill_named_grant="Portal"))
    assert 'name="label"' not in page.text


def test_the_name_is_on_the_page_of_consents(globus, visitor, asked, read_page):
    """What people called it stands beside the application."""
    page = visitor.identify(visitor.visit(**asked))
    form = {**read_page(page.text).hidden, "decision": "allow", "label": "  The old laptop  "}
    visitor.http.post(f"{globus.url}/sandbox/consent", data=form, allow_redirects=False)
    text = visitor.http.get(f"{globus.url}/v2/web/consents").text
    assert "The old laptop" in text


def test_a_long_name_is_cut(globus, visitor, asked, read_page):
    """A hundred letters are enough."""
    page = visitor.identify(visitor.visit(**asked))
    form = {**read_page(page.text).hidden, "decision": "allow", "label": "x" * 5000}
    visitor.http.post(f"{globus.url}/sandbox/consent", data=form, allow_redirects=False)
    assert globus.world.consents.label(globus.people["ada"].sub, globus.clients["notebook"].id) == "x" * 100
