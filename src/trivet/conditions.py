"""
Conditions: what a page asks of the person who is looking, and whether they meet it.

Plain functions of what Globus has said. Whoever is judged is judged by the *identities* of their account and by what
has been *authenticated* in this session: that somebody once linked a university account says nothing about whether they
can still sign in there. One and the same authentication has to be of the right identity, recent, and strong enough.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self, TypedDict, Unpack

from trivet.requirement import NOTHING, Requirement
from trivet.scopes import parse_problem
from trivet.user import Identity, User, is_moment

MFA = "mfa"  # RFC 8176, section 2
MIN_MAX_AGE = 60  # seconds; the same demand sooner than `trivet.answered.AT_ONCE_SECONDS` is taken for a circle

OneOrMore = str | Sequence[str]


class Asked(TypedDict, total=False):
    """How the author of a page writes conditions; each text may be one or several."""

    scopes: OneOrMore
    group: OneOrMore
    domain: OneOrMore
    identity_provider: OneOrMore
    mfa: bool
    max_age: int | None
    policies: OneOrMore
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """
    What a page asks for; all of it has to hold.

    ``scopes`` have to be granted. The person has to be an active member of one of ``groups`` (ids), and to have
    authenticated in this session with an identity of one of ``domains`` (what follows the last ``@`` of its username)
    and of one of ``identity_providers`` (ids), with a second factor if ``mfa``, at most ``max_age`` seconds ago. Each
    of ``policies`` (ids) has to be met, as Globus judges it. ``message`` says why.
    """

    scopes: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    identity_providers: tuple[str, ...] = ()
    mfa: bool = False
    max_age: int | None = None
    policies: tuple[str, ...] = ()
    message: str = ""

    @classmethod
    def of(cls, **asked: Unpack[Asked]) -> Self:
        """
        Read what the author of a page has written.

        Raises:
            ValueError: something in it cannot be meant. It is raised where it is written, not when somebody looks.
        """
        max_age = asked.get("max_age")
        if max_age is not None and max_age < MIN_MAX_AGE:
            raise ValueError(
                f"max_age is a number of seconds, {MIN_MAX_AGE} or more: coming back from Globus takes some."
            )
        conditions = cls(
            scopes=_scopes(asked.get("scopes", ())),
            groups=_ids(asked.get("group", ()), "group"),
            domains=_domains(asked.get("domain", ())),
            identity_providers=_ids(asked.get("identity_provider", ()), "identity provider"),
            mfa=asked.get("mfa", False),
            max_age=max_age,
            policies=_ids(asked.get("policies", ()), "policy"),
            message=asked.get("message", ""),
        )
        if replace(conditions, message="") == cls():
            raise ValueError("There is nothing required; to ask for a sign-in alone, use login_required.")
        return conditions

    @property
    def is_about_the_session(self) -> bool:
        """Whether it matters who has authenticated, and how."""
        return bool(self.domains or self.identity_providers or self.mfa or self.max_age)

    def accepts(self, identity: Identity) -> bool:
        """Tell whether *identity* is of the right kind, whether or not it has authenticated."""
        return (not self.domains or identity.domain in self.domains) and (
            not self.identity_providers or identity.identity_provider in self.identity_providers
        )

    def for_a_stranger(self) -> Requirement:
        """Return what the sign-in of somebody who is not signed in should bring, as far as it can be asked for."""
        return Requirement(
            required_scopes=self.scopes,
            session_required_single_domain=() if self.identity_providers else self.domains,
            session_required_mfa=self.mfa,
            session_required_policies=self.policies,
            session_message=self.message,
        )


@dataclass(frozen=True, slots=True)
class Authentication:
    """That an identity has authenticated in a session: ``at``, in seconds since the epoch, and how."""

    identity_id: str
    at: int
    with_mfa: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """What Globus says about a session: whose it is, which identities have authenticated, which policies it meets."""

    identities: tuple[Identity, ...]
    authentications: tuple[Authentication, ...]
    met_policies: frozenset[str]

    @classmethod
    def read(cls, document: Mapping[str, Any], user: User) -> Self:
        """
        Read an introspection response (RFC 7662; Globus docs, "Sessions Guide").

        What cannot be read has not happened. Identities that Globus does not list are those that came with the sign-in.
        """
        entries = [each for each in objects_in(document, "identity_set_detail") if isinstance(each.get("sub"), str)]
        info = document.get("session_info")
        shown = info.get("authentications") if isinstance(info, dict) else None
        evaluated = document.get("policy_evaluations")
        return cls(
            identities=tuple(Identity.from_claims(entry) for entry in entries) or user.identity_set,
            authentications=tuple(_authentications(shown if isinstance(shown, dict) else {})),
            met_policies=frozenset(_met(evaluated if isinstance(evaluated, dict) else {})),
        )

    def of_kind(self, conditions: Conditions) -> list[Authentication]:
        """Return the authentications of the kind that *conditions* want, however long ago."""
        suitable = {identity.sub for identity in self.identities if conditions.accepts(identity)}
        of_suitable = [shown for shown in self.authentications if shown.identity_id in suitable]
        return [shown for shown in of_suitable if shown.with_mfa or not conditions.mfa]


def missing_in_session(conditions: Conditions, standing: Standing, *, now: float) -> Requirement | None:
    """
    Return what the person still has to do at Globus; nothing when the session is as it should be.

    Returns:
        None when there is nothing that they could do: none of their identities is of the right kind.
    """
    unmet = tuple(policy for policy in conditions.policies if policy not in standing.met_policies)
    wanted = Requirement(session_required_policies=unmet, session_message=conditions.message) if unmet else NOTHING
    if not conditions.is_about_the_session:
        return wanted
    suitable = [identity for identity in standing.identities if conditions.accepts(identity)]
    if not suitable:
        return None
    if any(_is_recent(shown, conditions, now=now) for shown in standing.of_kind(conditions)):
        return wanted
    return wanted.union(
        Requirement(
            session_required_identities=(suitable[0].sub,) if conditions.identity_providers else (),
            session_required_single_domain=() if conditions.identity_providers else conditions.domains,
            session_required_mfa=conditions.mfa,
            session_message=conditions.message,
            prompt="login",
        )
    )


def recent_until(conditions: Conditions, standing: Standing) -> int | None:
    """Return when a sign-in will be too old for *conditions*, which are met, in epoch seconds; None if it never is."""
    if conditions.max_age is None:
        return None
    return max(shown.at for shown in standing.of_kind(conditions)) + conditions.max_age


def is_member(conditions: Conditions, my_groups: Iterable[Any]) -> bool:
    """Tell from the answer of ``my_groups`` (Globus docs, "Groups API") whether one of the groups is there, active."""
    return any(
        group.get("id") in conditions.groups
        and any(own.get("status") == "active" for own in objects_in(group, "my_memberships"))
        for group in my_groups
        if isinstance(group, dict)
    )


def objects_in(document: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """Return the objects in the list of that *name* in *document*; none when there is no such list."""
    listed = document.get(name)
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []


def _is_recent(shown: Authentication, conditions: Conditions, *, now: float) -> bool:
    return conditions.max_age is None or now - shown.at <= conditions.max_age


def _authentications(shown: Mapping[str, Any]) -> Iterable[Authentication]:
    for identity_id, entry in shown.items():
        at = entry.get("auth_time") if isinstance(entry, dict) else None
        if is_moment(at):
            methods = entry.get("amr")
            yield Authentication(identity_id, int(at), isinstance(methods, list) and MFA in methods)


def _met(evaluated: Mapping[str, Any]) -> Iterable[str]:
    return (
        policy for policy, result in evaluated.items() if isinstance(result, dict) and result.get("evaluation") is True
    )


def _several(value: OneOrMore) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _scopes(value: OneOrMore) -> tuple[str, ...]:
    scopes = _several(value)
    for scope in scopes:
        if problem := parse_problem(scope):
            raise ValueError(f"{scope!r} is no scope: {problem}")
    return scopes


def _domains(value: OneOrMore) -> tuple[str, ...]:
    domains = tuple(each.lower() for each in _several(value))
    for domain in domains:
        if "@" in domain or "." not in domain:
            raise ValueError(f"{domain!r} is no domain, such as uni.example.")
    return domains


def _ids(value: OneOrMore, what: str) -> tuple[str, ...]:
    ids = _several(value)
    for each in ids:
        try:
            uuid.UUID(each)
        except ValueError:
            raise ValueError(f"{each!r} is no {what}: its id, a UUID, is needed.") from None
    return tuple(each.lower() for each in ids)
