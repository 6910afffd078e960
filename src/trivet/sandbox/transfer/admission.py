"""Who may do what: whose token this is, whether they see a collection, and whether they may touch its files.

Every operation on a collection's files comes through ``admit``: listing, looking at one, making, renaming and deleting
them, and being the source or the destination of a transfer. A further condition on access belongs there, and nowhere
else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivet.sandbox.http.bearer import bearer_token
from trivet.sandbox.http.record import note
from trivet.sandbox.transfer.demands import consent_required, login_failed, policy_failed
from trivet.sandbox.transfer.errors import TransferError
from trivet.sandbox.world.condition_words import demand
from trivet.sandbox.world.scopes import TRANSFER, TRANSFER_ALL, data_access

if TYPE_CHECKING:
    from trivet.sandbox.world import World
    from trivet.sandbox.world.collections import Assurance, Collection
    from trivet.sandbox.world.people import Person
    from trivet.sandbox.world.tokens import Token


def signed_in(world: World) -> Token:
    """Return the token this request carries; ``token.grant.person`` is whose it is.

    Raises:
        TransferError: 401 without a token for Transfer; 403 ``ConsentRequired`` if it lacks the scope ``all``.
    """
    token = bearer_token(world, TRANSFER)
    if token is None:
        raise TransferError(401, "AuthenticationFailed", "No active access token for Transfer came with this request")
    if TRANSFER_ALL not in token.scopes:
        note(reason=f"The token carries {' '.join(token.scopes)}, and this needs {TRANSFER_ALL}.")
        raise consent_required("The token lacks the scope this operation needs", TRANSFER_ALL)
    return token


def visible_collection(world: World, person: Person, collection_id: str) -> Collection:
    """Return the collection, for describing it.

    Raises:
        TransferError: 404 if there is none, 403 if it is not for *person*.
    """
    collection = world.collection(collection_id)
    if collection is None:
        raise TransferError(404, "EndpointNotFound", f"No such endpoint '{collection_id}'")
    if not collection.is_visible_to(person):
        note(reason=f"“{collection.display_name}” is shared with others, and not with {person.username}.")
        raise TransferError(403, "PermissionDenied", f"You have no access to endpoint '{collection_id}'")
    return collection


def admit(world: World, token: Token, collection_id: str, *, to_write: bool = False) -> Collection:
    """Return the collection, for reading its files or, with *to_write*, changing them. Call it with the world's lock.

    Raises:
        TransferError: 404 if there is none, 403 if its files are not for the holder of *token*, or not yet; 502 if it
            is the session that has to be another.
    """
    person = token.grant.person
    collection = visible_collection(world, person, collection_id)
    if collection.assurance is not None:
        _check_session(world, token, collection, collection.assurance)
    if collection.takes_data_access:
        _check_data_access(world, token, collection)
    if to_write and not collection.is_writable_by(person):
        note(reason=f"{person.username} may read “{collection.display_name}”, and not write there.")
        message = f"Denied by endpoint: you may read but not write on endpoint '{collection_id}'"
        raise TransferError(403, "EndpointPermissionDenied", message)
    world.recently_used.setdefault(person.sub, {})[collection.id] = world.now()
    return collection


def _check_session(world: World, token: Token, collection: Collection, assurance: Assurance) -> None:
    """Let the person pass if the session of their token is what a collection of high assurance demands.

    Raises:
        TransferError: 403 ``AuthPolicyFailed``, also for a policy that is gone; 502 ``...LoginFailed`` for the rest.
    """
    person, session = token.grant.person, token.grant.authentications.values()
    if assurance.policy_id is not None:
        policy = world.policies.find(assurance.policy_id)
        if policy is None or not world.meets(person, session, policy.condition):
            named = f"the policy “{policy.display_name}”" if policy else "a policy that does not exist any more"
            note(reason=f"“{collection.display_name}” asks for {named}, which the session does not meet.")
            raise policy_failed(assurance.policy_id)
    if not world.meets(person, session, assurance.condition):
        demanded = demand(assurance.condition, world)
        note(reason=f"“{collection.display_name}” asks for {demanded}, which the token's session does not have.")
        latest = max(session, key=lambda each: each.at, default=None)
        once_more, with_prompt = (
            latest.identity if latest else person.primary,
            world.switches.stale_sessions_demand_prompt,
        )
        raise login_failed(collection, assurance.condition, once_more, with_prompt=with_prompt)


def _check_data_access(world: World, token: Token, collection: Collection) -> None:
    """Let the application pass if the person has agreed that it reaches their data on *collection* through Transfer.

    Raises:
        TransferError: 403 ``ConsentRequired``, naming the scope to ask for.
    """
    grant, wanted = token.grant, data_access(collection.id)
    consent = world.consents.find(token.sub, grant.root_client_id, (*grant.path_to(TRANSFER_ALL), wanted))
    if consent is None:
        application = world.applications.name_of(grant.root_client_id)
        note(
            reason=f"{token.grant.person.username} has not agreed that “{application}” reaches their data on "
            f"“{collection.display_name}” (data_access)."
        )
        raise consent_required("Missing required data_access consent", f"{TRANSFER_ALL}[*{wanted}]")
    consent.last_used = world.now()
