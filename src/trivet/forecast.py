"""
Forecast: when a session will next need the person.

A pure function of what the session holds, so that a page can say it before it happens.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from trivet.tokens import TokenSet

REFRESH_IDLE_SECONDS = 180 * 24 * 3600  # Globus ends a refresh token that is not used for six months (Globus docs, SDK)


@dataclass(frozen=True, slots=True)
class Forecast:
    """
    When somebody will have to sign in again, in seconds since the epoch, and what for.

    ``reason`` is ``session`` when this site ends the session, ``permission`` when an access token runs out that nothing
    renews, ``disuse`` when a refresh token will have been unused for too long; ``resource_server`` is whose it is. And
    ``recency`` when a page with a ``max_age`` that the person has opened will want another sign-in. How long a policy
    at Globus takes a sign-in for recent is not foretold: nobody but its owner is told.
    """

    at: int
    reason: str
    resource_server: str = ""


def forecast(token_sets: Iterable[TokenSet], *, session_ends_at: int, recent_until: int | None = None) -> Forecast:
    """
    Return what comes first.

    Args:
        token_sets: what the session holds.
        session_ends_at: when it ends however busy it is, in seconds since the epoch.
        recent_until: when the sign-in will be too old for a page that it is recent enough for now; likewise.
    """
    found = [Forecast(session_ends_at, "session"), *map(_of_tokens, token_sets)]
    if recent_until is not None:
        found.append(Forecast(recent_until, "recency"))
    return min(found, key=lambda each: each.at)


def _of_tokens(tokens: TokenSet) -> Forecast:
    if tokens.refresh_token is None:
        return Forecast(tokens.expires_at, "permission", tokens.resource_server)
    return Forecast(tokens.obtained_at + REFRESH_IDLE_SECONDS, "disuse", tokens.resource_server)
