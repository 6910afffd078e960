"""A collection as Transfer describes it (Globus docs: Transfer API; SDK fixture ``get_endpoint``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from trivet.sandbox.world.collections import Collection
    from trivet.sandbox.world.people import Person


def endpoint_document(collection: Collection, person: Person, *, in_use: bool) -> dict[str, Any]:
    """Return the document *person* sees; their roles in it and whether tasks of theirs use it depend on them."""
    personal = collection.entity_type.startswith("GCP_")
    owner = collection.owner.primary
    return {
        "DATA_TYPE": "endpoint",
        "id": collection.id,
        "display_name": collection.display_name,
        "name": collection.id,
        "canonical_name": f"{owner.username}#{collection.id}",
        "owner_id": owner.id,
        "owner_string": owner.username,
        "username": owner.username,
        "entity_type": collection.entity_type,
        "description": collection.description or None,
        "organization": collection.organization or None,
        "department": None,
        "keywords": ", ".join(collection.keywords) or None,
        "contact_email": owner.email,
        "contact_info": None,
        "info_link": None,
        "public": collection.public,
        "default_directory": collection.default_directory,
        "my_effective_roles": ["administrator"] if collection.owner == person else [],
        "in_use": in_use,
        **_assurance(collection),
        "is_globus_connect": personal,
        "gcp_connected": True if personal else None,
        "gcp_paused": False if personal else None,
        "network_use": "normal" if personal else None,
        **_constants(),
    }


def _assurance(collection: Collection) -> dict[str, Any]:
    """Return what the collection says of its demands; which identity or domain it wants shows only when it refuses."""
    demanded = collection.assurance
    within = demanded.condition.within if demanded else None
    return {
        "high_assurance": demanded is not None,
        "mfa_required": demanded is not None and demanded.condition.mfa,
        "authentication_timeout_mins": None if within is None else int(within // 60),
        "authentication_policy_id": demanded.policy_id if demanded else None,
    }


def _constants() -> dict[str, Any]:
    """Return the fields that are the same for all our collections: none is hosted elsewhere, shared or paused."""
    nothing = (
        "acl_max_expiration_period_mins",
        "gcs_version",
        "host_endpoint",
        "host_endpoint_id",
        "host_endpoint_display_name",
        "host_path",
        "last_accessed_time",
        "local_user_info_available",
        "location",
        "mapped_collection_id",
        "mapped_collection_display_name",
        "max_concurrency",
        "max_parallelism",
        "preferred_concurrency",
        "preferred_parallelism",
        "user_message",
        "user_message_link",
        "https_server",
        "tlsftp_server",
        "gcs_manager_url",
        "subscription_id",
        "globus_connect_setup_key",
        "s3_url",
        "myproxy_server",
        "myproxy_dn",
        "oauth_server",
        "non_functional_endpoint_display_name",
        "non_functional_endpoint_id",
    )
    no = (
        "force_encryption",
        "force_verify",
        "disable_verify",
        "disable_anonymous_writes",
        "non_functional",
        "shareable",
        "acl_available",
        "acl_editable",
        "requester_pays",
        "s3_owner_activated",
        "french_english_bilingual",
    )
    # Endpoint activation is history, but its fields still come with every document.
    activation: dict[str, Any] = {"activated": False, "expires_in": -1, "expire_time": None, "DATA": []}
    return {**dict.fromkeys(nothing), **dict.fromkeys(no, False), **activation}
