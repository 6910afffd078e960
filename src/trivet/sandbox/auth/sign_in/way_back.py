"""The link back to an application, on pages that people may have come to from one (Globus docs: Helper Pages, Auth)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivet.sandbox.world.web_addresses import is_web_address

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trivet.sandbox.world import World
    from trivet.sandbox.world.clients import Client


def link_from(args: Mapping[str, str], world: World) -> tuple[Client | None, str | None]:
    """Return the application named in the query *args*, and the address to link to; either may be missing.

    The vendor's older samples say ``client``, the documentation ``client_id``.
    """
    client = world.client(args.get("client_id") or args.get("client"))
    return client, _link(args.get("redirect_uri"), client, world)


def _link(address: str | None, client: Client | None, world: World) -> str | None:
    """Return *address* if it may become a link: http or https only, so that no script hides in it."""
    if not address or not is_web_address(address):
        return None
    if world.switches.check_logout_redirect_uri and (client is None or address not in client.redirect_uris):
        return None
    return address
