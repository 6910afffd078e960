"""Change who there is: add people, rename them, link their identities and take links apart. Call it with the lock.

Everybody else sees it at once: the account picker, the directory, tokens that are alive (``userinfo``,
``identity_set``). ``World.reset`` undoes all of it. Usernames and ids never change.

What an identity did stays with it, its consents and its places in groups. Who moves it elsewhere ends the sign-ins and
the tokens that rest on it, for they say that it is somebody else's.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from trivet.sandbox.world.clients import CLIENT_IDENTITIES
from trivet.sandbox.world.people import LONGEST_TEXT, Account, Identity, Person, is_username
from trivet.sandbox.world.room import check_room

if TYPE_CHECKING:
    from trivet.sandbox.world import World
    from trivet.sandbox.world.people import IdentityProvider

MAX_IDENTITIES = 2_000
"""Of all people together, and so of people."""


class AccountError(ValueError):
    """People cannot be changed like that; the message says why."""


def add_person(world: World, identity: Identity) -> Person:
    """Let somebody new have *identity*, a new one, and its name."""
    person = Person(_free_key(world, identity.username), Account(identity.name, (identity,)))
    world.people[person.key] = person
    return person


def new_identity(
    world: World, identity_id: str, username: str, *, name: str, email: str | None, organization: str | None
) -> Identity:
    """Return a new identity; one that was provisioned for that username before keeps the id it had then.

    Raises:
        AccountError: the username is none, is taken, or its provider is not here; or a text is too long.
        FullError: there are too many already.
    """
    check_room([each for person in world.people.values() for each in person.identities], MAX_IDENTITIES, "identities")
    provider = _provider_of(world, username)
    listed = world.directory.named(username)
    if listed is not None and listed.used:
        raise AccountError(f"{username} is somebody's already.")
    if listed is None and world.directory.find(identity_id) is not None:
        raise AccountError(f"The id that follows from {username} is taken.")
    made = Identity(listed.identity.id if listed else identity_id, username, "", None, None, provider)
    described = _described(made, name, email, organization)
    if listed is not None:
        world.directory.claim(listed.identity)
    return described


def rename(person: Person, name: str) -> None:
    """Give *person* another name; their identities keep theirs.

    Raises:
        AccountError: it is empty or too long.
    """
    person.account.name = _text("name", name)


def describe(world: World, identity: Identity, *, name: str, email: str | None, organization: str | None) -> None:
    """Change what is known about *identity*.

    Raises:
        AccountError: the name is empty, or a text too long.
    """
    account = _owner(world, identity).account
    new = _described(identity, name, email, organization)
    account.identities = tuple(new if each == identity else each for each in account.identities)


def make_primary(world: World, identity: Identity) -> None:
    """Let applications that have not seen this person yet see *identity* first."""
    account = _owner(world, identity).account
    account.identities = (identity, *(each for each in account.identities if each != identity))


def link(world: World, person: Person, identity: Identity) -> None:
    """Link *identity*, a new one or somebody else's, to *person*. Who has no other identity is nobody from then on.

    Raises:
        AccountError: it is the only one of somebody who owns collections.
    """
    found = world.find_identity(identity.id)
    if found is not None and found[0] == person:
        return
    if found is not None:
        owned = [each.display_name for each in world.collections.values() if each.owner == found[0]]
        if len(found[0].identities) == 1 and owned:
            raise AccountError(f"It is the only identity of {found[0].name}, who owns “{owned[0]}”.")
        _take_away(world, *found)
    person.account.identities += (identity,)


def unlink(world: World, identity: Identity) -> Person:
    """Make *identity* somebody of its own, and return them.

    Raises:
        AccountError: it is linked to no other.
    """
    person = _owner(world, identity)
    if len(person.identities) == 1:
        raise AccountError(f"{identity.username} is linked to no other identity.")
    _take_away(world, person, identity)
    return add_person(world, identity)


def _take_away(world: World, person: Person, identity: Identity) -> None:
    """Take *identity* from *person*, with the tokens, codes and sign-ins that rest on it."""
    for token in world.tokens.all():
        if token.sub == identity.id:
            token.revoke(f"{identity.username} was linked to somebody else or to nobody")
    for code in world.codes.all():
        if code.person.sub == identity.id:
            world.codes.forget(identity.id, code.request.client.id)
    for browser in list(world.browsers):
        if browser.person == person and browser.has_seen(identity):
            world.browsers.forget(browser.id)
    person.account.identities = tuple(each for each in person.account.identities if each != identity)
    if not person.account.identities:
        del world.people[person.key]


def _owner(world: World, identity: Identity) -> Person:
    found = world.find_identity(identity.id)
    if found is None:
        raise AccountError(f"{identity.username} is nobody's.")
    return found[0]


def _provider_of(world: World, username: str) -> IdentityProvider:
    if not is_username(username):
        raise AccountError("A username is a name and a domain, such as ada@uni.example.")
    domain = username.rpartition("@")[2]
    providers = [each for each in world.directory.providers.values() if each != CLIENT_IDENTITIES]
    for each in providers:
        if each.domain == domain:
            return each
    raise AccountError(f"No identity provider has {domain}. There are: {', '.join(each.domain for each in providers)}.")


def _described(identity: Identity, name: str, email: str | None, organization: str | None) -> Identity:
    return replace(
        identity,
        name=_text("name", name),
        email=_text("email", email) if email else None,
        organization=_text("organization", organization) if organization else None,
    )


def _text(what: str, value: str) -> str:
    if not value.strip() or len(value) > LONGEST_TEXT or not value.isprintable():
        raise AccountError(f"The {what} is one line of text, with {LONGEST_TEXT} characters at most.")
    return value.strip()


def _free_key(world: World, username: str) -> str:
    """Return a name as in a seed: what stands before the domain, with a number if that is taken."""
    stem = re.sub(r"[^a-z0-9]+", "-", username.partition("@")[0].lower()).strip("-") or "person"
    names = (stem if number == 1 else f"{stem}-{number}" for number in range(1, len(world.people) + 2))
    return next(name for name in names if name not in world.people)
