"""``endpoint_search``: which collections match (Globus docs: Endpoint and Collection Search)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from trivet.sandbox.http.commas import between_commas
from trivet.sandbox.transfer.endpoint_document import endpoint_document
from trivet.sandbox.transfer.errors import bad_request
from trivet.sandbox.transfer.whole_numbers import whole_number
from trivet.sandbox.world.collections import ENTITY_TYPES, Collection

if TYPE_CHECKING:
    from trivet.sandbox.world import World
    from trivet.sandbox.world.people import Person

MAX_PAGE = 100
MAX_RESULTS = 1000
"""Search never shows more than this many results in total, however far one pages."""

SCOPES_BY_OWNER = ("my-endpoints", "my-gcp-endpoints", "shared-by-me")

Test = Callable[[Collection], bool]


def search(params: Mapping[str, str], person: Person, world: World) -> dict[str, Any]:
    """Return the page of results that *params* ask for.

    Raises:
        TransferError: 400 for a search of everything without words, or for a value that means nothing.
    """
    limit = whole_number(params, "limit", default=MAX_PAGE, least=1, most=MAX_PAGE)
    offset = whole_number(params, "offset", default=0, least=0, most=MAX_RESULTS)
    scope, words = params.get("filter_scope") or "all", params.get("filter_fulltext", "")
    if scope == "all" and not words.strip():
        raise bad_request("filter_fulltext is required when filter_scope is 'all'")
    _check(params, scope)
    found = [each for each in _in_scope(scope, person, world) if _matches(each, words, params)]
    found, in_use = found[:MAX_RESULTS], world.tasks.in_use(person)
    return {
        "DATA_TYPE": "endpoint_list",
        "offset": offset,
        "limit": limit,
        "has_next_page": offset + limit < len(found),
        "DATA": [endpoint_document(each, person, in_use=each.id in in_use) for each in found[offset : offset + limit]],
    }


def _check(params: Mapping[str, str], scope: str) -> None:
    """Refuse filters that mean nothing, or nothing together (``globus_sdk.TransferClient.endpoint_search``)."""
    kinds = between_commas(params.get("filter_entity_type", ""))
    non_functional = params.get("filter_non_functional") or None
    if scope in SCOPES_BY_OWNER and params.get("filter_owner_id"):
        raise bad_request(f"filter_owner_id conflicts with filter_scope '{scope}'")
    if any(each not in (*ENTITY_TYPES, "GCSv5_endpoint") for each in kinds):
        raise bad_request(f"filter_entity_type is one of: {', '.join((*ENTITY_TYPES, 'GCSv5_endpoint'))}")
    if non_functional is not None and (kinds or non_functional.casefold() not in ("0", "1", "false", "true")):
        raise bad_request("filter_non_functional is 0 or 1, and conflicts with filter_entity_type")


def _in_scope(scope: str, person: Person, world: World) -> list[Collection]:
    used, in_use = world.recently_used.get(person.sub, {}), world.tasks.in_use(person)
    tests: dict[str, Test] = {
        "all": lambda _: True,
        "hide-no-permissions": lambda _: True,
        "my-endpoints": lambda each: each.owner == person,
        "my-gcp-endpoints": lambda each: each.owner == person and each.entity_type == "GCP_mapped_collection",
        "administered-by-me": lambda each: each.owner == person,
        "shared-with-me": lambda each: person in (*each.shared_with, *each.writable_by),
        "shared-by-me": lambda each: each.owner == person and each.entity_type.endswith("guest_collection"),
        "recently-used": lambda each: each.id in used,
        "in-use": lambda each: each.id in in_use,
    }
    if scope not in tests:
        raise bad_request(f"filter_scope is none of: {', '.join(tests)}")
    visible = [each for each in world.collections.values() if each.is_visible_to(person) and tests[scope](each)]
    if scope == "recently-used":
        return sorted(visible, key=lambda each: -used[each.id])
    return sorted(visible, key=lambda each: each.display_name.casefold())


def _matches(collection: Collection, words: str, params: Mapping[str, str]) -> bool:
    owner = params.get("filter_owner_id")
    entity_types = between_commas(params.get("filter_entity_type", ""))
    return (
        _has_words(collection, words)
        and (not owner or collection.owner.is_called(owner))
        and (not entity_types or collection.entity_type in entity_types)
        and not params.get("filter_host_endpoint")  # our guest collections name no host
        and params.get("filter_non_functional", "").casefold() not in ("1", "true")
    )


def _has_words(collection: Collection, words: str) -> bool:
    """Say whether every word begins some word of the collection's texts."""
    fields = (
        collection.display_name,
        collection.description,
        collection.organization,
        collection.owner.username,
        collection.id,
        *collection.keywords,
    )
    present = [*fields, *re.findall(r"\w+", " ".join(fields))]
    folded = [each.casefold() for each in present]
    return all(any(each.startswith(word) for each in folded) for word in words.casefold().split())
