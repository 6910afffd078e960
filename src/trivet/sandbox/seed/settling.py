"""Turn a seed into people, clients, projects, policies, collections and groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from trivet.sandbox.seed.assurance import read_assurance
from trivet.sandbox.seed.client_entry import read_client
from trivet.sandbox.seed.entry import Entry
from trivet.sandbox.seed.group_entry import read_group
from trivet.sandbox.seed.names import Names
from trivet.sandbox.seed.policy_entry import read_policy
from trivet.sandbox.seed.problems import Problems, meant, named
from trivet.sandbox.seed.project_entry import read_project
from trivet.sandbox.seed.reading import seed_id
from trivet.sandbox.seed.service_scopes import SeedScope, own_scopes, settled_scopes
from trivet.sandbox.world import Inhabitants
from trivet.sandbox.world.collections import ENTITY_TYPES, Collection
from trivet.sandbox.world.people import Account, Identity, IdentityProvider, Person

if TYPE_CHECKING:
    from trivet.sandbox.seed.reading import Seed
    from trivet.sandbox.world.clients import Client
    from trivet.sandbox.world.groups import Group
    from trivet.sandbox.world.policies import Policy
    from trivet.sandbox.world.projects import Project

SECTIONS = ("identity_providers", "people", "projects", "clients", "policies", "collections", "groups")

NO_PROVIDER = IdentityProvider(id="", display_name="", domain="")
"""Of an identity whose provider is a problem already: its person is there for whatever else the seed says of them."""


class Settling:
    """Reads one seed. *own* is a directory the sandbox may write to."""

    def __init__(self, seed: Seed, *, own: Path) -> None:
        self._seed = seed.table
        self._base = seed.base or own
        self._own = own
        self._problems = Problems(seed)
        self._ids: dict[str, str] = {}
        self._usernames: set[str] = set()
        self._scopes: list[SeedScope] = []
        self._projects: dict[str, Project] = {}
        self._in_projects: list[tuple[Client, Entry, str]] = []
        self._groups: dict[str, Group] = {}
        self._in_subscriptions: list[tuple[Group, Entry, str]] = []

    def inhabitants(self) -> Inhabitants:
        """Return what the seed describes.

        Raises:
            SeedError: with every problem there is.
        """
        for name in self._seed:
            if name not in SECTIONS:
                instead = meant(name, SECTIONS) or f"; there are {', '.join(SECTIONS)}"
                self._problems.add((name,), f"there is no such section{instead}")
        providers = {key: self._provider(key, entry) for key, entry in self._entries("identity_providers")}
        people = {key: self._person(key, entry, providers) for key, entry in self._entries("people")}
        clients = {key: self._client(key, entry, providers) for key, entry in self._entries("clients")}
        found = {key: person for key, person in people.items() if person is not None}
        names = Names(found, clients.values())
        for key, entry in self._entries("groups"):
            self._groups[key] = self._group(key, entry, names)
        self._subscribe()
        projects = {key: self._project(key, entry, names) for key, entry in self._entries("projects")}
        self._place(projects)
        policies = {key: self._policy(key, entry, found, projects) for key, entry in self._entries("policies")}
        collections = {
            key: self._collection(key, entry, found, policies) for key, entry in self._entries("collections")
        }
        kept = {key: each for key, each in collections.items() if each is not None}
        scopes = settled_scopes(self._scopes, kept.values())
        self._problems.check()
        return Inhabitants(
            found, clients, kept, policies, scopes, providers, list(self._projects.values()), self._groups
        )

    def _entries(self, section: str) -> Iterator[tuple[str, Entry]]:
        table = self._seed.get(section, {})
        if not isinstance(table, Mapping):
            self._problems.add((section,), f"is not a table of named entries, such as [{section}.name]")
            return
        for key, value in table.items():
            entry = Entry((section, key), value, self._problems)
            yield key, entry
            entry.finish()

    def _unique(self, entry: Entry, value: str) -> str:
        if value in self._ids:
            entry.problem(f"has the same id as {self._ids[value]}")
        self._ids[value] = named(entry.way)
        return value

    def _provider(self, key: str, entry: Entry) -> IdentityProvider:
        return IdentityProvider(
            id=self._unique(entry, entry.id(seed_id("identity_provider", key))),
            display_name=entry.text("display_name"),
            domain=entry.text("domain"),
        )

    def _person(self, key: str, entry: Entry, providers: dict[str, IdentityProvider]) -> Person | None:
        name = entry.text("name")
        rows = entry.tables("identities")
        identities = tuple(self._identity(row, name, providers) for row in rows)
        if not rows:
            entry.problem("a person has at least one identity", "identities")
        return Person(key, Account(name, identities)) if identities else None

    def _identity(self, entry: Entry, name: str, providers: dict[str, IdentityProvider]) -> Identity:
        username = entry.text("username")
        provider = providers.get(entry.choice("idp", tuple(providers)))
        identity_id = self._unique(entry, entry.id(seed_id("identity", username)))
        identity = Identity(
            id=identity_id,
            username=username,
            name=entry.text("name", name),
            email=entry.optional_text("email"),
            organization=entry.optional_text("organization"),
            provider=provider or NO_PROVIDER,
        )
        if provider and username.rpartition("@")[2] != provider.domain:
            entry.problem(f"usernames of this identity provider end in @{provider.domain}", "username")
        if username.casefold() in self._usernames:
            entry.problem(f"another identity is called {username!r}", "username")
        self._usernames.add(username.casefold())
        entry.finish()
        return identity

    def _client(self, key: str, entry: Entry, providers: dict[str, IdentityProvider]) -> Client:
        client = read_client(key, entry, providers)
        self._unique(entry, client.id)
        project = entry.optional_text("project")
        if project is not None:
            self._in_projects.append((client, entry, project))
        for each in own_scopes(client, entry):
            self._unique(each.entry, each.scope.id)
            self._scopes.append(each)
        return client

    def _project(self, key: str, entry: Entry, names: Names) -> Project:
        project = read_project(key, entry, names, self._groups)
        self._projects[self._unique(entry, project.id)] = project
        return project

    def _place(self, projects: dict[str, Project]) -> None:
        """Put the clients into their projects, which are run by groups that clients may be members of."""
        for client, entry, name in self._in_projects:
            if name in projects:
                client.project = projects[name].id
            else:
                entry.problem(f"there is no project {name!r}", "project")

    def _policy(self, key: str, entry: Entry, people: dict[str, Person], projects: dict[str, Project]) -> Policy:
        policy, project = read_policy(key, entry, people, projects)
        self._unique(entry, policy.id)
        if project is not None:
            self._projects[project.id] = project
        return policy

    def _group(self, key: str, entry: Entry, names: Names) -> Group:
        group = read_group(key, entry, names, self._groups)
        self._unique(entry, group.id)
        if group.subscription is not None:
            self._unique(entry, group.subscription.id)
        whose = entry.optional_text("belongs_to")
        if whose is not None:
            self._in_subscriptions.append((group, entry, whose))
        return group

    def _subscribe(self) -> None:
        """Let groups belong to subscriptions, wherever the groups of these stand in the seed."""
        for group, entry, name in self._in_subscriptions:
            found = self._groups.get(name)
            if found is not None and found.subscription is not None:
                group.verified_by = found.subscription.id
            else:
                entry.problem(f"there is no group {name!r} with a subscriber", "belongs_to")

    def _collection(
        self, key: str, entry: Entry, people: dict[str, Person], policies: dict[str, Policy]
    ) -> Collection | None:
        owner = people.get(entry.choice("owner", tuple(people)))
        shared_with, writable_by = (
            tuple(people[name] for name in entry.names(field, people)) for field in ("shared_with", "writable_by")
        )
        fields = {
            "id": self._unique(entry, entry.id(seed_id("collection", key))),
            "display_name": entry.text("display_name"),
            "entity_type": entry.choice("entity_type", ENTITY_TYPES, ENTITY_TYPES[0]),
            "default_directory": entry.text("default_directory", "/"),
            "description": entry.text("description", ""),
            "organization": entry.text("organization", ""),
        }
        assurance = read_assurance(entry, people, policies)
        if assurance is not None and not fields["entity_type"].startswith("GCSv5_"):
            entry.problem("only GCSv5 collections can have it", "high_assurance")
        public, keywords = entry.flag("public"), tuple(entry.texts("keywords"))
        given = entry.optional_text("root")
        root = self._root(given, key, entry)
        if owner is None:
            return None
        return Collection(
            key=key,
            owner=owner,
            root=root,
            root_is_own=given is None,
            public=public,
            keywords=keywords,
            shared_with=shared_with,
            writable_by=writable_by,
            assurance=assurance,
            **fields,
        )

    def _root(self, given: str | None, key: str, entry: Entry) -> Path:
        """Return the directory; one that is not named is the sandbox's own, and made empty if need be."""
        root = Path(given).expanduser() if given else self._own / key
        if given and not root.is_absolute():
            root = self._base / root
        root = root.resolve()
        if root.is_relative_to(self._own):
            root.mkdir(parents=True, exist_ok=True)
        if not root.is_dir():
            entry.problem(f"there is no such directory: {root}", "root")
        return root
