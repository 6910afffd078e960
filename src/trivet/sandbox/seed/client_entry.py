"""One application of a seed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivet.sandbox.seed.reading import seed_id
from trivet.sandbox.world.clients import CONFIDENTIAL, GRANT_TYPES, INSTALLED, Client, Credential, new_secret
from trivet.sandbox.world.web_addresses import is_redirect_address

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trivet.sandbox.seed.entry import Entry
    from trivet.sandbox.world.people import IdentityProvider

SHORT_TYPES = {"confidential": CONFIDENTIAL, "public": INSTALLED}
"""Client types by the names most people know them by; Globus's own names do as well."""


def read_client(key: str, entry: Entry, providers: Mapping[str, IdentityProvider]) -> Client:
    """Return the client; its ``scopes`` are left for ``service_scopes.py``, its ``project`` for ``settling.py``."""
    kind = entry.choice("type", (*SHORT_TYPES, *GRANT_TYPES), "confidential")
    client = Client(
        key=key,
        id=entry.id(seed_id("client", key)),
        name=entry.text("name"),
        client_type=SHORT_TYPES.get(kind, kind) if kind else CONFIDENTIAL,
        redirect_uris=_redirect_uris(entry),
        required_idp=_provider("required_idp", entry, providers),
        preselect_idp=_provider("preselect_idp", entry, providers),
        parent_client=entry.optional_id("parent_client"),
        from_template=entry.flag("from_template"),
        visibility=entry.choice("visibility", ("private", "public"), "private"),
        terms_and_conditions=entry.optional_text("terms_and_conditions"),
        privacy_policy=entry.optional_text("privacy_policy"),
    )
    secret, others = entry.optional_text("secret"), entry.texts("other_secrets")
    if not client.is_public:
        secrets = (secret or new_secret(), *others)
        client.credentials += [Credential(client.id, "From the seed", each) for each in secrets]
    elif secret is not None or others:
        entry.problem("a public client has no secret", "secret")
    return client


def _redirect_uris(entry: Entry) -> list[str]:
    found = entry.texts("redirect_uris")
    for number, address in enumerate(found):
        if not is_redirect_address(address):
            entry.problem(f"not https, nor http on localhost, or with a fragment: {address}", "redirect_uris", number)
    return found


def _provider(field: str, entry: Entry, providers: Mapping[str, IdentityProvider]) -> str | None:
    found = providers.get(entry.choice(field, tuple(providers), ""))
    return found.id if found else None
