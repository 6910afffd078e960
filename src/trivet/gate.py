"""
The gate: whether a person meets the conditions of a page, by asking Globus, and remembering the answer for a while.

Who has authenticated, and how, is in the introspection of the session's own token; who is in which group is for Groups
to say. Both are remembered per session, so a step-up, which ends in a new session, is seen at once.
"""

from collections.abc import Callable, Sequence
from typing import Any

from globus_sdk import GlobusAPIError, GroupsClient, NetworkError

from trivet.conditions import Conditions, Standing, is_member, missing_in_session, objects_in, recent_until
from trivet.errors import AccessRefused, GlobusUnavailable, LoginNeeded, TrivetError, step_up_needed
from trivet.foreign_text import one_line
from trivet.globus_auth import GlobusAuth
from trivet.kept import Kept
from trivet.refresh import Refresher
from trivet.requirement import NOTHING, Requirement
from trivet.scopes import missing
from trivet.sdk import SessionAuthorizer, as_trivet_error, bound_client
from trivet.session import Session, Sessions
from trivet.transport import Transports
from trivet.wording import account, listed

AUTH = "auth.globus.org"
MY_GROUPS = "urn:globus:auth:scope:groups.api.globus.org:view_my_groups_and_memberships"
ALL_OF_GROUPS = "urn:globus:auth:scope:groups.api.globus.org:all"  # covers that, and lets groups be described
MAX_MANAGERS = 5  # who are named
INCLUDED = "session_info,identity_set_detail"


class Gate:
    """
    Lets people through who meet the conditions.

    Args:
        sessions: know what has been granted.
        globus_auth: tells about a session.
        refresher: gives the tokens to ask with.
        transports: connections to Groups.
        kept: remembers the answers.
        remember_seconds: for how long.
        clock: seconds since the epoch.
    """

    def __init__(
        self,
        sessions: Sessions,
        globus_auth: GlobusAuth,
        refresher: Refresher,
        transports: Transports,
        kept: Kept,
        *,
        remember_seconds: int,
        clock: Callable[[], float],
    ) -> None:
        self._sessions = sessions
        self._globus_auth = globus_auth
        self._refresher = refresher
        self._transports = transports
        self._kept = kept
        self._remember_seconds = remember_seconds
        self._clock = clock

    def check(self, session: Session | None, conditions: Conditions) -> Session:
        """
        Return *session* if it meets *conditions*.

        Raises:
            LoginNeeded: nobody is signed in.
            StepUpNeeded: there is something that the person can do about it at Globus.
            AccessRefused: there is not.
            GlobusUnavailable: Globus does not say.
        """
        if session is None:
            wanted = conditions.for_a_stranger()
            raise LoginNeeded("You are not signed in.", hint="Sign in to go on.", requirement=wanted)
        wanted = self._missing_scopes(session, conditions).union(self._missing_in_session(session, conditions))
        if wanted:
            raise step_up_needed(wanted)
        if conditions.groups and not is_member(conditions, self._my_groups(session)):
            raise self._not_a_member(session, conditions)
        return session

    def recent_until(self, session: Session) -> int | None:
        """Return when a sign-in will be too old for one of the pages with ``max_age`` that *session* has opened."""
        return min(self._recent(session), default=None)

    def _note_recent(self, session: Session, until: int) -> None:
        known = self._recent(session)
        if until not in known and until < self._sessions.ends_at_latest(session):
            all_known = [*known, until]
            self._kept.put(f"recent {session.id}", all_known, seconds=max(all_known) - int(self._clock()))

    def _recent(self, session: Session) -> list[int]:
        now = self._clock()
        return [until for until in self._kept.get(f"recent {session.id}") or [] if until > now]

    def _missing_scopes(self, session: Session, conditions: Conditions) -> Requirement:
        if not (conditions.scopes or conditions.groups):
            return NOTHING
        granted = self._sessions.granted_scopes(session.id)
        groups = [MY_GROUPS] if conditions.groups and ALL_OF_GROUPS not in granted else []
        lacking = missing((*conditions.scopes, *groups), granted)
        return Requirement(required_scopes=lacking, session_message=conditions.message) if lacking else NOTHING

    def _missing_in_session(self, session: Session, conditions: Conditions) -> Requirement:
        if not (conditions.is_about_the_session or conditions.policies):
            return NOTHING
        standing = Standing.read(self._introspected(session, conditions.policies), session.user)
        wanted = missing_in_session(conditions, standing, now=self._clock())
        if wanted is None:
            raise _wrong_account(session, conditions, standing)
        if not wanted and (until := recent_until(conditions, standing)):
            self._note_recent(session, until)
        return wanted

    def _introspected(self, session: Session, policies: Sequence[str]) -> dict[str, Any]:
        def ask() -> dict[str, Any]:
            tokens = self._refresher.fresh_tokens(session, AUTH)
            return self._globus_auth.introspect(tokens.access_token, include=INCLUDED, policies=policies)

        document: dict[str, Any] = self._remembered(f"standing {session.id} {' '.join(sorted(policies))}", ask)
        if document.get("active") is not True:
            raise LoginNeeded("Globus has ended this sign-in.", hint="Sign in again to go on.")
        return document

    def _my_groups(self, session: Session) -> list[Any]:
        def ask() -> list[Any]:
            groups = self._groups_client(session).get_my_groups().data
            if not isinstance(groups, list):
                raise GlobusUnavailable("Globus sent a list of groups that cannot be read.")
            return groups

        groups: list[Any] = self._remembered(f"groups {session.id}", ask)
        return groups

    def _groups_client(self, session: Session) -> GroupsClient:
        return bound_client(
            GroupsClient,
            lambda resource_server, needed: SessionAuthorizer(
                self._refresher, session, resource_server, needed=needed, clock=self._clock
            ),
            self._transports,
            scopes=[],  # which are there is known by now
        )

    def _remembered(self, key: str, ask: Callable[[], Any]) -> Any:
        if (known := self._kept.get(key)) is not None:
            return known
        try:
            answer = ask()
        except (GlobusAPIError, NetworkError) as error:
            raise as_trivet_error(error) from error
        self._kept.put(key, answer, seconds=self._remember_seconds)
        return answer

    def _not_a_member(self, session: Session, conditions: Conditions) -> AccessRefused:
        name, managers = self._who_lets_in(session, conditions.groups[0])
        whom = f"{listed(managers, last='or')} can let you in." if managers else "Its managers can let you in."
        return AccessRefused(
            f"This page is for members of {name}. {conditions.message}".rstrip(),
            hint=f"You are signed in as {account(session.user)}, who is not among them. {whom}",
            groups=list(conditions.groups),
        )

    def _who_lets_in(self, session: Session, group_id: str) -> tuple[str, list[str]]:
        """Return the group's name and the usernames of those who manage it, as far as this person may know."""
        group = self._described(session, group_id, {"include": "memberships"}) or self._described(session, group_id)
        managers = [
            username
            for each in objects_in(group, "memberships")
            if each.get("role") in ("manager", "admin") and each.get("status") == "active"
            if (username := one_line(each.get("username")))
        ]
        name = one_line(group.get("name"))
        return f"the group {name}" if name else "a group", managers[:MAX_MANAGERS]

    def _described(self, session: Session, group_id: str, query: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return what this person may know about a group; a refusal is explained without it just as well."""
        try:
            group = self._groups_client(session).get_group(group_id, query_params=query).data
        except (GlobusAPIError, NetworkError, TrivetError):
            return {}
        return group if isinstance(group, dict) else {}


def _wrong_account(session: Session, conditions: Conditions, standing: Standing) -> AccessRefused:
    if conditions.domains:
        kind = f"an account of {listed(conditions.domains, last='or')}"
    else:
        kind = "an account of a certain organization"
    others = [account(identity) for identity in standing.identities if identity.sub != session.user.sub]
    linked = f"Your linked accounts will not do either: {listed(others)}." if others else "No other is linked to it."
    return AccessRefused(
        f"This page is for people with {kind}. {conditions.message}".rstrip(),
        hint=f"You are signed in as {account(session.user)}. {linked} "
        "You can link one that will do at Globus, or sign out and sign in with another.",
    )
