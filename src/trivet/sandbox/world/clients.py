"""Registered applications. The ``check_...`` and ``get_...`` methods are the questions Authlib asks of a client."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field

GRANT_TYPES = ("authorization_code", "refresh_token")


@dataclass
class Client:
    """One application. ``secret`` is None for a public client, which must use PKCE instead."""

    key: str
    id: str
    name: str
    secret: str | None = field(repr=False)
    redirect_uris: list[str] = field(default_factory=list)

    @property
    def is_public(self) -> bool:
        return self.secret is None

    def get_client_id(self) -> str:
        return self.id

    def get_default_redirect_uri(self) -> None:
        """There is none: Globus requires ``redirect_uri`` in every request."""

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        """Compare byte for byte (RFC 9700 section 2.1); a slash or a capital letter more is another address."""
        return redirect_uri in self.redirect_uris

    def check_client_secret(self, client_secret: str) -> bool:
        return self.secret is not None and hmac.compare_digest(self.secret.encode(), client_secret.encode())

    def check_endpoint_auth_method(self, method: str, _endpoint: str) -> bool:
        return (method == "none") == self.is_public

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in GRANT_TYPES
