"""Introspection (RFC 7662) and Globus's ``include``."""

from __future__ import annotations

from dataclasses import replace

import pytest

INACTIVE = {"active": False}


@pytest.mark.parametrize("value", ["never was", "é", "\x00"])
def test_unknown_tokens(endpoint, value):
    """Unknown is inactive, and nothing more is said (RFC 7662 section 2.2)."""
    assert endpoint.introspect(value) == INACTIVE


def test_missing_token(endpoint):
    """Without a token the request is malformed."""
    response = endpoint.post("/introspect")
    assert (response.status_code, response.json()) == (400, {"error": "invalid_request"})


def test_expired_and_revoked(globus, tokens, endpoint):
    """Both are plainly inactive."""
    endpoint.post("/revoke", token=tokens["refresh_token"])
    assert endpoint.introspect(tokens["refresh_token"]) == INACTIVE
    globus.advance(172_800)
    assert endpoint.introspect(tokens["access_token"]) == INACTIVE


def test_times(globus, tokens, endpoint):
    """``exp`` is 48 hours after ``iat``, by the sandbox's clock."""
    answer = endpoint.introspect(tokens["access_token"])
    assert answer["exp"] - answer["iat"] == 172_800
    assert answer["nbf"] == answer["iat"]


def test_any_confidential_client_may_ask(globus, tokens, endpoint):
    """A service introspects tokens that were issued to others: that is what it is for."""
    answer = endpoint.introspect(tokens["access_token"], client="gateway")
    assert answer["client_id"] == globus.clients["portal"].id


def test_include_identity_set_detail(globus, tokens, endpoint):
    """Each linked identity in full, with its own provider and last authentication."""
    details = endpoint.introspect(tokens["access_token"], include="identity_set_detail")["identity_set_detail"]
    assert [each["id"] for each in details] == [each.id for each in globus.people["ada"].identities]
    assert {each["identity_provider"] for each in details} == {
        each.identity_provider for each in globus.people["ada"].identities
    }
    assert details[0]["last_authentication"] is not None
    assert details[1]["last_authentication"] is None


def test_include_session_info(globus, visitor, endpoint):
    """The session says which linked identity authenticated; ``sub`` stays the primary one."""
    token = endpoint.redeem(visitor.sign_in("ada", identity=1)["code"]).json()["access_token"]
    answer = endpoint.introspect(token, include="session_info,nonsense")
    ada = globus.people["ada"]
    assert answer["sub"] == ada.id
    [(identity_id, entry)] = answer["session_info"]["authentications"].items()
    assert (identity_id, entry["idp"]) == (ada.identities[1].id, ada.identities[1].identity_provider)
    assert abs(entry["auth_time"] - globus.world.now()) < 60


def test_one_session_per_application_and_browser(visitor, new_visitor, endpoint):
    """The same browser and app share a session; another browser has its own."""
    ids = []
    for each in (visitor, visitor, new_visitor()):
        token = endpoint.redeem(each.sign_in()["code"]).json()["access_token"]
        ids.append(endpoint.introspect(token, include="session_info")["session_info"]["session_id"])
    assert ids[0] == ids[1] != ids[2]


def test_spaces_in_include(tokens, endpoint):
    """What is listed may have spaces around it."""
    answer = endpoint.introspect(tokens["access_token"], include="identity_set , session_info")
    assert {"identity_set", "session_info"} <= set(answer)


def test_nothing_extra_without_include(tokens, endpoint):
    """The extras come only when asked for."""
    answer = endpoint.introspect(tokens["access_token"])
    assert not {"identity_set", "identity_set_detail", "session_info"} & set(answer)


def test_a_session_begins_with_the_sign_in_and_is_the_applications_own(globus, visitor, endpoint):
    """Another application in the same browser starts with the sign-in, and does not see what was shown since."""
    gateway = {"client_id": globus.clients["gateway"].id, "redirect_uri": "http://localhost:5001/callback"}

    def shown(client, **params):
        code = visitor.sign_in(identity=2, **params)["code"]
        back = {"redirect_uri": params["redirect_uri"]} if "redirect_uri" in params else {}
        token = endpoint.redeem(code, client=client, **back).json()["access_token"]
        session = endpoint.introspect(token, include="session_info")["session_info"]["authentications"]
        return {globus.world.find_identity(each)[1].idp for each in session}

    visitor.sign_in()
    assert shown("gateway", **gateway) == {"University of Example"}
    assert shown("portal", prompt="login") == {"University of Example", "Example National Laboratory"}
    assert shown("gateway", **gateway) == {"University of Example"}


def test_a_token_keeps_the_session_it_was_issued_in(visitor, endpoint):
    """What is shown later is in the tokens issued later; the older one has to be replaced."""
    first = endpoint.redeem(visitor.sign_in()["code"]).json()["access_token"]
    second = endpoint.redeem(visitor.sign_in(identity=2, prompt="login")["code"]).json()["access_token"]
    infos = [endpoint.introspect(each, include="session_info")["session_info"] for each in (first, second)]
    assert [len(each["authentications"]) for each in infos] == [1, 2]
    assert infos[0]["session_id"] == infos[1]["session_id"]


def test_a_refreshed_token_has_no_authentications(tokens, endpoint):
    """Nobody knows what Globus does; the stricter reading makes a client step up again."""
    token = endpoint.refresh(tokens["refresh_token"]).json()["access_token"]
    assert endpoint.introspect(token, include="session_info")["session_info"]["authentications"] == {}


def test_policy_evaluations(globus, visitor, endpoint):
    """Each policy asked about is met or not, by the session or, without high assurance, by the linked identities."""
    token = endpoint.redeem(visitor.sign_in("ada")["code"]).json()["access_token"]
    policies = globus.policies
    asked = ",".join(each.id for each in policies.values())
    answer = endpoint.introspect(token, authentication_policies=asked)["policy_evaluations"]
    said = {key: answer[each.id] for key, each in policies.items()}
    assert said == {
        "second_factor": {"evaluation": False},
        "lab_staff": {"evaluation": False},
        "no_mail_accounts": {"evaluation": True},
    }


@pytest.mark.parametrize("high_assurance", [False, True])
def test_a_policy_met_by_an_identity_that_has_not_come(globus, visitor, endpoint, high_assurance):
    """A linked identity will do even if it was never used; with high assurance it has to be in the session."""
    policy = replace(globus.policies["lab_staff"], authentication_assurance_timeout=None, high_assurance=high_assurance)
    globus.world.policies.keep(policy)
    token = endpoint.redeem(visitor.sign_in("ada")["code"]).json()["access_token"]
    answer = endpoint.introspect(token, authentication_policies=policy.id)["policy_evaluations"][policy.id]
    assert answer == {"evaluation": not high_assurance}


def test_a_policy_met_for_a_while(globus, visitor, endpoint):
    """A timeout runs from the authentication, not from the token."""
    policy = globus.policies["lab_staff"]
    token = endpoint.redeem(visitor.sign_in("ada", identity=2)["code"]).json()["access_token"]
    said = []
    for _ in range(2):
        answer = endpoint.introspect(token, authentication_policies=policy.id)
        said.append(answer["policy_evaluations"][policy.id]["evaluation"])
        globus.advance(policy.authentication_assurance_timeout + 1)
    assert said == [True, False]


@pytest.mark.parametrize("value", ["x", "\x00", "0d4c7a10-1111-4222-8333-9a0b1c2d3e4f"])
def test_policies_that_do_not_exist(tokens, endpoint, value):
    """Asking about a policy that is none is a mistake, and said so."""
    response = endpoint.post("/introspect", token=tokens["access_token"], authentication_policies=value)
    assert (response.status_code, response.json()) == (400, {"error": "invalid_request"})
