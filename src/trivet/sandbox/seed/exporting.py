"""Describe a world as a seed, so that another sandbox can begin with what this one has become.

What a seed cannot say is left out: sign-ins, consents, tokens, tasks, bookmarks, files, identities that nobody has used
yet, groups and projects that nobody administers any more. The secrets of applications are kept, so that they go on
working.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from trivet.sandbox.seed.assurance import MINUTE
from trivet.sandbox.seed.client_entry import SHORT_TYPES
from trivet.sandbox.seed.group_entry import LISTS
from trivet.sandbox.seed.reading import seed_id
from trivet.sandbox.seed.toml_text import toml_text
from trivet.sandbox.world.clients import CLIENT_IDENTITIES
from trivet.sandbox.world.scopes import scope_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from trivet.sandbox.world import World
    from trivet.sandbox.world.clients import Client
    from trivet.sandbox.world.collections import Assurance, Collection
    from trivet.sandbox.world.groups import Group, Membership, Role, Status
    from trivet.sandbox.world.people import Identity, IdentityProvider, Person
    from trivet.sandbox.world.policies import Policy
    from trivet.sandbox.world.projects import Project
    from trivet.sandbox.world.scope_register import RegisteredScope

LONG_TYPES = {long: short for short, long in SHORT_TYPES.items()}

HEAD = """\
# What was in a sandbox. Start another one with it:  trivet sandbox --seed this_file.toml
#
# Sign-ins, consents, tokens, tasks and files are not in it. The secrets of applications are, so that they go on
# working. A collection without a root gets an empty directory, or the one of its name below --data-dir.

"""


def exported(world: World) -> str:
    """Return *world* as the text of a seed."""
    with world.lock:
        return HEAD + toml_text(_Description(world).table())


class _Description:
    """One world by names: those of its seed, and for what has come since, names made from what it is called."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._providers = {each.id: key for key, each in world.directory.providers.items()}
        self._usernames = {listed.identity.id: listed.identity.username for listed in world.directory if listed.used}
        self._clients = _keys(
            (each.id, "" if key == each.id else key, each.name) for key, each in world.clients.items()
        )
        policies, groups = _by_id(world.policies.seed_ids), _by_id(world.groups.seed_ids)
        self._policies = _keys((each.id, policies.get(each.id, ""), each.display_name) for each in world.policies)
        # Whoever administered a group or project may be a client that was deleted, and a seed has none without anybody.
        run = [each for each in world.groups if self._named(admin.identity_id for admin in each.admins)]
        self._groups = _keys((each.id, groups.get(each.id, ""), each.name) for each in run)
        self._projects = _keys((each.id, "", each.display_name) for each in world.projects if self._is_run(each))

    def table(self) -> dict[str, dict[str, dict[str, Any]]]:
        """Return the seed, section by section."""
        world = self._world
        providers = {key: each for key, each in world.directory.providers.items() if each != CLIENT_IDENTITIES}
        groups = sorted(world.groups, key=world.groups.depth)  # a parent stands above its subgroups
        projects = [each for each in world.projects if each.id in self._projects]
        return {
            "identity_providers": {key: _provider(key, each) for key, each in providers.items()},
            "people": {key: self._person(each) for key, each in world.people.items()},
            "projects": {self._projects[each.id]: self._project(each) for each in projects},
            "clients": {self._clients[each.id]: self._client(each) for each in world.clients.values()},
            "policies": {self._policies[each.id]: self._policy(each) for each in world.policies},
            "collections": {key: self._collection(each) for key, each in world.collections.items()},
            "groups": {self._groups[each.id]: self._group(each) for each in groups if each.id in self._groups},
        }

    def _named(self, identity_ids: Iterable[str]) -> list[str]:
        return _some(self._usernames, identity_ids)

    def _is_run(self, project: Project) -> bool:
        return bool(self._named(project.admin_ids) or _some(self._groups, project.admin_group_ids))

    def _person(self, person: Person) -> dict[str, Any]:
        return {"name": person.name, "identities": [self._identity(each, person) for each in person.identities]}

    def _identity(self, identity: Identity, person: Person) -> dict[str, Any]:
        return _said(
            idp=self._providers[identity.identity_provider],
            username=identity.username,
            id=_unless(seed_id("identity", identity.username), identity.id),
            name=_unless(person.name, identity.name),
            email=identity.email,
            organization=identity.organization,
        )

    def _project(self, project: Project) -> dict[str, Any]:
        return _said(
            id=_unless(seed_id("project", self._projects[project.id]), project.id),
            display_name=project.display_name,
            contact_email=project.contact_email,
            admins=self._named(project.admin_ids),
            admin_groups=_some(self._groups, project.admin_group_ids),
        )

    def _client(self, client: Client) -> dict[str, Any]:
        secrets = [each.secret for each in client.credentials]
        return _said(
            id=_unless(seed_id("client", self._clients[client.id]), client.id),
            name=client.name,
            type=_unless("confidential", LONG_TYPES.get(client.client_type, client.client_type)),
            secret=secrets[0] if secrets else None,
            other_secrets=secrets[1:],
            redirect_uris=client.redirect_uris,
            required_idp=self._providers.get(client.required_idp or ""),
            preselect_idp=self._providers.get(client.preselect_idp or ""),
            project=self._projects.get(client.project or ""),
            parent_client=client.parent_client,
            from_template=client.from_template,
            visibility=_unless("private", client.visibility),
            terms_and_conditions=client.terms_and_conditions,
            privacy_policy=client.privacy_policy,
            scopes=[self._scope(each) for each in self._world.scopes.of_client(client.id)],
        )

    def _scope(self, scope: RegisteredScope) -> dict[str, Any]:
        suffix = scope.scope_string.rpartition("/")[2]
        needed = [(self._world.scopes.find(each.scope), each) for each in scope.dependencies]
        return _said(
            suffix=suffix,
            id=_unless(scope_id(scope.scope_string), scope.id),
            name=_unless(suffix, scope.name),
            description=scope.description,
            advertised=scope.advertised,
            no_refresh_tokens=not scope.allows_refresh_token,
            required_domains=scope.required_domains,
            depends_on=[("*" if each.optional else "") + known.scope_string for known, each in needed if known],
            needs_refresh_tokens_of=[
                known.scope_string for known, each in needed if known and each.requires_refresh_token
            ],
        )

    def _policy(self, policy: Policy) -> dict[str, Any]:
        return _said(
            id=_unless(seed_id("policy", self._policies[policy.id]), policy.id),
            display_name=policy.display_name,
            description=policy.description,
            project=self._projects.get(policy.project_id),
            high_assurance=policy.high_assurance,
            required_mfa=policy.required_mfa,
            authentication_assurance_timeout=policy.authentication_assurance_timeout,
            domain_constraints_include=list(policy.domain_constraints_include or ()),
            domain_constraints_exclude=list(policy.domain_constraints_exclude or ()),
        )

    def _collection(self, collection: Collection) -> dict[str, Any]:
        return _said(
            id=_unless(seed_id("collection", collection.key), collection.id),
            display_name=collection.display_name,
            owner=collection.owner.key,
            entity_type=collection.entity_type,
            root=None if collection.root_is_own else str(collection.root),
            public=collection.public,
            shared_with=[each.key for each in collection.shared_with],
            writable_by=[each.key for each in collection.writable_by],
            default_directory=_unless("/", collection.default_directory),
            description=collection.description,
            organization=collection.organization,
            keywords=list(collection.keywords),
            **(self._assurance(collection.assurance) if collection.assurance else {}),
        )

    def _assurance(self, assurance: Assurance) -> dict[str, Any]:
        condition = assurance.condition
        return {
            "high_assurance": True,
            "required_mfa": condition.mfa,
            "required_domains": list(condition.domains),
            "required_identity": self._usernames.get(condition.identity or ""),
            "authentication_timeout_minutes": int(condition.within // MINUTE) if condition.within else None,
            "required_policy": self._policies.get(assurance.policy_id or ""),
        }

    def _group(self, group: Group) -> dict[str, Any]:
        key, policies, subscription = self._groups[group.id], group.policies, group.subscription
        verifier = self._world.groups.of_subscription(group.verified_by or "")
        members = group.memberships.values()
        listed = {
            name: self._named(each.identity_id for each in members if _is_listed(each, *what))
            for name, what in LISTS.items()
        }
        return _said(
            id=_unless(seed_id("group", key), group.id),
            name=group.name,
            description=group.description,
            terms_and_conditions=group.terms_and_conditions,
            parent=self._groups.get(group.parent_id or ""),
            high_assurance=policies.is_high_assurance,
            authentication_assurance_timeout=policies.authentication_assurance_timeout,
            visibility=_unless("private", policies.group_visibility),
            members_visibility=_unless("managers", policies.group_members_visibility),
            join_requests=policies.join_requests,
            signup_fields=list(policies.signup_fields),
            open=policies.open,
            subscriber=subscription.subscriber_name if subscription else None,
            subscription_id=_unless(seed_id("subscription", key), subscription.id) if subscription else None,
            belongs_to=self._groups.get(verifier.id) if verifier else None,
            **listed,
        )


def _is_listed(membership: Membership, role: Role, status: Status) -> bool:
    """Say whether a list of a seed holds *membership*. Of those who are no members it says no role."""
    return membership.status == status and (membership.role == role or status != "active")


def _provider(key: str, provider: IdentityProvider) -> dict[str, Any]:
    return _said(
        id=_unless(seed_id("identity_provider", key), provider.id),
        display_name=provider.display_name,
        domain=provider.domain,
    )


def _said(**fields: Any) -> dict[str, Any]:
    """Return the fields that say something; what is left out of a seed is empty, false or the default."""
    return {name: value for name, value in fields.items() if value}


def _unless(default: str, value: str) -> str | None:
    return None if value == default else value


def _some(names: Mapping[str, str], ids: Iterable[str]) -> list[str]:
    """Return the names of those that have one."""
    return [names[each] for each in ids if each in names]


def _by_id(seed_ids: Mapping[str, str]) -> dict[str, str]:
    return {each: key for key, each in seed_ids.items()}


def _keys(entries: Iterable[tuple[str, str, str]]) -> dict[str, str]:
    """Return id -> name in the seed, from (id, name in the seed so far, what it is called)."""
    found = sorted(entries, key=lambda entry: not entry[1])  # those that have a name keep it
    keys: dict[str, str] = {}
    for entry_id, key, called in found:
        plain = key or re.sub(r"[^a-z0-9]+", "_", called.lower()).strip("_") or "unnamed"
        taken = set(keys.values())
        keys[entry_id] = next(
            each for each in (plain, *(f"{plain}_{number}" for number in range(2, len(taken) + 3))) if each not in taken
        )
    return keys
