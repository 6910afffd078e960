"""
ID tokens: proof of who signed in, checked by ourselves.

The SDK's decoder takes the first key whatever the token's ``kid`` says, and does not look at ``iss``, ``nonce`` or
``at_hash``. We check everything that OpenID Connect Core, section 3.1.3.7 asks of a client; each refusal names its
check.
"""

import hashlib
import hmac
from collections.abc import Callable
from typing import Any

from trivet.errors import IdTokenRefused
from trivet.protocol import base64url
from trivet.tokens import AccessToken

ALGORITHM = "RS512"  # the only one that Globus Auth announces
LEEWAY_SECONDS = 300  # clocks of real servers differ; the vendor's tools settled on this after failures in the field

# The claims are ours to judge, against our own clock.
_SIGNATURE_ONLY: Any = {f"verify_{claim}": False for claim in ("exp", "nbf", "iat", "aud", "iss", "sub", "jti")}


def verify(
    id_token: str,
    *,
    signing_key: Callable[[str | None], Any],
    issuer: str,
    client_id: str,
    nonce: str,
    access_token: AccessToken,
    now: float,
) -> dict[str, Any]:
    """
    Return the claims of an ID token that proves what it says.

    Args:
        id_token: the token as Globus sent it.
        signing_key: gives the public key for a ``kid``, or None for an unknown one.
        issuer: what ``iss`` has to be, to the letter.
        client_id: whom it has to be for.
        nonce: what we sent with this attempt.
        access_token: the one that came in the same response, for ``at_hash``.
        now: seconds since the epoch.

    Raises:
        IdTokenRefused: a check fails; ``data["check"]`` names it.
    """
    claims = _verified_signature(id_token, signing_key)
    _check("iss", claims.get("iss") == issuer)
    _check("aud", claims.get("aud") in (client_id, [client_id]))
    _check("azp", claims.get("azp", client_id) == client_id)
    _check("sub", _is_subject(claims.get("sub")))
    _check("exp", _is_number(claims.get("exp")) and now < claims["exp"] + LEEWAY_SECONDS)
    _check("iat", _is_number(claims.get("iat")) and claims["iat"] - LEEWAY_SECONDS <= now)
    _check("nbf", _is_number(claims.get("nbf", 0)) and claims.get("nbf", 0) - LEEWAY_SECONDS <= now)
    _check("nonce", _same(claims.get("nonce"), nonce))
    # Optional in this flow (section 3.1.3.6), but where it is it must fit.
    _check("at_hash", "at_hash" not in claims or _same(claims["at_hash"], at_hash(access_token)))
    return claims


def at_hash(access_token: AccessToken) -> str:
    """Return what ``at_hash`` has to be: the left half of the token's SHA-512, for RS512 (section 3.1.3.6)."""
    return base64url(hashlib.sha512(access_token.reveal().encode()).digest()[:32])


def _verified_signature(id_token: str, signing_key: Callable[[str | None], Any]) -> dict[str, Any]:
    import jwt

    try:
        header = jwt.get_unverified_header(id_token)
        _check("alg", header.get("alg") == ALGORITHM)
        key = signing_key(header.get("kid"))
        _check("kid", key is not None)
        return jwt.decode(id_token, key, algorithms=[ALGORITHM], options=_SIGNATURE_ONLY)
    except (jwt.PyJWTError, ValueError):
        # A ValueError for what is not even text that can be encoded. `from None`: the message may quote the token.
        raise _refused("signature") from None


def _check(name: str, holds: bool) -> None:
    if not holds:
        raise _refused(name)


def _refused(check: str) -> IdTokenRefused:
    return IdTokenRefused(
        f"The ID token that Globus sent does not pass the check of its {check!r}.",
        hint="Sign in once more; if it happens again, tell the people who run this site.",
        check=check,
    )


def _is_subject(value: object) -> bool:
    """Tell whether *value* is what OpenID Connect Core, section 2 calls a subject: 255 ASCII characters at most."""
    return isinstance(value, str) and 0 < len(value) <= 255 and value.isascii() and value.isprintable()


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _same(value: object, expected: str) -> bool:
    return isinstance(value, str) and value.isascii() and hmac.compare_digest(value, expected)
