"""Registered applications. The ``check_...`` and ``get_...`` methods are the questions Authlib asks of a client."""

from __future__ import annotations

import hmac
import secrets
import uuid
from dataclasses import dataclass, field

from trivet.sandbox.world.people import Account, Identity, IdentityProvider, Person
from trivet.sandbox.world.room import check_room

CODE = "authorization_code"
REFRESH = "refresh_token"
CLIENT_CREDENTIALS = "client_credentials"
DEPENDENT_TOKEN = "urn:globus:auth:grant_type:dependent_token"  # noqa: S105

CONFIDENTIAL = "confidential_client"
INSTALLED = "public_installed_client"
WEBAPP = "public_webapp_client"
HYBRID = "hybrid_confidential_client_resource_server"

GRANT_TYPES = {
    INSTALLED: (CODE, REFRESH),
    WEBAPP: (CODE, REFRESH),
    CONFIDENTIAL: (CODE, CLIENT_CREDENTIALS, REFRESH),
    "client_identity": (CODE, CLIENT_CREDENTIALS, REFRESH),
    HYBRID: (CODE, CLIENT_CREDENTIALS, REFRESH, DEPENDENT_TOKEN),
    "resource_server": (CODE, CLIENT_CREDENTIALS, REFRESH, DEPENDENT_TOKEN),
    "globus_connect_server": (CODE, CLIENT_CREDENTIALS, REFRESH, DEPENDENT_TOKEN),
}
"""Client type -> what it may do at the token endpoint (SDK fixtures ``create_client`` and ``get_client``)."""

CLIENT_IDENTITIES = IdentityProvider(
    id=str(uuid.uuid5(uuid.NAMESPACE_DNS, "clients.auth.globus.org")),
    display_name="Globus Auth clients",
    domain="clients.auth.globus.org",
)
"""Who vouches for clients that act for themselves; the id is the sandbox's own."""


MAX_CREDENTIALS = 100
"""Of one client."""

MAX_ADDRESSES = 1_000
"""Redirect addresses of one client. Each test may register one, with a port of its own, until a reset comes."""


def new_secret() -> str:
    return secrets.token_urlsafe(32)


@dataclass
class Credential:
    """One secret of a client. ``created`` is epoch seconds; in a seed it has no meaning yet."""

    client_id: str
    name: str
    secret: str = field(default_factory=new_secret, repr=False)
    created: float = 0.0
    id: str = field(default_factory=lambda: str(uuid.uuid4()))


@dataclass
class Client:
    """One application. Public ones have no credentials and must use PKCE instead.

    ``parent_client`` is the template a client was made from, or the client that registered it.
    """

    key: str
    id: str
    name: str
    client_type: str = CONFIDENTIAL
    credentials: list[Credential] = field(default_factory=list)
    redirect_uris: list[str] = field(default_factory=list)
    project: str | None = None
    parent_client: str | None = None
    from_template: bool = False
    visibility: str = "private"
    required_idp: str | None = None
    preselect_idp: str | None = None
    terms_and_conditions: str | None = None
    privacy_policy: str | None = None

    def __post_init__(self) -> None:
        self._itself: Person | None = None

    @property
    def is_public(self) -> bool:
        return self.client_type in (INSTALLED, WEBAPP)

    @property
    def is_native(self) -> bool:
        """Whether it runs on people's own computers: an installed application, or one made from such a template."""
        return self.client_type == INSTALLED or self.from_template

    @property
    def prompt_for_named_grant(self) -> bool:
        """Whether people are asked for a label, to tell this installation from others."""
        return self.client_type == INSTALLED

    @property
    def secret(self) -> str | None:
        """The first secret, as registered; None for a client that has none."""
        return self.credentials[0].secret if self.credentials else None

    @property
    def grant_types(self) -> tuple[str, ...]:
        if self.from_template:
            return GRANT_TYPES[CONFIDENTIAL]
        return GRANT_TYPES[self.client_type]

    def as_person(self) -> Person:
        """Return the identity a client has when it acts for itself: its own id, at a domain for clients.

        It is made once per name, for tokens by the thousand hold it.
        """
        if self._itself is None or self._itself.name != self.name:
            username = f"{self.id}@{CLIENT_IDENTITIES.domain}"
            identity = Identity(self.id, username, self.name, None, None, CLIENT_IDENTITIES)
            self._itself = Person(self.id, Account(self.name, (identity,)))
        return self._itself

    def register(self, redirect_uri: str) -> None:
        """Let people be sent back to *redirect_uri* too.

        Raises:
            FullError: there are too many already.
        """
        if redirect_uri not in self.redirect_uris:
            check_room(self.redirect_uris, MAX_ADDRESSES, "redirect addresses of one application")
            self.redirect_uris.append(redirect_uri)

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_client_secret(self, client_secret: str) -> bool:
        sent = client_secret.encode()
        return any(hmac.compare_digest(each.secret.encode(), sent) for each in self.credentials)

    def check_endpoint_auth_method(self, method: str, _endpoint: str) -> bool:
        return (method == "none") == self.is_public

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in self.grant_types
