"""Scope strings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trivet import scopes

ALL = "urn:globus:auth:scope:transfer.api.globus.org:all"
NAMES = st.sampled_from(["openid", "email", ALL, "urn:x:a", "urn:x:b"])
SCOPES = st.one_of(
    NAMES, st.tuples(NAMES, st.sampled_from(["c:data", "*d:data"])).map(lambda pair: f"{pair[0]}[{pair[1]}]")
)


@pytest.mark.parametrize("text", ["openid", f"{ALL}[*c/data_access d]", "*urn:x:a"])
def test_scope_strings_of_the_grammar_are_accepted(text: str) -> None:
    """A scope with dependencies, optional or not, is a scope."""
    assert scopes.parse_problem(text) is None


@pytest.mark.parametrize("text", ["", "a[", "a[]", "a]b", "* a"])
def test_other_strings_are_told_apart(text: str) -> None:
    """What the SDK's parser refuses, and nothing at all, are no scopes."""
    assert scopes.parse_problem(text)


def test_union_merges_dependencies_of_one_root() -> None:
    """Two wishes for one scope become one scope with the dependencies of both."""
    merged = scopes.union([f"{ALL}[a]", "openid"], [f"{ALL}[*b]"])
    assert scopes.roots(merged) == {ALL, "openid"}
    assert len(merged) == 2
    assert "a" in merged[1]
    assert "*b" in merged[1]


@given(st.lists(SCOPES, max_size=5), st.lists(SCOPES, max_size=5))
def test_union_never_asks_for_less(ours: list[str], theirs: list[str]) -> None:
    """Whatever is united, every root is in the union, once, and uniting again changes nothing."""
    united = scopes.union(ours, theirs)
    assert scopes.roots(united) == scopes.roots(ours) | scopes.roots(theirs)
    assert len(united) == len(scopes.roots(united))
    assert scopes.roots(scopes.union(united, ours)) == scopes.roots(united)


def test_missing_is_judged_by_roots() -> None:
    """Globus reports root scopes only, so a dependency never counts as missing."""
    assert scopes.missing([f"{ALL}[*c/data_access]"], [ALL]) == ()
    assert scopes.missing([f"{ALL}[*c/data_access]", "openid"], ["openid"]) == (f"{ALL}[*c/data_access]",)


def test_what_came_over_the_wire_is_added_where_it_can_be() -> None:
    """Of scopes that somebody else names, those that are none, or contradict what is wanted already, are left out."""
    assert scopes.with_usable(["a[b]"], ["b[a]", "[", 7, "é", 'q"', "\n", "c d", "a[e]"]) == scopes.union(
        ["a[b]"], ["c", "d", "a[e]"]
    )
