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
    renews, ``disuse`` when a refresh token will have been unused for too long; ``resource_server`` is whose it is.
    """

    at: int
    reason: str
    resource_server: str = ""


def forecast(token_sets: Iterable[TokenSet], *, session_ends_at: int) -> Forecast:
    """
    Return what comes first.

    Args:
        token_sets: what the session holds.
        session_ends_at: when it ends however busy it is, in seconds since the epoch.
    """
    return min([Forecast(session_ends_at, "session"), *map(_of_tokens, token_sets)], key=lambda found: found.at)


def _of_tokens(tokens: TokenSet) -> Forecast:
    if tokens.refresh_token is None:
        return Forecast(tokens.expires_at, "permission", tokens.resource_server)
    return Forecast(tokens.obtained_at + REFRESH_IDLE_SECONDS, "disuse", tokens.resource_server)
