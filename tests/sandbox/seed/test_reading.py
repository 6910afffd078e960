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
    assert read_seed(None)[0]["people"].keys() == globus.people.keys()
    assert len({each.idp for each in globus.people["ada"].identities}) == 3
    assert globus.people["zoe"].email is None
    assert {each.is_public for each in globus.clients.values()} == {True, False}
    assert set(globus.clients["portal"].redirect_uris) == {
        "http://localhost:5000/login/callback",
        "http://localhost:5000/login",
    }
    assert all(any(each.root.iterdir()) for each in globus.collections.values())
