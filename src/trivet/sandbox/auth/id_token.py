"""ID tokens: RS512, 48 hours, with the claims Globus puts in (OpenID Connect Core section 2)."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any

from trivet.sandbox.auth.claims import person_claims
from trivet.sandbox.script.id_tokens import perform
from trivet.sandbox.script.new_key import ALGORITHM

if TYPE_CHECKING:
    from trivet.sandbox.world import World
    from trivet.sandbox.world.tokens import Token

ID_TOKEN_SECONDS = 172_800
"""``exp`` minus ``iat`` in the SDK's sample token."""


def id_token(access_token: Token, nonce: str | None, world: World) -> str:
    """Return the signed ID token that goes with *access_token*, changed if a test has scripted it so."""
    from joserfc import jwt

    claims = id_token_claims(access_token, nonce, world)
    key = world.keys.current
    header: dict[str, Any] = {"alg": ALGORITHM, "kid": key.kid}
    line = world.id_token_script.next()
    if line is not None:
        return perform(line, claims, header, key)
    return jwt.encode(header, claims, key, algorithms=[ALGORITHM])


def id_token_claims(access_token: Token, nonce: str | None, world: World) -> dict[str, Any]:
    now = int(world.now())
    claims = {
        "iss": world.issuer,
        "aud": access_token.client_id,
        "iat": now,
        "exp": now + ID_TOKEN_SECONDS,
        "at_hash": at_hash(access_token.value),
        **person_claims(access_token.grant.person, access_token.scopes, world),
    }
    if nonce is not None:
        claims["nonce"] = nonce
    return claims


def at_hash(access_token: str) -> str:
    """Return the left half of the token's SHA-512, base64url (OpenID Connect Core section 3.1.3.6)."""
    digest = hashlib.sha512(access_token.encode()).digest()
    return base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()
