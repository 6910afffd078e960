"""What is remembered of consents: trees that grow, and that can be cut."""

from __future__ import annotations

import pytest

from trivet.sandbox.auth.scope_strings import parse
from trivet.sandbox.world.consents import Consents


class _Given:
    """Ada's consents for one application, said in scope strings."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.consents = Consents(lambda: self.now)

    def allow(self, scopes, *, offline=False, declined=()):
        self.consents.allow("ada", "app", parse(scopes), offline=offline, declined=frozenset(declined))

    def covers(self, scopes, *, offline=False):
        return self.consents.cover("ada", "app", parse(scopes), offline=offline)

    def paths(self):
        return [each.path for each in self.consents.of("ada")]


@pytest.fixture
def given():
    return _Given()


@pytest.mark.parametrize(
    ("allowed", "asked", "covered"),
    [
        ("a", "a", True),
        ("a", "b", False),
        ("a b", "b", True),
        ("a", "a[b]", False),
        ("a[b]", "a", True),
        ("a[b]", "b", False),
        ("a[b] a[c]", "a[b c]", True),
        ("a[b[c]]", "a[b c]", False),
        ("a[b]", "a[*b]", True),
        ("a[*b]", "a[b]", True),
    ],
)
def test_what_covers_what(given, allowed, asked, covered):
    """A consent is for a path: the same scope elsewhere in a tree is another thing to agree to."""
    given.allow(allowed)
    assert given.covers(asked) is covered


def test_asking_for_more_keeps_what_was_given(given):
    """A narrower agreement later takes nothing away, and ids stay."""
    given.allow("a[b] c")
    before = {each.path: each.ids for each in given.consents.of("ada")}
    given.allow("a[d]")
    after = {each.path: each.ids for each in given.consents.of("ada")}
    assert {path: after[path] for path in before} == before
    assert after["a", "d"][0] == before["a",][0]


def test_declining_takes_all_below_with_it(given):
    """Who declines a dependency has agreed to nothing that hangs on it."""
    given.allow("a[*b[c] d]", declined=[("a", "b")])
    assert given.paths() == [("a",), ("a", "d")]


def test_refresh_tokens_once_agreed_to_stay_so(given):
    """Agreeing again without them does not forget them; agreeing with them later adds them."""
    given.allow("a", offline=True)
    given.allow("a b")
    assert [each.allows_refresh for each in given.consents.of("ada")] == [True, False]
    assert given.covers("a", offline=True)
    assert not given.covers("b", offline=True)


def test_removing_cuts_the_branch(given):
    """What is taken back goes with everything below, and nothing beside it."""
    given.allow("a[b[c] d] b")
    given.consents.remove(given.consents.find("ada", "app", ("a", "b")))
    assert given.paths() == [("a",), ("a", "d"), ("b",)]


def test_times(given):
    """Created once, updated when agreed to again, last used when made use of."""
    given.allow("a")
    given.now += 10
    given.allow("a")
    given.now += 10
    given.consents.use("ada", "app", [("a",), ("a", "b")])
    [consent] = given.consents.of("ada")
    assert (consent.created, consent.updated, consent.last_used) == (1000, 1010, 1020)


def test_of_one_application(given):
    """A person's consents can be told apart by application; other people's are not among them."""
    given.allow("a")
    given.consents.allow("ada", "other", parse("a"), offline=False)
    given.consents.allow("grace", "app", parse("a"), offline=False)
    assert [each.client_id for each in given.consents.of("ada")] == ["app", "other"]
    assert [each.client_id for each in given.consents.of("ada", "other")] == ["other"]
