"""Where the entries of a TOML file are."""

from __future__ import annotations

import re
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trivet.sandbox.seed.lines import lines_of
from trivet.sandbox.seed.problems import Problems
from trivet.sandbox.seed.reading import Seed, SeedError

NOISE = [
    "# [no.table]",
    "",
    "  # no = 1",
]
STRINGS = [
    '"a # \\" [x] = {y}"',
    "'C:\\[x] # = {'",
    '"""\n[no.table]\nno = 1 \\"""\n"""',
    '"""quoted: ""a"" """""',
    "'''\n[[no]]\n''''",
    '""""""',
]


class Writer:
    """Writes TOML in which every key and every number is there once."""

    def __init__(self, data):
        self.data = data
        self.count = 0

    def pick(self, *choices):
        return self.data.draw(st.sampled_from(choices))

    def number(self):
        self.count += 1
        return f"1{self.count:04}"

    def key(self):
        return self.pick("{}", '"{}"', "'{}'", '"{}.x"', "'{} # ['", '"\\u006b{}"').format(f"k{self.number()}")

    def break_(self):
        return self.pick("", "", " ", "\n", "\n  # ], no = 1\n", "\r\n")

    def value(self, depth):
        kind = self.pick("number", "string", "date", *(["array", "table"] if depth else []))
        if kind == "array":
            items = [self.value(depth - 1) for _ in range(self.pick(0, 1, 3))]
            return "[" + "".join(f"{self.break_()}{each}{self.break_()}," for each in items) + self.break_() + "]"
        if kind == "table":
            return "{ " + ", ".join(self.pair(depth - 1) for _ in range(self.pick(0, 1, 2))) + " }"
        return {"number": self.number(), "string": self.pick(*STRINGS), "date": "1979-05-27 07:32:00Z"}[kind]

    def pair(self, depth):
        keys = " . ".join(self.key() for _ in range(self.pick(1, 1, 2)))
        return f"{keys}{self.pick(' = ', '=')}{self.value(depth)}"

    def body(self):
        return "".join(f"{self.pair(2)}  # {self.pick('x', ']')}\n" for _ in range(self.pick(0, 1, 3)))

    def document(self):
        parts, headers = [self.body()], []
        for _ in range(self.pick(0, 2, 4)):
            above = self.pick("", *(f"{each}." for each in headers))
            again = self.pick(False, bool(headers))
            name = headers[-1] if again else f"{above}{self.key()}"
            headers += [] if again else [name]
            parts += [f"{self.pick(*NOISE)}\n[[ {name} ]]\n", self.body()]
            if self.pick(False, True):
                parts += [f"[{name}.{self.key()}]\n", self.body()]
        return "".join(parts)


def ways(value, here=()):
    """Every way there is in a parsed document, with what it leads to."""
    yield here, value
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield from ways(child, (*here, key))


@given(st.data())
def test_every_entry_is_found_where_it_is(data):
    """Whatever TOML may look like: each key is in the line that is told, and each number that is in an array."""
    text = Writer(data).document()
    lines, written = lines_of(text), text.split("\n")
    found = {way: value for way, value in ways(tomllib.loads(text)) if way}
    assert lines.keys() == found.keys()
    for way, value in found.items():
        line = written[lines[way] - 1]
        if isinstance(way[-1], str):
            number = re.search(r"k(\d+)", way[-1])
            assert number is not None
            assert number.group(1) in line
        elif isinstance(value, int):
            assert str(value) in line


def test_nested_too_deep():
    """A problem in a seed that nests deeper than its lines can be found is told all the same."""
    problems = Problems(Seed({}, name="seed.toml", text=f"x = {'[' * 5000}{']' * 5000}"))
    problems.add(("x",), "there is no such section")
    with pytest.raises(SeedError, match=r"seed\.toml: nested too deep"):
        problems.check()


def test_a_table_is_where_its_header_is():
    """Also if one below it comes first; one without a header is where it is first needed."""
    lines = lines_of("[a.b]\nx = 1\n[a]\ny.z = 2\n[[c]]\n[[c]]\n[c.d]")
    assert lines == {
        ("a",): 3,
        ("a", "b"): 1,
        ("a", "b", "x"): 2,
        ("a", "y"): 4,
        ("a", "y", "z"): 4,
        ("c",): 5,
        ("c", 0): 5,
        ("c", 1): 6,
        ("c", 1, "d"): 7,
    }
