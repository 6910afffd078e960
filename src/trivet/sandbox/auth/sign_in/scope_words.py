"""What each scope means, in words for the pages about consents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivet.sandbox.world.scopes import (
    AUTH,
    COMPUTE_CLIENT,
    FLOWS_CLIENT,
    GROUPS,
    SEARCH,
    TIMERS_CLIENT,
    TRANSFER,
    URL,
    URN,
)

if TYPE_CHECKING:
    from trivet.sandbox.world import World

WORDS = {
    "openid": "Know who you are, by your Globus identity",
    "profile": "See your name, username and organization",
    "email": "See your email address",
    f"{URN}{AUTH}:view_identity_set": "See the other identities linked to your account",
    f"{URN}{AUTH}:view_identities": "Look up identities in Globus",
    f"{URN}{AUTH}:view_consents": "See which consents you have given",
    f"{URN}{AUTH}:manage_projects": "Manage your projects and registered applications",
    f"{URN}{TRANSFER}:all": "Find collections, look into them, and transfer files for you",
    f"{URN}{TRANSFER}:gcp_install": "Set up Globus Connect Personal for you",
    f"{URN}{GROUPS}:all": "See and manage your groups",
    f"{URN}{GROUPS}:view_my_groups_and_memberships": "See your groups",
    f"{URN}{SEARCH}:all": "Search, and manage your search indexes",
    f"{URN}{SEARCH}:search": "Search for you",
    f"{URL}{FLOWS_CLIENT}/all": "Run and manage flows for you",
    f"{URL}{TIMERS_CLIENT}/timer": "Set up timers that act for you",
    f"{URL}{COMPUTE_CLIENT}/all": "Run functions for you",
}


COLLECTION_WORDS = {
    "data_access": "Read and change your data on “{}”",
    "https": "Download and upload your data on “{}” in the browser",
}


def in_words(name: str, world: World) -> str:
    """Return a sentence for the scope *name*; an unlisted one is described by the service it belongs to."""
    if name in WORDS:
        return WORDS[name]
    if name.startswith(URN):
        return f"Use {name.removeprefix(URN).rpartition(':')[0]} for you"
    owner, _, last = name.removeprefix(URL).partition("/")
    collection = world.collection(owner)
    if collection is not None and last in COLLECTION_WORDS:
        return COLLECTION_WORDS[last].format(collection.display_name)
    scope = world.scopes.named(name)
    if scope is not None and world.client(scope.client_id) is not None:
        return scope.description
    return f"Use the service behind {name.removeprefix(URL)}"
