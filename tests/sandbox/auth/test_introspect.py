"""Introspection (RFC 7662) and Globus's ``include``."""

from __future__ import annotations

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


def test_nothing_extra_without_include(tokens, endpoint):
    """The extras come only when asked for."""
    answer = endpoint.introspect(tokens["access_token"])
    assert not {"identity_set", "identity_set_detail", "session_info"} & set(answer)
