"""Keeping a world."""

from __future__ import annotations

import requests

from trivet.sandbox import Sandbox


def test_the_overview_offers_the_seed(globus, control):
    """A link on the first page is a file with the world as it is now, and no token is in it."""
    response = control.get(control.page().links["export"])
    assert response.text == globus.export_seed()
    assert response.headers["Content-Type"].startswith("application/toml")
    assert "sandbox-seed.toml" in response.headers["Content-Disposition"]
    assert response.headers["Cache-Control"] == "no-store"


def test_tokens_are_no_part_of_it(globus, control, tokens):
    """What was issued stays here."""
    text = control.get("/sandbox/api/seed").text
    issued = [token.value for token in globus.tokens]
    assert tokens["access_token"] in issued
    assert not any(value in text for value in issued)


def test_a_key_where_there_is_one():
    """Without it there is a document that says so."""
    with Sandbox(control_key="k" * 20) as globus:
        address = f"{globus.url}/sandbox/api/seed"
        answer = requests.get(address)
        assert (answer.status_code, answer.json()["code"]) == (401, "KeyNeeded")
        assert requests.get(address, headers={"Authorization": f"Bearer {'k' * 20}"}).status_code == 200
