"""What a page asks of a person, judged from what Globus says about their session."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from trivet.conditions import Authentication, Conditions, Standing, is_member, missing_in_session
from trivet.requirement import NOTHING, Requirement
from trivet.user import Identity, User

NOW = 1_800_000_000
UNI_IDP, MAIL_IDP = "77aa0000-0000-4000-8000-000000000001", "77aa0000-0000-4000-8000-000000000002"
POLICY = "77aa0000-0000-4000-8000-00000000000f"
GROUP = "77aa0000-0000-4000-8000-0000000000aa"

UNI = Identity(sub="u", username="ada@uni.example", identity_provider=UNI_IDP)
MAIL = Identity(sub="m", username="ada@uni.example@accounts.mail.example", identity_provider=MAIL_IDP)
USER = User(sub="u", username="ada@uni.example", identity_provider=UNI_IDP, identity_set=(UNI, MAIL))


def standing(
    *shown: Authentication, identities: tuple[Identity, ...] = (UNI, MAIL), met: tuple[str, ...] = ()
) -> Standing:
    return Standing(identities, shown, frozenset(met))


def seen(identity: Identity, *, ago: int = 0, mfa: bool = False) -> Authentication:
    return Authentication(identity.sub, NOW - ago, mfa)


def judged(conditions: Conditions, state: Standing) -> Requirement | None:
    return missing_in_session(conditions, state, now=NOW)


def test_an_identity_of_the_domain_has_to_have_authenticated() -> None:
    """Having linked an account of a domain is not enough: it has to have been used in this session."""
    uni = Conditions.of(domain="uni.example")
    assert judged(uni, standing(seen(UNI))) == NOTHING
    wanted = judged(uni, standing(seen(MAIL)))
    assert wanted
    assert wanted.session_required_single_domain == ("uni.example",)


def test_a_domain_is_what_follows_the_last_at() -> None:
    """An account at a mail provider whose name looks like a university's address is not the university's."""
    uni = Conditions.of(domain="uni.example")
    assert judged(uni, standing(seen(MAIL), identities=(MAIL,))) is None
    assert judged(Conditions.of(domain="Accounts.Mail.Example"), standing(seen(MAIL))) == NOTHING


def test_an_identity_provider_goes_by_its_id() -> None:
    """Of an identity provider, the one identity that is linked is asked for, by its id."""
    mail = Conditions.of(identity_provider=MAIL_IDP)
    assert judged(mail, standing(seen(MAIL))) == NOTHING
    wanted = judged(mail, standing(seen(UNI)))
    assert wanted
    assert wanted.session_required_identities == ("m",)
    assert judged(mail, standing(seen(UNI), identities=(UNI,))) is None


def test_one_authentication_has_to_be_all_of_it() -> None:
    """A second factor shown with one account, and an old sign-in with another, do not add up."""
    strict = Conditions.of(domain="uni.example", mfa=True, max_age=600)
    assert judged(strict, standing(seen(UNI, mfa=True, ago=600))) == NOTHING
    for state in (
        standing(seen(UNI, ago=10), seen(MAIL, mfa=True)),
        standing(seen(UNI, mfa=True, ago=601)),
        standing(),
    ):
        wanted = judged(strict, state)
        assert wanted
        assert wanted.session_required_mfa
        assert wanted.prompt == "login"


@pytest.mark.parametrize(("ago", "met"), [(599, True), (600, True), (601, False)])
def test_the_age_is_met_to_the_second(ago: int, met: bool) -> None:
    """A sign-in counts up to and including the number of seconds given."""
    assert (judged(Conditions.of(max_age=600), standing(seen(MAIL, ago=ago))) == NOTHING) is met


def test_policies_are_for_globus_to_judge() -> None:
    """A policy is met when Globus says so in as many words, and else demanded."""
    conditions = Conditions.of(policies=POLICY, message="why")
    assert judged(conditions, standing(met=(POLICY,))) == NOTHING
    assert judged(conditions, standing()) == Requirement(session_required_policies=(POLICY,), session_message="why")


@pytest.mark.parametrize(
    ("groups", "member"),
    [
        ([], False),
        ([{"id": GROUP, "my_memberships": [{"status": "active"}]}], True),
        ([{"id": GROUP, "my_memberships": [{"status": "pending"}]}], False),
        ([{"id": GROUP, "my_memberships": [{"status": "left"}, {"status": "active"}]}], True),
        ([{"id": "other", "my_memberships": [{"status": "active"}]}], False),
        ([{"id": GROUP, "my_memberships": 7}, {"id": [GROUP]}], False),
        ([{"id": GROUP}, None, {"id": GROUP, "my_memberships": ["active"]}], False),
    ],
)
def test_only_active_members_are_members(groups: list[Any], member: bool) -> None:
    """Being invited, pending or gone is not being in a group."""
    assert is_member(Conditions.of(group=[GROUP]), groups) is member


def test_an_introspection_is_read() -> None:
    """Who has authenticated, when, and whether with a second factor, and the account's identities as they are now."""
    document = {
        "active": True,
        "identity_set_detail": [{"sub": "n", "id": "n", "username": "new@lab.example", "identity_provider": MAIL_IDP}],
        "session_info": {
            "session_id": "s",
            "authentications": {
                "u": {"idp": UNI_IDP, "auth_time": NOW, "acr": None, "amr": None},
                "n": {"idp": MAIL_IDP, "auth_time": NOW - 5, "amr": ["pwd", "mfa"]},
            },
        },
        "policy_evaluations": {POLICY: {"evaluation": True}, "other": {"evaluation": "true"}},
    }
    read = Standing.read(document, USER)
    assert [identity.username for identity in read.identities] == ["new@lab.example"]
    assert read.authentications == (Authentication("u", NOW, False), Authentication("n", NOW - 5, True))
    assert read.met_policies == {POLICY}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=8,
)
INFO = JSON | st.fixed_dictionaries(
    {
        "authentications": JSON
        | st.dictionaries(st.text(max_size=3), st.fixed_dictionaries({"auth_time": JSON, "amr": JSON}))
    }
)


@example([], {"authentications": {"u": {"auth_time": float("inf"), "amr": ["mfa"]}}}, {})
@example([], {"authentications": {"u": {"auth_time": float("nan"), "amr": ["mfa"]}}}, {})
@given(JSON, INFO, JSON)
def test_what_cannot_be_read_has_not_happened(detail: Any, info: Any, evaluations: Any) -> None:
    """No introspection document, however odd, lets anybody through who has not authenticated as asked."""
    document = {"identity_set_detail": detail, "session_info": info, "policy_evaluations": evaluations}
    read = Standing.read(document, USER)
    assert read.identities
    for conditions in (Conditions.of(domain="uni.example", mfa=True), Conditions.of(policies=POLICY)):
        assert missing_in_session(conditions, read, now=NOW) != NOTHING


@pytest.mark.parametrize(
    "mistake",
    [
        {},
        {"message": "only this"},
        {"domain": "ada@uni.example"},
        {"domain": "uni"},
        {"group": "Observers"},
        {"identity_provider": "uni.example"},
        {"policies": ["x"]},
        {"max_age": 59},
        {"scopes": "["},
    ],
)
def test_what_cannot_be_meant_is_said_when_it_is_written(mistake: dict[str, Any]) -> None:
    """A slip in a condition stops the application when it starts, instead of keeping everybody out, or in."""
    with pytest.raises(ValueError, match=r"\w"):
        Conditions.of(**mistake)


def test_a_stranger_is_asked_for_all_of_it_at_once() -> None:
    """Who is not signed in signs in right away with what the page will ask for."""
    conditions = Conditions.of(domain="uni.example", mfa=True, policies=POLICY, scopes="email", message="why")
    assert conditions.for_a_stranger() == Requirement(
        required_scopes=("email",),
        session_required_single_domain=("uni.example",),
        session_required_mfa=True,
        session_required_policies=(POLICY,),
        session_message="why",
    )
    assert not replace(conditions, identity_providers=(UNI_IDP,)).for_a_stranger().session_required_single_domain
