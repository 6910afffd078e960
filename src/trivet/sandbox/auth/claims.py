"""What Globus says about a person, by scope; the same answers for userinfo and the ID token."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trivet.sandbox.world.scopes import VIEW_IDENTITY_SET

if TYPE_CHECKING:
    from collections.abc import Collection

    from trivet.sandbox.world import World
    from trivet.sandbox.world.people import Identity, Person


def person_claims(person: Person, granted: Collection[str], world: World) -> dict[str, Any]:
    """Return the claims that the *granted* scopes open (Globus docs: Globus Auth API Reference, userinfo)."""
    claims: dict[str, Any] = {"sub": person.sub}
    seen = [world.last_authentication[each.id] for each in person.identities if each.id in world.last_authentication]
    claims["last_authentication"] = int(max(seen)) if seen else None
    if not world.switches.identity_set_needs_its_scope or VIEW_IDENTITY_SET in granted:
        claims["identity_set"] = [identity_entry(each, world) for each in person.identities]
    if "profile" in granted:
        claims.update(profile_claims(person))
    if "email" in granted:
        claims["email"] = person.email
    return claims


def profile_claims(person: Person) -> dict[str, Any]:
    primary = person.primary
    return {
        "preferred_username": primary.username,
        "name": primary.name,
        "organization": primary.organization,
        "identity_provider": primary.identity_provider,
        "identity_provider_display_name": primary.idp,
    }


def identity_entry(identity: Identity, world: World) -> dict[str, Any]:
    """Return one entry of ``identity_set``; ``last_authentication`` is epoch seconds, or None for never."""
    last = world.last_authentication.get(identity.id)
    return {
        "sub": identity.id,
        "username": identity.username,
        "name": identity.name,
        "email": identity.email,
        "organization": identity.organization,
        "identity_provider": identity.identity_provider,
        "identity_provider_display_name": identity.idp,
        "last_authentication": None if last is None else int(last),
    }
