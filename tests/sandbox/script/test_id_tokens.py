"""ID tokens as a test can have them changed."""

from __future__ import annotations

import jwt
import pytest
from joserfc.jwk import RSAKey


def test_scripted_claims(globus, sign_in, verify_id_token):
    """A script may edit in place; it is used up after its times."""
    globus.script_id_token(lambda claims, header: claims.update(iss="https://evil.example"))
    with pytest.raises(jwt.InvalidIssuerError):
        verify_id_token(sign_in()["id_token"])
    assert verify_id_token(sign_in()["id_token"])


def test_scripted_replacement(globus, sign_in, verify_id_token):
    """A script may return new claims and header, or a whole token."""
    globus.script_id_token(lambda claims, header: ({**claims, "sub": "x"}, header))
    globus.script_id_token(lambda claims, header: "not a token")
    assert verify_id_token(sign_in()["id_token"])["sub"] == "x"
    assert sign_in()["id_token"] == "not a token"


def test_foreign_key(globus, sign_in, verify_id_token):
    """A signature by a key nobody published does not verify, though its ``kid`` is ours."""
    globus.script_id_token(lambda claims, header: None, key="foreign")
    globus.script_id_token(lambda claims, header: None, key=RSAKey.generate_key(2048))
    for _ in range(2):
        with pytest.raises(jwt.InvalidSignatureError):
            verify_id_token(sign_in()["id_token"])


def test_algorithm_none(globus, sign_in, verify_id_token):
    """``alg: none`` is obeyed: header, claims, and nothing where the signature was."""
    globus.script_id_token(lambda claims, header: header.update(alg="none"))
    token = sign_in()["id_token"]
    assert token.endswith(".")
    with pytest.raises(jwt.InvalidAlgorithmError):
        verify_id_token(token)


def test_hs256_with_the_public_key(globus, sign_in, verify_id_token):
    """The classic confusion: HMAC keyed with the public key."""
    globus.script_id_token(lambda claims, header: header.update(alg="HS256"))
    token = sign_in()["id_token"]
    assert jwt.get_unverified_header(token)["alg"] == "HS256"
    with pytest.raises(jwt.InvalidAlgorithmError):
        verify_id_token(token)


def test_hs256_with_given_bytes(globus, sign_in):
    """HMAC with bytes of one's own is a valid HMAC."""
    secret = b"k" * 32
    globus.script_id_token(lambda claims, header: header.update(alg="HS256"), key=secret)
    token = sign_in()["id_token"]
    assert jwt.decode(token, secret, algorithms=["HS256"], audience=globus.clients["portal"].id)["sub"]


def test_until_reset(globus, sign_in, verify_id_token):
    """``times=None`` lasts until ``reset``."""
    globus.script_id_token(lambda claims, header: claims.update(sub="x"), times=None)
    assert [verify_id_token(sign_in()["id_token"])["sub"] for _ in range(3)] == ["x"] * 3
    globus.reset()
    assert verify_id_token(sign_in()["id_token"])["sub"] == globus.people["ada"].id


def test_a_key_that_is_none(globus):
    """A key by an unknown name is refused at once."""
    with pytest.raises(ValueError, match="foreign"):
        globus.script_id_token(lambda claims, header: None, key="mine")
