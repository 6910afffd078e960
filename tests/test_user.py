"""The signed-in user."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trivet.user import Identity, User

CLAIMS = {
    "sub": "a1c0",
    "preferred_username": "ada@uni.example",
    "name": "Ada Q",
    "email": None,
    "identity_provider": "77aa",
    "last_authentication": 1789820000,
    "identity_set": [
        {"sub": "a1c0", "username": "ada@uni.example"},
        {"sub": "a1c1", "username": "0000-0002-1825-0097@orcid.org", "identity_provider_display_name": "ORCID"},
    ],
}


def test_claims_become_a_user() -> None:
    """A user has the claims' values, the linked identities in order, and None for what is missing."""
    user = User.from_claims(CLAIMS)
    assert (user.sub, user.username, user.name, user.email) == ("a1c0", "ada@uni.example", "Ada Q", None)
    assert [identity.sub for identity in user.identity_set] == ["a1c0", "a1c1"]
    assert user.identity_set[1].identity_provider_display_name == "ORCID"


def test_without_an_identity_set_there_is_one_identity() -> None:
    """`identity_set` is optional; there is always at least the identity they came with."""
    user = User.from_claims({"sub": "a1c0", "preferred_username": "ada@uni.example"})
    assert [identity.username for identity in user.identity_set] == ["ada@uni.example"]


@pytest.mark.parametrize(
    ("username", "domain"),
    [
        ("ada@uni.example", "uni.example"),
        ("ada@anl.example@accounts.google.com", "accounts.google.com"),
        ("ADA@Uni.Example", "uni.example"),
        ("ada", None),
        ("ada@", None),
        ("eve@ban\N{KELVIN SIGN}.example", "ban\N{KELVIN SIGN}.example"),
        (None, None),
    ],
)
def test_the_domain_follows_the_last_at_sign(username: str | None, domain: str | None) -> None:
    """A Google account whose address looks like a campus one is not of that campus."""
    assert Identity(sub="x", username=username).domain == domain


TEXT = st.text(st.characters(exclude_categories=()), max_size=5)  # halves of surrogate pairs too
JSON = st.recursive(st.none() | st.booleans() | st.integers() | TEXT, lambda inner: st.lists(inner, max_size=3))


@given(st.dictionaries(st.sampled_from([*CLAIMS, "organization", "username"]), JSON))
def test_odd_claims_never_raise(odd: dict[str, object]) -> None:
    """Whatever type a claim has, the user can be made, written down and read again."""
    user = User.from_claims({**odd, "sub": "a1c0"})
    assert User.from_json(user.to_json()) == user
    assert user.display_name.encode()


@pytest.mark.parametrize("odd", ["\ud800", "\n", "\0", "\u2028", "\x9b"])
def test_what_cannot_be_printed_is_marked(odd: str) -> None:
    """Half a surrogate pair or a line break becomes U+FFFD, and what only begins like a domain does not become it."""
    user = User.from_claims({"sub": "a1c0", "preferred_username": f"eve@uni.example{odd}", "name": f"E{odd}ve"})
    assert (user.domain, user.name) == ("uni.example\N{REPLACEMENT CHARACTER}", "E\N{REPLACEMENT CHARACTER}ve")


def test_what_another_version_wrote_can_be_read() -> None:
    """A user written by a version with fewer or more fields is read: what is missing has its default."""
    user = User.from_json('{"sub": "a1c0", "name": "Ada Q", "shoe_size": 38, "identity_set": [{"sub": "a1c0"}]}')
    assert (user.sub, user.name, user.email, user.display_name) == ("a1c0", "Ada Q", None, "Ada Q")
    assert user.identity_set == (Identity(sub="a1c0"),)
