"""ID tokens as clients receive them, and as a test can have them changed."""

from __future__ import annotations

import base64
import hashlib

import jwt
import pytest
import requests
from joserfc.jwk import RSAKey


@pytest.fixture
def sign_in(visitor, endpoint):
    def go(**params):
        return endpoint.redeem(visitor.sign_in(**{"scope": "openid email", **params})["code"]).json()

    return go


def _verify(globus, token, **options):
    """Verify as a careful client does, with another JOSE library than the sandbox signs with."""
    keys = {key["kid"]: jwt.PyJWK(key) for key in requests.get(f"{globus.url}/jwk.json").json()["keys"]}
    kid = jwt.get_unverified_header(token)["kid"]
    audience = globus.clients["portal"].id
    return jwt.decode(token, keys[kid], algorithms=["RS512"], audience=audience, issuer=globus.url, **options)


def test_claims(globus, sign_in):
    """Signed RS512 for this client, 48 hours, with nonce, at_hash and what the scopes open."""
    answer = sign_in(nonce="n-0S6_WzA2Mj")
    claims = _verify(globus, answer["id_token"])
    digest = hashlib.sha512(answer["access_token"].encode()).digest()[:32]
    assert claims["at_hash"] == base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    assert (claims["nonce"], claims["exp"] - claims["iat"]) == ("n-0S6_WzA2Mj", 172_800)
    assert claims["email"] == globus.people["ada"].email
    assert "name" not in claims
    assert "amr" not in claims


def test_no_nonce_unless_sent(globus, sign_in):
    """A nonce is not invented."""
    assert "nonce" not in _verify(globus, sign_in()["id_token"])


def test_linked_identity_signs_in_as_the_primary(globus, sign_in):
    """Signing in with the second identity gives the first as ``sub``; the entry used says when."""
    claims = _verify(globus, sign_in(identity=1)["id_token"])
    ada = globus.people["ada"]
    assert claims["sub"] == ada.id
    last = {entry["sub"]: entry["last_authentication"] for entry in claims["identity_set"]}
    assert last == {ada.identities[0].id: None, ada.identities[1].id: claims["last_authentication"]}


def test_rotation_keeps_the_signing_key_first(globus, sign_in):
    """After a rotation the new key signs and stands first, because the SDK looks at the first only."""
    before = sign_in()["id_token"]
    globus.rotate_key()
    after = sign_in()["id_token"]
    keys = requests.get(f"{globus.url}/jwk.json").json()["keys"]
    assert [jwt.get_unverified_header(each)["kid"] for each in (after, before)] == [key["kid"] for key in keys]
    assert _verify(globus, before)["sub"] == _verify(globus, after)["sub"]


def test_scripted_claims(globus, sign_in):
    """A script may edit in place; it is used up after its times."""
    globus.script_id_token(lambda claims, header: claims.update(iss="https://evil.example"))
    with pytest.raises(jwt.InvalidIssuerError):
        _verify(globus, sign_in()["id_token"])
    assert _verify(globus, sign_in()["id_token"])


def test_scripted_replacement(globus, sign_in):
    """A script may return new claims and header, or a whole token."""
    globus.script_id_token(lambda claims, header: ({**claims, "sub": "x"}, header))
    globus.script_id_token(lambda claims, header: "not a token")
    assert _verify(globus, sign_in()["id_token"])["sub"] == "x"
    assert sign_in()["id_token"] == "not a token"


def test_foreign_key(globus, sign_in):
    """A signature by a key nobody published does not verify, though its ``kid`` is ours."""
    globus.script_id_token(lambda claims, header: None, key="foreign")
    globus.script_id_token(lambda claims, header: None, key=RSAKey.generate_key(2048))
    for _ in range(2):
        with pytest.raises(jwt.InvalidSignatureError):
            _verify(globus, sign_in()["id_token"])


def test_algorithm_none(globus, sign_in):
    """``alg: none`` is obeyed: header, claims, and nothing where the signature was."""
    globus.script_id_token(lambda claims, header: header.update(alg="none"))
    token = sign_in()["id_token"]
    assert token.endswith(".")
    with pytest.raises(jwt.InvalidAlgorithmError):
        _verify(globus, token)


def test_hs256_with_the_public_key(globus, sign_in):
    """The classic confusion: HMAC keyed with the public key."""
    globus.script_id_token(lambda claims, header: header.update(alg="HS256"))
    token = sign_in()["id_token"]
    assert jwt.get_unverified_header(token)["alg"] == "HS256"
    with pytest.raises(jwt.InvalidAlgorithmError):
        _verify(globus, token)


def test_hs256_with_given_bytes(globus, sign_in):
    """HMAC with bytes of one's own is a valid HMAC."""
    secret = b"k" * 32
    globus.script_id_token(lambda claims, header: header.update(alg="HS256"), key=secret)
    token = sign_in()["id_token"]
    assert jwt.decode(token, secret, algorithms=["HS256"], audience=globus.clients["portal"].id)["sub"]


def test_until_reset(globus, sign_in):
    """``times=None`` lasts until ``reset``."""
    globus.script_id_token(lambda claims, header: claims.update(sub="x"), times=None)
    assert [_verify(globus, sign_in()["id_token"])["sub"] for _ in range(3)] == ["x"] * 3
    globus.reset()
    assert _verify(globus, sign_in()["id_token"])["sub"] == globus.people["ada"].id


def test_a_key_that_is_none(globus):
    """A key by an unknown name is refused at once."""
    with pytest.raises(ValueError, match="foreign"):
        globus.script_id_token(lambda claims, header: None, key="mine")
