"""
Answered demands: what somebody has just been to Globus for, so that nobody goes there in circles.

A session that comes out of a step-up knows the demands it has met, and when. The same demand again, at once, is one
that Globus and the service do not agree on; and so is a long row of different ones. Both are for a page that says so,
and not for another redirect. Some time later the same demand is a new one: what was met has grown old.
"""

from collections.abc import Callable

from trivet.kept import Kept
from trivet.requirement import Requirement
from trivet.session import Session

AT_ONCE_SECONDS = 30  # the page that demanded something is opened again, but may be slow
RECENT_SECONDS = 120
MAX_IN_A_ROW = 5  # different demands, within that time


class Answered:
    """
    Remembers which demands have been met.

    Args:
        kept: where.
        clock: seconds since the epoch.
    """

    def __init__(self, kept: Kept, *, clock: Callable[[], float]) -> None:
        self._kept = kept
        self._clock = clock

    def note(self, demand: str, *, session: Session, before: Session | None) -> None:
        """Remember that *session*, which took the place of *before*, came out of meeting *demand*."""
        recent = self._recent(before) if before else []
        self._kept.put(_key(session), [*recent, (demand, int(self._clock()))], seconds=RECENT_SECONDS)

    def has_just_met(self, requirement: Requirement, session: Session) -> bool:
        """Tell whether it would be in vain to send the person of *session* to Globus for *requirement* once more."""
        recent = self._recent(session)
        since = self._clock() - AT_ONCE_SECONDS
        return len(recent) >= MAX_IN_A_ROW or any(demand == requirement.key and at > since for demand, at in recent)

    def _recent(self, session: Session) -> list[tuple[str, int]]:
        since = self._clock() - RECENT_SECONDS
        return [(demand, at) for demand, at in self._kept.get(_key(session)) or [] if at > since]


def _key(session: Session) -> str:
    return f"answered {session.id}"
