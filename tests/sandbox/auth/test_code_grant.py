"""Codes: one use, one client, one address, ten minutes, and PKCE."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

REFUSED = (401, {"error": "invalid_grant"})
INVALID = (400, {"error": "invalid_request"})
TRANSFER_ALL = "urn:globus:auth:scope:transfer.api.globus.org:all"


def _said(response):
    return response.status_code, response.json()


def test_a_code_works_once_and_its_reuse_takes_everything_back(globus, visitor, endpoint):
    """The second use is refused and revokes what the first one gave (RFC 6749 section 4.1.2)."""
    code = visitor.sign_in()["code"]
    assert endpoint.redeem(code).status_code == 200
    assert all(token.active for token in globus.tokens)
    assert _said(endpoint.redeem(code)) == REFUSED
    assert not any(token.active for token in globus.tokens)


def test_someone_elses_reuse_takes_nothing_back(globus, visitor, endpoint):
    """Another client that got hold of a spent code cannot use it to sign people out."""
    code = visitor.sign_in()["code"]
    endpoint.redeem(code)
    assert _said(endpoint.redeem(code, client="gateway")) == REFUSED
    assert [token.active for token in globus.tokens] == [True] * 4


def test_parallel_redemption_has_one_winner(globus, visitor, endpoint):
    """Sixteen at once with one code: exactly one gets tokens."""
    code = visitor.sign_in()["code"]
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: endpoint.redeem(code).status_code, range(16)))
    assert sorted(answers) == [200] + [401] * 15
    assert len(globus.tokens) == 4


@pytest.mark.parametrize(("seconds", "status"), [(599, 200), (600, 401)])
def test_a_code_lives_ten_minutes(globus, visitor, endpoint, seconds, status):
    """Good a second before its time, refused at it."""
    code = visitor.sign_in()["code"]
    globus.advance(seconds)
    assert endpoint.redeem(code).status_code == status


def test_a_refused_attempt_leaves_the_code_good(visitor, endpoint):
    """A code is spent on success, not by somebody's failed try."""
    code = visitor.sign_in()["code"]
    assert endpoint.redeem(code, client="gateway").status_code == 401
    assert endpoint.redeem(code).status_code == 200


def test_another_clients_code(visitor, endpoint):
    """A code is worth nothing to another client, even one with a secret."""
    assert _said(endpoint.redeem(visitor.sign_in()["code"], client="gateway")) == REFUSED


@pytest.mark.parametrize("redirect_uri", ["http://localhost:5000/login", "http://localhost:5000/login/callback/", None])
def test_redirect_uri_is_resent(visitor, endpoint, redirect_uri):
    """The exchange repeats the address of the request, exactly (RFC 6749 section 4.1.3)."""
    assert _said(endpoint.redeem(visitor.sign_in()["code"], redirect_uri=redirect_uri)) == REFUSED


@pytest.mark.parametrize("code", ["", None])
def test_missing_code(endpoint, code):
    """Without a code the request is malformed; an empty one counts as none."""
    assert _said(endpoint.redeem(code)) == INVALID


@pytest.mark.parametrize("code", ["x", "é☃", "a" * 5000, "\x00", "'; drop table codes"])
def test_unknown_code(endpoint, code):
    """Any string that is no code is ``invalid_grant``, with 401 as recorded."""
    assert _said(endpoint.redeem(code)) == REFUSED


def test_pkce(visitor, endpoint, pkce):
    """The verifier that belongs to the challenge opens the code."""
    code = visitor.sign_in(**pkce.asked)["code"]
    assert endpoint.redeem(code, code_verifier=pkce.verifier).status_code == 200


@pytest.mark.parametrize(
    ("verifier", "expected"),
    [("w" * 43, REFUSED), (None, INVALID), ("short", INVALID), ("é" * 43, INVALID), ("v" * 129, INVALID)],
)
def test_pkce_of_a_confidential_client_is_verified(visitor, endpoint, pkce, verifier, expected):
    """A challenge once sent must be met, secret or not (RFC 7636 section 4.6)."""
    code = visitor.sign_in(**pkce.asked)["code"]
    assert _said(endpoint.redeem(code, code_verifier=verifier)) == expected


def test_the_challenge_is_not_its_own_verifier(visitor, endpoint, pkce):
    """The plain method does not exist here."""
    code = visitor.sign_in(**pkce.asked)["code"]
    assert _said(endpoint.redeem(code, code_verifier=pkce.challenge)) == REFUSED


def test_a_verifier_without_challenge_is_refused(visitor, endpoint, pkce):
    """A code that was asked for without PKCE cannot be dressed up with it (RFC 9700 section 4.8)."""
    assert _said(endpoint.redeem(visitor.sign_in()["code"], code_verifier=pkce.verifier)) == INVALID


@pytest.fixture
def redeem_for_all(visitor, endpoint):
    """Sign in for ``openid`` alone, and redeem the code as globus-sdk for JavaScript may be told to."""

    def redeem(**params):
        form = {"grant_type": "authorization_code", "redirect_uri": "http://localhost:5000/login/callback"}
        code = visitor.sign_in(scope="openid", **params)["code"]
        return endpoint.post("?include_consented_scopes=true", code=code, **form).json()

    return redeem


def test_what_was_agreed_to_before(visitor, endpoint, redeem_for_all):
    """If the address asks for it, tokens come for all that the person ever agreed to; else for what was asked for."""
    visitor.sign_in(scope=f"email {TRANSFER_ALL}")
    answer = redeem_for_all()
    assert (answer["scope"], "id_token" in answer) == ("openid email", True)
    assert [each["scope"] for each in answer["other_tokens"]] == [TRANSFER_ALL]
    assert all("refresh_token" in each for each in (answer, *answer["other_tokens"]))
    assert endpoint.redeem(visitor.sign_in(scope="openid")["code"]).json()["other_tokens"] == []


def test_what_was_agreed_to_otherwise_or_for_others(globus, visitor, redeem_for_all):
    """Not what another application was allowed, nor a refresh token that nobody agreed to."""
    gateway = {"client_id": globus.clients["gateway"].id, "redirect_uri": "http://localhost:5001/callback"}
    visitor.sign_in(scope="email", **gateway)
    visitor.sign_in(scope=TRANSFER_ALL, access_type="online")
    assert redeem_for_all()["other_tokens"] == []
    answer = redeem_for_all(access_type="online")
    assert answer["scope"] == "openid"
    assert [set(each) & {"scope", "refresh_token"} for each in answer["other_tokens"]] == [{"scope"}]


@pytest.fixture
def notebook_code(globus, visitor, pkce):
    client_id = globus.clients["notebook"].id
    return visitor.sign_in(client_id=client_id, redirect_uri="http://localhost:5002/callback", **pkce.asked)["code"]


def test_public_client(globus, endpoint, pkce, notebook_code):
    """A public client redeems with its id in the form and its verifier."""
    answer = endpoint.redeem(
        notebook_code,
        client=None,
        client_id=globus.clients["notebook"].id,
        code_verifier=pkce.verifier,
        redirect_uri="http://localhost:5002/callback",
    )
    assert answer.status_code == 200


def test_public_client_without_verifier(globus, endpoint, notebook_code):
    """Without its verifier a public client gets nothing."""
    answer = endpoint.redeem(
        notebook_code,
        client=None,
        client_id=globus.clients["notebook"].id,
        redirect_uri="http://localhost:5002/callback",
    )
    assert _said(answer) == INVALID
