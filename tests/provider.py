"""Globus Auth as a small model: it remembers every token it has issued, and can be out of order or answer late."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from trivet.errors import GlobusUnavailable, LoginNeeded
from trivet.id_token import ALGORITHM
from trivet.tokens import RefreshToken, Secret

AUTH, TRANSFER = "auth.globus.org", "transfer.api.globus.org"
LIFETIME_SECONDS = 172_800
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class Issued:
    """One token string, as the provider knows it."""

    sub: str
    resource_server: str
    kind: str
    expires_at: float
    revoked: bool = False


class Provider:
    """
    What the core calls of `GlobusAuth`, in memory.

    ``meanwhile`` runs once, between the next exchange or refresh and its answer. ``sharing`` gives a person who signs
    in again the access tokens they have, which nobody knows Globus not to do. ``rotating`` changes refresh tokens.
    """

    client_id = "5b0f0000-0000-4000-8000-000000000000"
    url = issuer = "https://auth.example"

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.issued: dict[str, Issued] = {}
        self.out_of_order = False
        self.sharing = False
        self.rotating = False
        self.meanwhile: Callable[[], object] | None = None
        self.codes: dict[str, tuple[str, str, tuple[str, ...]]] = {}  # code -> sub, nonce and resource servers

    def signing_key(self, _kid: str | None) -> Any:
        return KEY.public_key()

    def sign_in(self, sub: str, nonce: str, resource_servers: tuple[str, ...]) -> str:
        """Return a code, as if that person had signed in; it will give tokens for those."""
        code = f"code-{len(self.codes)}"
        self.codes[code] = (sub, nonce, resource_servers)
        return code

    def exchange(self, *, code: str, redirect_uri: str, code_verifier: str) -> dict[str, Any]:
        assert redirect_uri
        assert code_verifier
        self._be_there()
        sub, nonce, servers = self.codes[code]
        first, *others = (self._entry(sub, server, self._new_refresh_token(sub, server)) for server in servers)
        self._be_late()
        return first | {"id_token": self._id_token(sub, nonce), "other_tokens": others}

    def refresh(self, refresh_token: RefreshToken) -> dict[str, Any]:
        self._be_there()
        string = refresh_token.reveal()
        known = self.issued[string]
        if not self.is_good(string):
            raise LoginNeeded("The grant has ended.")
        if self.rotating:
            known.revoked = True
            string = self._new_refresh_token(known.sub, known.resource_server)
        entry = self._entry(known.sub, known.resource_server, string, new=True)
        self._be_late()
        return entry

    def is_active(self, token: Secret) -> bool:
        self._be_there()
        return self.is_good(token.reveal())

    def revoke(self, token: Secret) -> None:
        self._be_there()
        self.issued[token.reveal()].revoked = True

    def close(self) -> None:
        """Let go of the calling thread's connections: there are none."""

    def is_good(self, string: str) -> bool:
        token = self.issued[string]
        return not token.revoked and self._clock() < token.expires_at

    def _be_there(self) -> None:
        if self.out_of_order:
            raise GlobusUnavailable("It gives no answer.")

    def _be_late(self) -> None:
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile:
            meanwhile()

    def _issue(self, sub: str, resource_server: str, kind: str, seconds: float) -> str:
        string = f"{kind}-{len(self.issued)}"
        self.issued[string] = Issued(sub, resource_server, kind, self._clock() + seconds)
        return string

    def _new_refresh_token(self, sub: str, resource_server: str) -> str:
        return self._issue(sub, resource_server, "refresh", 180 * 86_400)

    def _access_token(self, sub: str, resource_server: str, *, new: bool) -> str:
        if self.sharing and not new:
            for string, token in self.issued.items():
                alike = (token.sub, token.resource_server, token.kind) == (sub, resource_server, "access")
                if alike and self.is_good(string):
                    return string
        return self._issue(sub, resource_server, "access", LIFETIME_SECONDS)

    def _entry(self, sub: str, resource_server: str, refresh_token: str, *, new: bool = False) -> dict[str, Any]:
        access_token = self._access_token(sub, resource_server, new=new)
        return {
            "access_token": access_token, "refresh_token": refresh_token, "resource_server": resource_server,
            "scope": resource_server, "token_type": "Bearer",
            "expires_in": int(self.issued[access_token].expires_at - self._clock()),
        }  # fmt: skip

    def _id_token(self, sub: str, nonce: str) -> str:
        now = int(self._clock())
        claims = {
            "iss": self.issuer, "aud": self.client_id, "sub": sub, "nonce": nonce,
            "iat": now, "exp": now + LIFETIME_SECONDS,
        }  # fmt: skip
        return jwt.api_jws.encode(json.dumps(claims).encode(), KEY, algorithm=ALGORITHM, headers={"kid": "1"})
