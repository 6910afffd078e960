"""Tokens."""

import pytest

from trivet.tokens import AccessToken, ClientSecret, RefreshToken, Secret, TokenSet

TOKENS = TokenSet(
    resource_server="transfer.api.globus.org",
    access_token=AccessToken("canary-access"),
    refresh_token=RefreshToken("canary-refresh"),
    scopes=frozenset({"urn:globus:auth:scope:transfer.api.globus.org:all"}),
    obtained_at=1000,
    expires_at=2000,
)


@pytest.mark.parametrize("kind", [Secret, AccessToken, RefreshToken, ClientSecret])
def test_secrets_print_as_stars(kind: type[Secret]) -> None:
    """However a secret gets into a text, the text holds stars; only `reveal` tells."""
    secret = kind("canary")
    for text in (str(secret), repr(secret), f"{secret}", f"{[secret]}", f"{ {'key': secret} }"):
        assert "canary" not in text
    assert secret.reveal() == "canary"


def test_a_token_set_prints_without_its_tokens() -> None:
    """A token set in a log or a traceback shows whose it is and until when, and no token."""
    assert "canary" not in repr(TOKENS)
    assert "transfer.api.globus.org" in repr(TOKENS)


def test_secrets_are_equal_by_kind_and_value() -> None:
    """An access token never equals a refresh token of the same characters."""
    assert AccessToken("x") == AccessToken("x")
    assert AccessToken("x") != RefreshToken("x")
    assert AccessToken("x") != "x"
    assert len({AccessToken("x"), AccessToken("x"), RefreshToken("x")}) == 2


@pytest.mark.parametrize(("now", "lasts"), [(1940, True), (1940.001, False), (2000, False), (0, True)])
def test_lasting_is_judged_exactly_at_the_margin(now: float, lasts: bool) -> None:
    """A token lasts 60 seconds when exactly 60 are left, and not a moment later."""
    assert TOKENS.lasts(60, now=now) is lasts


def test_a_missing_refresh_token_keeps_the_old_one() -> None:
    """Globus may leave the refresh token out of a refresh; then the old one stays. A new one replaces it."""
    fresh = TokenSet("rs", AccessToken("new"), None, frozenset(), 1500, 2500)
    assert fresh.keeping(TOKENS).refresh_token == RefreshToken("canary-refresh")
    rotated = TokenSet("rs", AccessToken("new"), RefreshToken("rotated"), frozenset(), 1500, 2500)
    assert rotated.keeping(TOKENS).refresh_token == RefreshToken("rotated")


def test_a_token_set_reads_what_it_wrote() -> None:
    """Writing down and reading loses nothing, with a refresh token and without."""
    without = TokenSet("rs", AccessToken("a"), None, frozenset(), 1, 2)
    for tokens in (TOKENS, without):
        assert TokenSet.from_bytes(tokens.resource_server, tokens.to_bytes()) == tokens


def test_a_grant_shows_what_may_be_shown() -> None:
    """What people are shown of their tokens holds no token."""
    grant = TOKENS.grant
    assert (grant.resource_server, grant.expires_at, grant.renewable) == ("transfer.api.globus.org", 2000, True)
    assert "canary" not in repr(grant)
