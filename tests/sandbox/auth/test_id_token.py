"""ID tokens as clients receive them."""

from __future__ import annotations

import base64
import hashlib

import jwt
import requests


def test_claims(globus, sign_in, verify_id_token):
    """Signed RS512 for this client, 48 hours, with nonce, at_hash and what the scopes open."""
    answer = sign_in(nonce="n-0S6_WzA2Mj")
    claims = verify_id_token(answer["id_token"])
    digest = hashlib.sha512(answer["access_token"].encode()).digest()[:32]
    assert claims["at_hash"] == base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    assert (claims["nonce"], claims["exp"] - claims["iat"]) == ("n-0S6_WzA2Mj", 172_800)
    assert claims["email"] == globus.people["ada"].email
    assert "name" not in claims
    assert "amr" not in claims


def test_no_nonce_unless_sent(sign_in, verify_id_token):
    """A nonce is not invented."""
    assert "nonce" not in verify_id_token(sign_in()["id_token"])


def test_linked_identity_signs_in_as_the_primary(globus, sign_in, verify_id_token):
    """Signing in with the second identity gives the first as ``sub``; the entry used says when."""
    claims = verify_id_token(sign_in(identity=1)["id_token"])
    ada = globus.people["ada"]
    assert claims["sub"] == ada.id
    last = {entry["sub"]: entry["last_authentication"] for entry in claims["identity_set"]}
    used = {ada.identities[1].id: claims["last_authentication"]}
    assert last == {**dict.fromkeys(each.id for each in ada.identities), **used}


def test_rotation_keeps_the_signing_key_first(globus, sign_in, verify_id_token):
    """After a rotation the new key signs and stands first, because the SDK looks at the first only."""
    before = sign_in()["id_token"]
    globus.rotate_key()
    after = sign_in()["id_token"]
    keys = requests.get(f"{globus.url}/jwk.json").json()["keys"]
    assert [jwt.get_unverified_header(each)["kid"] for each in (after, before)] == [key["kid"] for key in keys]
    assert verify_id_token(before)["sub"] == verify_id_token(after)["sub"]
