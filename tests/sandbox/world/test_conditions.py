"""What a condition accepts, and what meets it."""

from __future__ import annotations

import pytest

from trivet.sandbox.world.conditions import Condition
from trivet.sandbox.world.people import Account, Identity, IdentityProvider, Person
from trivet.sandbox.world.sessions import Authentication

NOW = 10_000.0


def _identity(username):
    provider = IdentityProvider("p", "P", username.rpartition("@")[2])
    return Identity(username, username, "Ada", None, None, provider)


CAMPUS, LAB, MAIL = (_identity(each) for each in ("ada@uni.example", "ada@Lab.example", "ada@uni.example@mail.example"))
ADA = Person("ada", Account("Ada", (CAMPUS, LAB, MAIL)))


@pytest.mark.parametrize(
    ("condition", "able"),
    [
        (Condition(), (CAMPUS, LAB, MAIL)),
        (Condition(identity=LAB.id), (LAB,)),
        (Condition(identity="nobody"), ()),
        (Condition(domains=("uni.example",)), (CAMPUS,)),
        (Condition(domains=("UNI.example", "lab.EXAMPLE")), (CAMPUS, LAB)),
        (Condition(domains=("*.example",)), (CAMPUS, LAB, MAIL)),
        (Condition(domains=("example",)), ()),
        (Condition(excluded=("mail.example",)), (CAMPUS, LAB)),
        (Condition(domains=("*.example",), excluded=("u*", "mail.example")), (LAB,)),
        (Condition(domains=("uni.example",), excluded=("uni.example",)), ()),
        (Condition(identity=CAMPUS.id, domains=("lab.example",)), ()),
    ],
)
def test_who_could_meet_it(condition, able):
    """The domain is what follows the last ``@``; included and excluded domains may be patterns, exclusion wins."""
    assert condition.able(ADA) == able


@pytest.mark.parametrize(
    ("condition", "met"),
    [
        (Condition(), True),
        (Condition(within=100), True),
        (Condition(within=99), False),
        (Condition(mfa=True), True),
        (Condition(mfa=True, within=100), False),
        (Condition(domains=("uni.example",)), True),
        (Condition(domains=("uni.example",), mfa=True), False),
        (Condition(identity=LAB.id, mfa=True), True),
        (Condition(identity=LAB.id, within=150), False),
        (Condition(identity=MAIL.id), False),
    ],
)
def test_one_authentication_has_to_meet_all_of_it(condition, met):
    """With a plain sign-in 100 seconds ago and another identity's second factor 200 seconds ago."""
    session = [Authentication(CAMPUS, NOW - 100), Authentication(LAB, NOW - 200, ("mfa",))]
    assert condition.met_by(session, NOW) is met


def test_nobody_meets_anything():
    """A session without authentications meets no condition."""
    assert not Condition().met_by([], NOW)
