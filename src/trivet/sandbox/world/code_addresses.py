"""Which addresses may receive a client's codes.

Registered ones, byte for byte (RFC 9700 section 2.1): a slash or a capital letter more is another address. Programs on
people's own computers register none: they listen at whatever port of loopback is free (RFC 8252 section 7.3), as
globus-cli and ``globus_sdk.login_flows`` do, or let the person copy the code from a page of Globus's own.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trivet.sandbox.world import World
    from trivet.sandbox.world.clients import Client

AUTH_CODE_PAGE = "/v2/web/auth-code"

_LOOPBACK = re.compile(r"http://(localhost|127\.0\.0\.1):(?P<port>[0-9]{1,5})(?P<path>(/[^#\s]*)?)", re.ASCII)


def may_receive_codes(address: str, client: Client, world: World) -> bool:
    """Say whether a code for *client* may be sent to *address*."""
    if address in client.redirect_uris:
        return True
    if address == world.issuer + AUTH_CODE_PAGE:
        return client.is_public or client.is_native
    return client.is_native and _is_loopback(address, any_path=world.switches.loopback_with_any_path)


def _is_loopback(address: str, *, any_path: bool) -> bool:
    found = _LOOPBACK.fullmatch(address)
    return found is not None and 0 < int(found["port"]) < 65_536 and (any_path or not found["path"])
