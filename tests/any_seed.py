"""Seeds that say anything a seed may say, with nothing wrong in them, for Hypothesis."""

from __future__ import annotations

import tempfile
from typing import Any

from hypothesis import strategies as st

from trivet.sandbox.seed.group_entry import LISTS
from trivet.sandbox.world.clients import GRANT_TYPES

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
KEYS = st.text("abc_-.é \"'", min_size=1, max_size=4)
IDS = st.uuids().map(str)
FLAGS = st.booleans()
SECONDS = st.integers(1, 10**6)
DOMAINS = st.lists(st.sampled_from(["u.example", "*.example"]), unique=True)
SCOPES = ["openid", "urn:globus:auth:scope:transfer.api.globus.org:all"]
PUBLIC = ("public", "public_installed_client", "public_webapp_client")

Table = dict[str, Any]


@st.composite
def seeds(draw: st.DrawFn) -> Table:
    """A seed as a dictionary."""
    return _Drawing(draw).seed()


class _Drawing:
    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw
        self._usernames: list[str] = []

    def seed(self) -> Table:
        # In this order, since each draws on what stands before it.
        providers = self._providers()
        people = self._people(providers)
        groups = self._groups()
        projects = self._projects(groups)
        policies = self._policies(projects, people)
        return {
            "identity_providers": providers,
            "people": people,
            "groups": groups,
            "projects": projects,
            "clients": self._clients(projects, providers),
            "policies": policies,
            "collections": self._collections(people, policies),
        }

    def _named(self, needed: Table, optional: Table, least: int = 0, keys: Any = KEYS) -> dict[str, Table]:
        """Draw a few tables with what they need, and any of what is optional."""
        entries = st.fixed_dictionaries(needed, optional=optional)
        return self._draw(st.dictionaries(keys, entries, min_size=least, max_size=3))

    def _one_of(self, table: Table) -> Table:
        """Return a strategy for a name in *table*, as an optional field if there is none."""
        return st.sampled_from(sorted(table)) if table else st.nothing()

    def _providers(self) -> dict[str, Table]:
        found = self._named({"display_name": TEXTS}, {"id": IDS}, least=1)
        for number, each in enumerate(found.values()):
            each["domain"] = f"p{number}.example"
        return found

    def _people(self, providers: Table) -> dict[str, Table]:
        fields = {"id": IDS, "name": TEXTS, "email": TEXTS, "organization": TEXTS}
        identities = st.lists(st.fixed_dictionaries({}, optional=fields), min_size=1, max_size=3)
        found = self._named({"name": TEXTS, "identities": identities}, {}, least=1)
        for each in (identity for person in found.values() for identity in person["identities"]):
            each["idp"] = self._draw(st.sampled_from(sorted(providers)))
            local = f"{self._draw(TEXTS)}{len(self._usernames)}"
            each["username"] = f"{local}@{providers[each['idp']]['domain']}".casefold()
            self._usernames.append(each["username"])
        return found

    def _groups(self) -> dict[str, Table]:
        optional = {
            "id": IDS,
            "description": TEXTS,
            "terms_and_conditions": TEXTS,
            "high_assurance": FLAGS,
            "authentication_assurance_timeout": SECONDS,
            "visibility": st.sampled_from(["authenticated", "private"]),
            "members_visibility": st.sampled_from(["members", "managers"]),
            "join_requests": FLAGS,
            "open": FLAGS,
            "signup_fields": st.just(["institution"]),
            "subscriber": TEXTS,
        }
        found = self._named({"name": TEXTS}, optional)
        subscribed = sorted(key for key, group in found.items() if "subscriber" in group)
        above: list[str] = []
        for key, group in found.items():
            first, *others = self._draw(st.lists(st.sampled_from(self._usernames), unique=True, min_size=1))
            group["admins"] = [first]
            for other in others:
                group.setdefault(self._draw(st.sampled_from(sorted(LISTS))), []).append(other)
            if above and self._draw(FLAGS):
                group["parent"] = self._draw(st.sampled_from(above))
            if "subscriber" in group and self._draw(FLAGS):
                group["subscription_id"] = self._draw(IDS)
            if subscribed and self._draw(FLAGS):
                group["belongs_to"] = self._draw(st.sampled_from(subscribed))
            above.append(key)
        return found

    def _projects(self, groups: Table) -> dict[str, Table]:
        admins = st.lists(st.sampled_from(self._usernames), min_size=1, unique=True)
        needed = {"display_name": TEXTS, "admins": admins}
        return self._named(
            needed, {"id": IDS, "contact_email": TEXTS, "admin_groups": st.lists(self._one_of(groups), unique=True)}
        )

    def _clients(self, projects: Table, providers: Table) -> dict[str, Table]:
        optional = {
            "id": IDS,
            "type": st.sampled_from(sorted({*GRANT_TYPES, "confidential", "public"})),
            "redirect_uris": st.just(["https://a.example/?x=1", "http://localhost:5000/"]),
            "required_idp": self._one_of(providers),
            "preselect_idp": self._one_of(providers),
            "parent_client": IDS,
            "from_template": FLAGS,
            "visibility": st.sampled_from(["public", "private"]),
            "terms_and_conditions": TEXTS,
            "privacy_policy": TEXTS,
            **({"project": self._one_of(projects)} if projects else {}),
        }
        found = self._named({"name": TEXTS}, optional)
        secrets = {"secret": TEXTS, "other_secrets": st.lists(TEXTS, max_size=2)}
        for each in found.values():
            if each.get("type") not in PUBLIC:
                each.update(self._draw(st.fixed_dictionaries({}, optional=secrets)))
                each["scopes"] = self._scopes()
        return found

    def _scopes(self) -> list[Table]:
        scope = st.fixed_dictionaries(
            {
                "suffix": st.from_regex(r"[a-z0-9_]{1,4}", fullmatch=True),
                "description": TEXTS,
                "depends_on": st.lists(st.sampled_from(SCOPES), unique=True),
            },
            optional={
                "id": IDS,
                "name": TEXTS,
                "advertised": FLAGS,
                "no_refresh_tokens": FLAGS,
                "required_domains": DOMAINS,
            },
        )
        found = self._draw(st.lists(scope, max_size=2, unique_by=lambda each: each["suffix"]))
        for each in found:
            each["needs_refresh_tokens_of"] = [name for name in each["depends_on"] if self._draw(FLAGS)]
            each["depends_on"] = [self._draw(st.sampled_from(["", "*"])) + name for name in each["depends_on"]]
        return found

    def _policies(self, projects: Table, people: Table) -> dict[str, Table]:
        optional = {
            "id": IDS,
            "description": TEXTS,
            "required_mfa": FLAGS,
            "authentication_assurance_timeout": SECONDS,
            "domain_constraints_include": DOMAINS,
            "domain_constraints_exclude": DOMAINS,
        }
        found = self._named({"display_name": TEXTS, "high_assurance": st.just(True)}, optional)
        for each in found.values():
            ways = {"project": self._one_of(projects)} if projects and self._draw(FLAGS) else {}
            each.update(self._draw(st.fixed_dictionaries({}, optional=ways or {"owner": self._one_of(people)})))
        return found

    def _collections(self, people: Table, policies: Table) -> dict[str, Table]:
        somebody = st.lists(self._one_of(people), unique=True)
        optional = {
            "id": IDS,
            "public": FLAGS,
            "shared_with": somebody,
            "writable_by": somebody,
            "default_directory": TEXTS,
            "description": TEXTS,
            "organization": TEXTS,
            "keywords": st.lists(TEXTS, max_size=2),
            "root": st.just(tempfile.gettempdir()),
        }
        demands = {
            "required_mfa": FLAGS,
            "required_domains": DOMAINS,
            "required_identity": st.sampled_from(self._usernames),
            "authentication_timeout_minutes": st.integers(1, 100),
            **({"required_policy": self._one_of(policies)} if policies else {}),
        }
        mapped = st.just("GCSv5_mapped_collection")
        needed = {"display_name": TEXTS, "owner": self._one_of(people), "entity_type": mapped}
        found = self._named(needed, optional, keys=st.text("abc", min_size=1, max_size=3))
        for each in found.values():
            if self._draw(FLAGS):
                each.update(self._draw(st.fixed_dictionaries({"high_assurance": st.just(True)}, optional=demands)))
        return found
