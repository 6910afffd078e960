"""ID tokens: every check of OpenID Connect Core, section 3.1.3.7, on both sides of its edge."""

import base64
import json
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from trivet.errors import IdTokenRefused
from trivet.id_token import LEEWAY_SECONDS, at_hash, verify
from trivet.tokens import AccessToken

NOW = 1_800_000_000
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
ACCESS = AccessToken("AgSBX-access")
GOOD: dict[str, Any] = {
    "iss": "https://auth.globus.org", "aud": "client", "sub": "a1c0", "iat": NOW, "exp": NOW + 172800, "nonce": "n0nce",
    "at_hash": at_hash(ACCESS),
}  # fmt: skip


def sign(claims: dict[str, Any], *, key: Any = KEY, algorithm: str = "RS512", kid: str | None = "1") -> str:
    payload = json.dumps({name: value for name, value in claims.items() if value is not None}).encode()
    return jwt.api_jws.encode(payload, key, algorithm=algorithm, headers={"kid": kid} if kid else {})


def check(token: str, *, now: float = NOW) -> dict[str, Any]:
    return verify(
        token,
        signing_key={"1": KEY.public_key()}.get,
        issuer="https://auth.globus.org",
        client_id="client",
        nonce="n0nce",
        access_token=ACCESS,
        now=now,
    )


def refused_check(token: str, *, now: float = NOW) -> object:
    with pytest.raises(IdTokenRefused) as caught:
        check(token, now=now)
    assert not token or token not in str(caught.value)
    return caught.value.data["check"]


def test_a_good_token_gives_its_claims() -> None:
    """A token that passes every check gives the claims it was signed with."""
    assert check(sign(GOOD)) == GOOD


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("iss", {"iss": "https://auth.globus.org/"}),
        ("iss", {"iss": None}),
        ("iss", {"iss": ["https://auth.globus.org"]}),
        ("aud", {"aud": "somebody else"}),
        ("aud", {"aud": ["client", "somebody else"]}),
        ("aud", {"aud": []}),
        ("aud", {"aud": None}),
        ("azp", {"azp": "somebody else"}),
        ("sub", {"sub": None}),
        ("sub", {"sub": ""}),
        ("sub", {"sub": 7}),
        ("sub", {"sub": "x" * 256}),
        ("sub", {"sub": "\ud800"}),
        ("sub", {"sub": "é"}),
        ("sub", {"sub": "a\0b"}),
        ("exp", {"exp": None}),
        ("exp", {"exp": "never"}),
        ("exp", {"exp": True}),
        ("iat", {"iat": None}),
        ("nbf", {"nbf": "later"}),
        ("nonce", {"nonce": None}),
        ("nonce", {"nonce": "another"}),
        ("nonce", {"nonce": 7}),
        ("nonce", {"nonce": "\ud800"}),
        ("at_hash", {"at_hash": "another"}),
        ("at_hash", {"at_hash": ["x"]}),
        ("at_hash", {"at_hash": "\ud800"}),
    ],
)
def test_each_claim_is_checked(name: str, change: dict[str, Any]) -> None:
    """A token that is good but for one claim is refused, and the refusal names that claim."""
    assert refused_check(sign({**GOOD, **change})) == name


def test_one_audience_in_a_list_is_one_audience() -> None:
    """``aud`` may be a list, of us alone; ``azp`` may be there, naming us."""
    assert check(sign({**GOOD, "aud": ["client"], "azp": "client"}))


def test_at_hash_may_be_absent() -> None:
    """In this flow ``at_hash`` is optional; only a wrong one is a refusal."""
    assert check(sign({**GOOD, "at_hash": None}))


@pytest.mark.parametrize(
    ("claim", "last_good", "first_bad"),
    [
        ("exp", NOW - LEEWAY_SECONDS + 1, NOW - LEEWAY_SECONDS),
        ("iat", NOW + LEEWAY_SECONDS, NOW + LEEWAY_SECONDS + 1),
        ("nbf", NOW + LEEWAY_SECONDS, NOW + LEEWAY_SECONDS + 1),
    ],
)
def test_clocks_may_differ_by_the_leeway_and_no_more(claim: str, last_good: int, first_bad: int) -> None:
    """A time that is off by the leeway is accepted; one second more is not."""
    assert check(sign({**GOOD, claim: last_good}))
    assert refused_check(sign({**GOOD, claim: first_bad})) == claim


def test_a_foreign_key_is_refused() -> None:
    """A token signed by somebody else does not pass under our key's name."""
    assert refused_check(sign(GOOD, key=OTHER_KEY)) == "signature"


def test_an_unknown_key_is_refused() -> None:
    """A token that names a key nobody published is refused, as is one that names none."""
    assert refused_check(sign(GOOD, kid="2")) == "kid"
    assert refused_check(sign(GOOD, kid=None)) == "kid"


@pytest.mark.parametrize("algorithm", ["RS256", "RS384"])
def test_other_algorithms_are_refused(algorithm: str) -> None:
    """Globus signs RS512; a token that says otherwise is refused even under the right key."""
    assert refused_check(sign(GOOD, algorithm=algorithm)) == "alg"


def test_an_unsigned_token_is_refused() -> None:
    """``alg: none`` is not a signature."""
    assert refused_check(jwt.encode(GOOD, "", algorithm="none", headers={"kid": "1"})) == "alg"


def test_the_public_key_is_no_shared_secret() -> None:
    """A token signed with HMAC is refused, so that our own public key cannot be used to sign."""
    assert refused_check(jwt.encode(GOOD, "k" * 64, algorithm="HS512", headers={"kid": "1"})) == "alg"


@pytest.mark.parametrize("change", [slice(0, -3), slice(3, None), slice(0, 10), slice(0, 0)])
def test_a_damaged_token_is_refused(change: slice) -> None:
    """A token that is cut anywhere is refused, not a crash."""
    assert refused_check(sign(GOOD)[change]) in {"signature", "alg"}


def test_changed_claims_break_the_signature() -> None:
    """Claims cannot be changed after signing."""
    header, _, signature = sign(GOOD).split(".")
    claims = base64.urlsafe_b64encode(json.dumps({**GOOD, "sub": "grace"}).encode()).rstrip(b"=").decode()
    assert refused_check(f"{header}.{claims}.{signature}") == "signature"
