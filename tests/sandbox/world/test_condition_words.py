"""Demands in words."""

from __future__ import annotations

import pytest

from trivet.sandbox.world.condition_words import demand
from trivet.sandbox.world.conditions import Condition


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (Condition(), "a sign-in"),
        (Condition(mfa=True), "a sign-in and a second factor"),
        (Condition(within=1800), "a sign-in from the last 30 minutes"),
        (Condition(within=3600), "a sign-in from the last hour"),
        (Condition(within=86_400), "a sign-in from the last day"),
        (Condition(within=90), "a sign-in from the last 90 seconds"),
        (Condition(within=1), "a sign-in from the last second"),
        (Condition(mfa=True, within=7200), "a sign-in and a second factor, both from the last 2 hours"),
        (Condition(domains=("a.example", "*.edu")), "a sign-in with an identity from a.example or *.edu"),
        (Condition(excluded=("a.example",)), "a sign-in with an identity not from a.example"),
        (
            Condition(domains=("*.example",), excluded=("a.example",)),
            "a sign-in with an identity from *.example that is not from a.example",
        ),
        (Condition(identity="x"), "a sign-in as an identity that does not exist"),
    ],
)
def test_words(globus, condition, words):
    """What has to be done, and nothing about how it is written on the wire."""
    assert demand(condition, globus.world) == words


def test_an_identity_by_its_name(globus):
    """An identity is called by its username."""
    condition = Condition(identity=globus.people["grace"].id)
    assert demand(condition, globus.world) == "a sign-in as gokafor@lab.example"
