"""Everything this pretend Globus knows, behind one lock and one clock; routes act on it and keep nothing themselves."""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from trivet.sandbox.script.carrying import Carrying
from trivet.sandbox.script.faults import Faults
from trivet.sandbox.script.id_tokens import IdTokenScript
from trivet.sandbox.world.applications import Applications
from trivet.sandbox.world.bookmarks import Bookmarks
from trivet.sandbox.world.browsers import Browsers
from trivet.sandbox.world.clock import Clock
from trivet.sandbox.world.codes import Codes
from trivet.sandbox.world.consents import Consents
from trivet.sandbox.world.directory import Directory
from trivet.sandbox.world.durations import seconds_in
from trivet.sandbox.world.groups import Groups
from trivet.sandbox.world.keys import SigningKeys
from trivet.sandbox.world.policies import Policies
from trivet.sandbox.world.projects import Projects
from trivet.sandbox.world.remains import Remains
from trivet.sandbox.world.request_log import RequestLog
from trivet.sandbox.world.scope_register import ScopeRegister
from trivet.sandbox.world.scopes import collection_scopes, standard_scopes
from trivet.sandbox.world.sessions import Authentication
from trivet.sandbox.world.task_book import TaskBook
from trivet.sandbox.world.tokens import TokenBook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from trivet.sandbox.script.faults import Effect, Fault, Target
    from trivet.sandbox.script.in_force import InForce
    from trivet.sandbox.switches import Switches
    from trivet.sandbox.world.clients import Client
    from trivet.sandbox.world.collections import Collection
    from trivet.sandbox.world.conditions import Condition
    from trivet.sandbox.world.consents import Consent
    from trivet.sandbox.world.groups import Group
    from trivet.sandbox.world.people import Identity, IdentityProvider, Person
    from trivet.sandbox.world.policies import Policy
    from trivet.sandbox.world.projects import Project
    from trivet.sandbox.world.scope_register import RegisteredScope


LONG_AGO_SECONDS = 10 * 365 * 86_400
"""Older than any time limit on a sign-in that makes sense."""


@dataclass(frozen=True)
class Inhabitants:
    """What a seed describes, by seed name: who and what exists before anybody signs in."""

    people: dict[str, Person]
    clients: dict[str, Client]
    collections: dict[str, Collection]
    policies: dict[str, Policy]
    scopes: list[RegisteredScope] = field(default_factory=list)
    identity_providers: dict[str, IdentityProvider] = field(default_factory=dict)
    projects: list[Project] = field(default_factory=list)
    groups: dict[str, Group] = field(default_factory=dict)


class World:
    """The state of one sandbox.

    Whoever reads something and then writes because of it holds ``lock`` meanwhile; it is re-entrant. That is what
    gives parallel redemption of one code exactly one winner.
    """

    def __init__(
        self, *, issuer: str, inhabitants: Inhabitants, clock: Callable[[], float], switches: Switches
    ) -> None:
        self.issuer = issuer
        self.clock = Clock(clock)
        self.switches = switches
        self.lock = threading.RLock()
        self.keys = SigningKeys()
        self.browsers = Browsers()
        self.consents = Consents(self.now)
        self.codes = Codes()
        self.tokens = TokenBook(self.now)
        self.faults = Faults()
        self.log = RequestLog()
        self.id_token_script = IdTokenScript()
        self.tasks = TaskBook()
        self.bookmarks = Bookmarks()
        self.carrying = Carrying()
        self.last_authentication: dict[str, float] = {}
        self.recently_used: dict[str, dict[str, float]] = {}
        self.remains = Remains()
        self._inhabitants = inhabitants
        self._settle()

    def _settle(self) -> None:
        self.people = dict(self._inhabitants.people)
        for person in self.people.values():
            person.account.restore()
        self.collections = self._inhabitants.collections
        self.policies = Policies(self._inhabitants.policies)
        self.projects = Projects(self._inhabitants.projects)
        self.groups = Groups(self._inhabitants.groups)
        self.applications = Applications(self._inhabitants.clients, self.now())
        self.directory = Directory(self._inhabitants.identity_providers, self.people, self.applications)
        self._collections_by_id = {collection.id: collection for collection in self.collections.values()}
        built_in = standard_scopes()
        for collection in self.collections.values():
            if collection.takes_data_access:
                built_in.update(collection_scopes(collection.id))
        self.scopes = ScopeRegister(built_in, self._inhabitants.scopes)

    @property
    def clients(self) -> dict[str, Client]:
        """The applications of the seed and those registered since, by name in the seed or by id."""
        return self.applications.by_key

    def now(self) -> float:
        """Return the sandbox's time, epoch seconds."""
        return self.clock.now()

    def advance(self, duration: float | str) -> None:
        """Move the clock on by *duration*, in seconds or as ``49h``.

        Raises:
            ClockError: that is no duration, or too long.
        """
        with self.lock:
            self.clock.advance(seconds_in(duration))
        self.carrying.wake()  # perhaps to find a deadline passed

    def take_back(self, person: str, client: str, scope: str | None = None) -> None:
        """Take back what *person* agreed to for *client*; with *scope* only the consents for that scope.

        Raises:
            KeyError: there is no such person or client.
            LookupError: there is no such consent.
        """
        with self.lock:
            given = self.consents.of_person(self.person(person), self.application(client).id)
            chosen = [each for each in given if (each.is_root if scope is None else each.scope_name == scope)]
            if not chosen:
                raise LookupError(f"{person} has given {client} no such consent.")
            for consent in chosen:
                self.rescind(consent)

    def age_sign_ins(self, person: Person) -> None:
        """Make all authentications of *person* too old for anything that asks for recent ones."""
        for browser in self.browsers:
            if browser.person == person:
                browser.authentications = _aged(browser.authentications)
                browser.latest = _older(browser.latest) if browser.latest else None
                for session in browser.sessions.values():
                    session.authentications = _aged(session.authentications)
        for token in self.tokens.all():
            if token.grant.person == person:
                token.grant = replace(token.grant, authentications=_aged(token.grant.authentications))
        for identity in person.identities:
            if identity.id in self.last_authentication:
                self.last_authentication[identity.id] -= LONG_AGO_SECONDS

    def person(self, key: str) -> Person:
        """Return the person who is called *key* in the seed.

        Raises:
            KeyError: nobody is.
        """
        if key not in self.people:
            raise KeyError(f"There is no person {key!r} here. There are: {', '.join(self.people)}.")
        return self.people[key]

    def collection_called(self, key: str) -> Collection:
        """Return the collection that is called *key* in the seed.

        Raises:
            KeyError: none is.
        """
        if key not in self.collections:
            raise KeyError(f"There is no collection {key!r} here. There are: {', '.join(self.collections)}.")
        return self.collections[key]

    def application(self, key: str) -> Client:
        """Return the application that is called *key* in the seed; one registered since is called by its id.

        Raises:
            KeyError: none is.
        """
        found = next((each for each in self.applications if each.key == key), None)
        if found is None:
            raise KeyError(f"There is no application {key!r} here. There are: {', '.join(self.clients)}.")
        return found

    def add_fault(self, target: Target, effect: Effect, *, name: str | None = None) -> Fault:
        """Let *effect* become of the requests that *target* fits, from now on.

        Raises:
            KeyError: the person or the client it names does not exist.
            ValueError: too many are in force already.
        """
        if target.person is not None:
            self.person(target.person)
        if target.client is not None:
            self.application(target.client)
        return self.faults.add(target, effect, name=name)

    def in_force(self) -> list[InForce]:
        """Return what was asked to go wrong and still will."""
        return [*self.faults.in_force(), *self.carrying.in_force(), *self.id_token_script.in_force()]

    def clear_fault(self, fault_id: str) -> None:
        """End one of what is in force.

        Raises:
            LookupError: nothing with that id is.
        """
        if not any(part.remove(fault_id) for part in (self.faults, self.carrying, self.id_token_script)):
            raise LookupError(f"No fault {fault_id!r} is in force; it may have come to its end.")

    def clear_faults(self) -> None:
        """End all of what is in force."""
        self.faults.clear()
        self.carrying.clear_faults()
        self.id_token_script.clear()

    def reset(self) -> None:
        """Go back to the seed: no sign-ins, consents, tokens, tasks, faults, scripts or log; the clock back in step."""
        with self.lock:
            for book in (self.browsers, self.consents, self.codes, self.tokens, self.log, self.tasks):
                self.remains.add(book.let_go())
            for part in (
                self.faults,
                self.id_token_script,
                self.bookmarks,
                self.carrying,
                self.last_authentication,
                self.recently_used,
            ):
                part.clear()
            self.clock.reset()
            self._settle()

    def rescind(self, consent: Consent) -> None:
        """Take back *consent* and what hangs below it; tokens and codes that live on it are dead at once.

        A dependency's tokens are those that a service got for it. The application's own lack it from now on.
        """
        self.consents.remove(consent)
        self.codes.forget(consent.sub, consent.client_id)
        self.tokens.revoke_below(consent.sub, consent.client_id, consent.path)

    def forget_client(self, client: Client) -> None:
        """Remove *client* with all it has: scopes, sign-ins, what people agreed to there, tokens by it and for it."""
        self.browsers.forget_client(client.id)
        self.consents.forget_client(client.id)
        self.codes.forget_client(client.id)
        self.tokens.revoke_client(client.id)
        for scope in self.scopes.of_client(client.id):
            self.forget_scope(scope)
        self.applications.remove(client)

    def forget_scope(self, scope: RegisteredScope) -> None:
        """Remove *scope* from the register; what people agreed to about it goes, and the tokens that carry it."""
        self.consents.forget_scope(scope.scope_string)
        self.tokens.revoke_scope(scope.scope_string)
        self.scopes.remove(scope)

    def meets(self, person: Person, session: Iterable[Authentication], condition: Condition) -> bool:
        """Say whether *person* meets *condition* now, in a session with these authentications."""
        return condition.met_by(session if condition.in_session else self._ever(person), self.now())

    def _ever(self, person: Person) -> list[Authentication]:
        """Return how the person's identities last authenticated anywhere; one that never has did so long ago."""
        last = self.last_authentication
        return [Authentication(each, last.get(each.id, -math.inf)) for each in person.identities]

    def client(self, client_id: str | None) -> Client | None:
        return self.applications.find(client_id or "")

    def collection(self, collection_id: str) -> Collection | None:
        return self._collections_by_id.get(collection_id.lower())

    def find_identity(self, identity_id: str) -> tuple[Person, Identity] | None:
        for person in self.people.values():
            identity = person.identity(identity_id)
            if identity is not None:
                return person, identity
        return None


def _older(authentication: Authentication) -> Authentication:
    return replace(authentication, at=authentication.at - LONG_AGO_SECONDS)


def _aged(authentications: Mapping[str, Authentication]) -> dict[str, Authentication]:
    return {key: _older(each) for key, each in authentications.items()}
