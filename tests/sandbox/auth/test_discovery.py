"""Discovery and keys, as recorded."""

from __future__ import annotations

import requests

RECORDED_KEYS = {
    "issuer",
    "authorization_endpoint",
    "userinfo_endpoint",
    "token_endpoint",
    "revocation_endpoint",
    "jwks_uri",
    "response_types_supported",
    "id_token_signing_alg_values_supported",
    "scopes_supported",
    "token_endpoint_auth_methods_supported",
    "claims_supported",
    "subject_types_supported",
}


def test_exactly_the_recorded_keys(globus):
    """Nothing more: what Globus does not advertise, clients must not find here."""
    document = requests.get(f"{globus.url}/.well-known/openid-configuration").json()
    assert set(document) == RECORDED_KEYS
    assert document["issuer"] == globus.url
    assert not document["issuer"].endswith("/")


def test_issuer_never_comes_from_the_host_header(globus):
    """Asked under any of this computer's names, the issuer is the configured one; under others there is no answer."""
    address = f"{globus.url}/.well-known/openid-configuration"
    for host in ("127.0.0.1:1", "LOCALHOST", "[::1]"):
        assert requests.get(address, headers={"Host": host}).json()["issuer"] == globus.url
    for host in ("evil.example", "auth.globus.org", "x:99999", ""):
        assert requests.get(address, headers={"Host": host}).status_code == 421


def test_key_set(globus):
    """Public RSA members only, RS512, and a ``kid`` of digits."""
    keys = requests.get(f"{globus.url}/jwk.json").json()["keys"]
    assert keys
    for key in keys:  # two, if an earlier test has rotated them: a reset does not
        assert set(key) == {"alg", "e", "kid", "kty", "n", "use"}
        assert (key["alg"], key["kty"], key["use"]) == ("RS512", "RSA", "sig")
        assert key["kid"].isdigit()
