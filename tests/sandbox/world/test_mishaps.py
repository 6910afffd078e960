"""What goes wrong at a real Globus, by name."""

from __future__ import annotations

import jwt
import pytest
import requests

from trivet.sandbox.world.mishaps import MISHAPS, MishapError


def test_each_is_a_sentence():
    """The table says of every one what it does."""
    assert all(mishap.sentence.endswith(".") for mishap in MISHAPS.values())


@pytest.mark.parametrize(("name", "status"), [("maintenance", 503), ("rate-limited", 429)])
def test_a_service_that_refuses(globus, name, status):
    """One service answers so until it is ended; the others are spared."""
    globus.mishap(name, service="groups")
    response = requests.get(f"{globus.url}/v2/groups/my_groups")
    assert (response.status_code, "Retry-After" in response.headers) == (status, status == 429)
    assert requests.get(f"{globus.url}/jwk.json").status_code == 200
    globus.clear_faults()
    assert requests.get(f"{globus.url}/v2/groups/my_groups").status_code == 401


def test_slow(globus):
    """Answers come later than an impatient client waits."""
    globus.mishap("slow", path="/jwk.json")
    with pytest.raises(requests.Timeout):
        requests.get(f"{globus.url}/jwk.json", timeout=0.2)


def test_dropped(globus, visitor):
    """Connections close without an answer."""
    globus.mishap("dropped", client="portal")
    with pytest.raises(requests.ConnectionError):
        visitor.visit()


def test_answer_lost(globus, endpoint, sign_in):
    """Connections close without an answer, and what was asked for is done all the same."""
    token = sign_in()["access_token"]
    globus.mishap("answer-lost", path="/v2/oauth2/token/revoke")
    with pytest.raises(requests.ConnectionError):
        endpoint.post("/revoke", token=token)
    assert endpoint.introspect(token) == {"active": False}


def test_endpoint_paused(globus, ask_transfer):
    """The files of a paused collection are refused, until it is ended like any fault."""
    globus.mishap("endpoint-paused", collection="laptop")
    listing = f"operation/endpoint/{globus.collections['laptop'].id}/ls"
    assert ask_transfer(listing).json()["code"] == "OperationPaused"
    globus.clear_fault(globus.faults[0].id)
    assert ask_transfer(listing).status_code == 200


def test_file_denied(depot):
    """A transfer of that file fails, and of another does not."""
    depot.fill({"a.txt": "a", "b.txt": "b"})
    depot.globus.mishap("file-denied", path="/a.txt")
    assert depot.transfer(("/a.txt", "/a.txt"))["fatal_error"]["code"] == "PERMISSION_DENIED"
    assert depot.transfer(("/b.txt", "/b.txt"))["status"] == "SUCCEEDED"


def test_session_expired(globus, visitor, new_visitor, endpoint):
    """One person's sign-in meets no time limit any more, in no token either; others' still do."""
    policy = globus.policies["lab_staff"].id

    def met(token):
        answer = endpoint.introspect(token, authentication_policies=policy)
        return answer["policy_evaluations"][policy]["evaluation"]

    ada = endpoint.redeem(visitor.sign_in("ada", identity=2)["code"]).json()["access_token"]
    grace = endpoint.redeem(new_visitor().sign_in("grace")["code"]).json()["access_token"]
    assert met(ada)
    globus.mishap("session-expired", person="ada")
    assert (met(ada), met(grace)) == (False, True)
    assert globus.token_is_active(ada)
    page = visitor.follow(visitor.visit(session_required_policies=policy))
    assert 'name="identity"' in page.text


def test_consent_rescinded(globus, tokens):
    """Tokens die at once."""
    globus.mishap("consent-rescinded", person="ada", client="portal")
    assert not globus.token_is_active(tokens["access_token"])


def test_key_rotated(globus):
    """The first key in the list is another."""
    before = requests.get(f"{globus.url}/jwk.json").json()["keys"][0]["kid"]
    globus.mishap("key-rotated")
    assert requests.get(f"{globus.url}/jwk.json").json()["keys"][0]["kid"] != before


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("id-token-audience", jwt.InvalidAudienceError),
        ("id-token-issuer", jwt.InvalidIssuerError),
        ("id-token-expired", jwt.ExpiredSignatureError),
        ("id-token-forged", jwt.InvalidSignatureError),
        ("id-token-unsigned", jwt.InvalidAlgorithmError),
    ],
)
def test_id_tokens(globus, sign_in, verify_id_token, name, error):
    """A careful client refuses the next ID token for the one thing that is wrong with it, and takes the one after."""
    globus.mishap(name)
    assert [fault.left for fault in globus.faults] == [1]
    with pytest.raises(error):
        verify_id_token(sign_in()["id_token"])
    assert verify_id_token(sign_in()["id_token"])["sub"] == globus.people["ada"].sub


def test_another_nonce(globus, sign_in, verify_id_token):
    """The next ID token answers a sign-in that is not this one."""
    globus.mishap("id-token-nonce")
    assert verify_id_token(sign_in(nonce="mine")["id_token"])["nonce"] != "mine"


@pytest.mark.parametrize(
    ("name", "told", "words"),
    [
        ("flood", {}, "There are: maintenance, slow"),
        ("maintenance", {"collection": "laptop"}, "may be told service, path, person, client"),
        ("consent-rescinded", {"person": "ada"}, "needs person, client"),
    ],
)
def test_told_something_else(globus, name, told, words):
    """An unknown mishap, or one that is told too little or too much, is answered with what would do."""
    with pytest.raises(MishapError, match=words):
        globus.mishap(name, **told)
