"""
Wording: what Globus or a page wants of a person, in sentences for that person.

What a service wrote itself is quoted and never more: it is text that came over the wire.
"""

import re
from collections.abc import Iterable

from trivet.requirement import Requirement
from trivet.user import Identity, User

SERVICES = {
    "auth.globus.org": "Globus Auth",
    "transfer.api.globus.org": "Globus Transfer",
    "groups.api.globus.org": "Globus Groups",
    "search.api.globus.org": "Globus Search",
    "flows.globus.org": "Globus Flows",
    "524230d7-ea86-4a52-8312-86065a9e0417": "Globus Timers",
    "funcx_service": "Globus Compute",
}

PERMISSIONS = {
    "openid": "know who you are",
    "profile": "know your name and organization",
    "email": "know your email address",
    "urn:globus:auth:scope:transfer.api.globus.org:all": "look at and move your files with Globus Transfer",
    "urn:globus:auth:scope:groups.api.globus.org:view_my_groups_and_memberships": "see which groups you are in",
    "urn:globus:auth:scope:groups.api.globus.org:all": "look after your groups",
}

_DATA_ACCESS = re.compile(r"https://auth\.globus\.org/scopes/[^/\[\]]+/data_access")


def service(resource_server: str) -> str:
    """Return what people call a resource server; one that we do not know goes by its address."""
    return SERVICES.get(resource_server, resource_server)


def account(identity: Identity) -> str:
    """Return an identity by its username and its provider's name, such as ``ada@uni.example (University)``."""
    name = identity.username or identity.name or "an account without a name"
    provider = identity.identity_provider_display_name or identity.organization
    return f"{name} ({provider})" if provider else name


def listed(words: Iterable[str], *, last: str = "and") -> str:
    """Return *words* as a list in a sentence."""
    *most, final = list(words)
    return f"{', '.join(most)} {last} {final}" if most else final


def permission(scope: str) -> str:
    """Return what a scope lets an application do, to stand after "to"; one that we do not know is named."""
    root = scope.partition("[")[0].removeprefix("*")
    if _DATA_ACCESS.search(scope):
        return "reach your files on this collection"
    return PERMISSIONS.get(root, f"use {root}")


def what_is_wanted(requirement: Requirement, user: User | None) -> str:
    """Return one sentence on what a person has to do at Globus."""
    todo = []
    if signing_in := _signing_in(requirement, user):
        todo.append(f"sign in {signing_in}")
    if requirement.required_scopes:
        allowed = dict.fromkeys(permission(scope) for scope in requirement.required_scopes)
        todo.append(f"allow this site to {listed(allowed)}")
    return f"Globus will ask you to {listed(todo)}."


def _signing_in(requirement: Requirement, user: User | None) -> str:
    if not requirement.is_about_the_session:
        return ""
    words = ["once more"]
    if requirement.session_required_identities:
        names = [_by_id(identity, user) for identity in requirement.session_required_identities]
        words.append(f"as {listed(names)}")
    if requirement.session_required_single_domain:
        words.append(f"with an account of {listed(requirement.session_required_single_domain, last='or')}")
    if requirement.session_required_mfa:
        words.append("with a second factor")
    if requirement.session_required_policies:
        words.append("in the way that a policy for it asks for")
    return ", ".join(words)


def _by_id(identity_id: str, user: User | None) -> str:
    known = {identity.sub: identity for identity in user.identity_set} if user else {}
    return account(known[identity_id]) if identity_id in known else "a certain account that is not linked to yours"


def who_would_do(requirement: Requirement, user: User) -> str:
    """Return a sentence on which of a person's linked accounts meet a demand for certain ones; empty without one."""
    if not (requirement.session_required_identities or requirement.session_required_single_domain):
        return ""
    if suitable := accounts_that_do(requirement, user):
        return f"Of your linked accounts, {listed(map(account, suitable), last='or')} will do."
    others = listed(map(account, user.identity_set))
    return f"None of your linked accounts will do: {others}. You can link another one at Globus, or ask for access."


def accounts_that_do(requirement: Requirement, user: User) -> list[Identity]:
    """Return those of a person's linked accounts that meet a demand for certain ones: all of them without one."""
    return [identity for identity in user.identity_set if is_wanted(identity, requirement)]


def is_wanted(identity: Identity, requirement: Requirement) -> bool:
    """Tell whether *identity* is one of those that *requirement* names, by id or by domain, if it names any."""
    if requirement.session_required_identities:
        return identity.sub in requirement.session_required_identities
    domains = {domain.lower() for domain in requirement.session_required_single_domain}
    return not domains or identity.domain in domains
