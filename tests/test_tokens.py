"""Tokens."""

import pytest

from trivet.tokens import MAX_SUPERSEDED, AccessToken, ClientSecret, RefreshToken, Secret, TokenSet

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


def refreshed(access: str, refresh: str | None, *, at: int) -> TokenSet:
    return TokenSet("rs", AccessToken(access), RefreshToken(refresh) if refresh else None, frozenset(), at, at + 1000)


def values(tokens: TokenSet) -> list[str]:
    return [secret.reveal() for secret in tokens.secrets()]


def test_what_is_superseded_is_remembered_while_it_may_be_good() -> None:
    """An access token that a refresh replaced is revoked with the rest until it has run out, and forgotten then."""
    second = refreshed("second", None, at=1999).keeping(TOKENS)
    assert values(second) == ["canary-refresh", "second", "canary-access"]
    assert [secret.reveal() for secret in second.current()] == ["canary-refresh", "second"]
    third = refreshed("third", None, at=2000).keeping(second)
    assert values(third) == ["canary-refresh", "third", "second"]


def test_a_replaced_refresh_token_is_remembered_too() -> None:
    """Should Globus ever send another refresh token, the one before is revoked with the rest."""
    rotated = refreshed("second", "rotated", at=2500).keeping(TOKENS)
    assert values(rotated) == ["rotated", "second", "canary-refresh"]


def test_the_same_token_again_is_not_superseded() -> None:
    """A refresh that brings the very token there was supersedes nothing."""
    assert values(refreshed("canary-access", None, at=1500).keeping(TOKENS)) == ["canary-refresh", "canary-access"]


def test_what_is_superseded_does_not_grow_for_ever() -> None:
    """A service that turns down every token does not fill the store: the latest of them are remembered."""
    tokens = TOKENS
    for number in range(50):
        tokens = refreshed(f"fresh-{number}", None, at=1500).keeping(tokens)
    assert len(tokens.superseded) == MAX_SUPERSEDED
    assert tokens.superseded[-1].token.reveal() == "fresh-48"


def test_a_token_set_reads_what_it_wrote() -> None:
    """Writing down and reading loses nothing, with a refresh token and without, and with what it superseded."""
    without = TokenSet("rs", AccessToken("a"), None, frozenset(), 1, 2)
    for tokens in (TOKENS, without):
        assert TokenSet.from_bytes(tokens.resource_server, tokens.to_bytes()) == tokens
    read = TokenSet.from_bytes("rs", refreshed("second", "rotated", at=1500).keeping(TOKENS).to_bytes())
    assert values(read) == ["rotated", "second", "canary-access", "canary-refresh"]


def test_a_grant_shows_what_may_be_shown() -> None:
    """What people are shown of their tokens holds no token."""
    grant = TOKENS.grant
    assert (grant.resource_server, grant.expires_at, grant.renewable) == ("transfer.api.globus.org", 2000, True)
    assert "canary" not in repr(grant)
