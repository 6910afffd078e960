"""Seeds as files, and the one that is built in."""

from __future__ import annotations

import pytest

from trivet.sandbox import Sandbox
from trivet.sandbox.seed import SeedError, read_seed


@pytest.mark.parametrize("text", ["[people", "\x00", "a = 1\na = 2"])
def test_files_that_are_no_toml(tmp_path, text):
    """The message names the file and the place in it."""
    path = tmp_path / "seed.toml"
    path.write_text(text)
    with pytest.raises(SeedError, match=r"seed\.toml"):
        Sandbox(path)


def test_missing_file(tmp_path):
    """A path that is not there is a SeedError too."""
    with pytest.raises(SeedError, match="nowhere"):
        Sandbox(tmp_path / "nowhere.toml")


def test_default_seed(globus):
    """Four people at least, one of them with three identities and one without email; two kinds of clients."""
    assert read_seed(None).table["people"].keys() == globus.people.keys()
    assert len({each.idp for each in globus.people["ada"].identities}) == 3
    assert globus.people["zoe"].email is None
    assert {each.is_public for each in globus.clients.values()} == {True, False}
    assert set(globus.clients["portal"].redirect_uris) == {
        "http://localhost:5000/login/callback",
        "http://localhost:5000/login",
    }
    assert all(any(each.root.iterdir()) for each in globus.collections.values())


PROVIDER = '[identity_providers.u]\ndisplay_name = "U"\ndomain = "u.example"\n'


def problems_in(tmp_path, text):
    """What is wrong with a seed file, without the directory it is in."""
    path = tmp_path / "my_seed.toml"
    path.write_text(text, newline="")
    with pytest.raises(SeedError) as caught:
        Sandbox(path).start()
    return [each.removeprefix(f"{tmp_path}/") for each in caught.value.problems]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[people", "line 1: Expected ']' at the end of a table declaration (at end of document)"),
        ("a = 1\n\na = 2\n", "line 3: Cannot overwrite a value (column 6)"),
        ("\n\n[people.ada]\nname = \n", "line 4: Invalid value (column 8)"),
    ],
)
def test_the_line_of_what_is_no_toml(tmp_path, text, problem):
    """What TOML itself does not allow comes with the line too, one at a time."""
    assert problems_in(tmp_path, text) == [f"my_seed.toml, {problem}"]


def test_the_line_of_what_is_not_utf8(tmp_path):
    """So does a byte that is no text."""
    path = tmp_path / "my_seed.toml"
    path.write_bytes(b"# fine\n# \xff\n")
    with pytest.raises(SeedError, match=r"my_seed\.toml, line 2: not UTF-8"):
        Sandbox(path)


def test_nested_too_deep(tmp_path):
    """A file that is nothing but brackets is a SeedError, not the end of the stack."""
    [problem] = problems_in(tmp_path, "a = " + "[" * 100_000)
    assert "nested too deep" in problem or "line 1" in problem


def test_every_problem_has_its_line(tmp_path):
    """Each problem tells the line it is in, in the order of the file: of a field, an inline table, a list's element."""
    text = """\
[people.ada]
identities = [
    { idp = "u", username = "ada@u.example" },
    { idp = "v", username = "ada@v.example" },
]

[[people.bob.identities]]
idp = "u"
username = "bob@v.example"

[clients.app]
name = "App"
redirect_uris = [
    "https://app.example/",
    "http://app.example/",
]
nmae = "App"

[poeple]
"""
    assert problems_in(tmp_path, PROVIDER + text) == [
        "my_seed.toml, line 4: people.ada.name: a text is needed here",
        "my_seed.toml, line 7: people.ada.identities[1].idp: 'v' is not one of: u",
        "my_seed.toml, line 10: people.bob.name: a text is needed here",
        "my_seed.toml, line 12: people.bob.identities[0].username: usernames of this identity provider end in "
        "@u.example",
        "my_seed.toml, line 18: clients.app.redirect_uris[1]: not https, nor http on localhost, or with a fragment: "
        "http://app.example/",
        "my_seed.toml, line 20: clients.app.nmae: there is no such field; did you mean name?",
        "my_seed.toml, line 22: poeple: there is no such section; did you mean people?",
    ]


def test_lines_ended_as_on_windows(tmp_path):
    """Carriage returns do not count."""
    text = (PROVIDER + "[clients.app]\nname = 7\n").replace("\n", "\r\n")
    assert problems_in(tmp_path, text) == ["my_seed.toml, line 5: clients.app.name: a text is needed here"]
