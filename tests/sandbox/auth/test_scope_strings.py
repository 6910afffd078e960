"""The grammar of scope strings."""

from __future__ import annotations

import itertools

import pytest
from globus_sdk.scopes import ScopeParser
from hypothesis import given, settings
from hypothesis import strategies as st

from trivet.sandbox.auth.scope_strings import ScopeSyntaxError, parse
from trivet.sandbox.world.scopes import Scope


@pytest.mark.parametrize(
    ("text", "trees"),
    [
        ("", ()),
        ("  ", ()),
        ("a", (Scope("a"),)),
        ("a b a", (Scope("a"), Scope("b"))),
        ("a[b]", (Scope("a", dependencies=(Scope("b"),)),)),
        ("a[*b c]", (Scope("a", dependencies=(Scope("b", optional=True), Scope("c"))),)),
        ("a[ b ]", (Scope("a", dependencies=(Scope("b"),)),)),
        ("a[b[c]] d", (Scope("a", dependencies=(Scope("b", dependencies=(Scope("c"),)),)), Scope("d"))),
    ],
)
def test_trees(text, trees):
    """Scopes, optional ones, and what they depend on."""
    assert parse(text) == trees


@pytest.mark.parametrize("text", ["a[]", "a[b", "a]", "a[b]c", "* a", "*", "[a]", "a[*]", "a\tb", "a**b", "a[" * 1000])
def test_syntax_errors(text):
    """What the grammar has no place for is refused, however deep."""
    with pytest.raises(ScopeSyntaxError):
        parse(text)


def _tree(ours):
    return (ours.name, ours.optional, frozenset(_tree(each) for each in ours.dependencies))


def _sdk_tree(theirs):
    return (theirs.scope_string, theirs.optional, frozenset(_sdk_tree(each) for each in theirs.dependencies))


SHAPES = st.recursive(st.just([]), lambda inner: st.lists(inner, max_size=3), max_leaves=6)


def _written(shape, count, optional=""):
    """Write a tree of that shape; each name is used once, since the SDK joins scopes of one name."""
    name = f"{optional}urn:scope:{next(count)}"
    inner = " ".join(_written(each, count, "*" * (n % 2)) for n, each in enumerate(shape))
    return f"{name}[{inner}]" if inner else name


@settings(max_examples=50)
@given(shapes=st.lists(SHAPES, min_size=1, max_size=3))
def test_same_reading_as_the_sdk(shapes):
    """On well-formed strings ours and the SDK's parser see the same trees."""
    count = itertools.count()
    text = " ".join(_written(each, count) for each in shapes)
    assert {_tree(each) for each in parse(text)} == {_sdk_tree(each) for each in ScopeParser.parse(text)}


@given(text=st.text(alphabet="ab[]* :/é\t", max_size=30))
def test_any_text_is_read_or_refused(text):
    """Nothing else ever comes out."""
    try:
        parse(text)
    except ScopeSyntaxError:
        return
