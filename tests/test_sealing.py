"""Sealing."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trivet.errors import SealBroken
from trivet.sealing import Sealer

OLD, NEW = b"the secret of last year, 32 bytes", b"the secret of this year, 32 bytes"


@given(st.binary(max_size=300), st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_what_is_sealed_opens_again(plaintext: bytes, place: str) -> None:
    """Any value opens again in its place, and its ciphertext does not show it."""
    sealer = Sealer([NEW], "token")
    sealed = sealer.seal(plaintext, place=place)
    assert sealer.open(sealed, place=place) == plaintext
    assert len(sealed) == len(plaintext) + 29


@given(st.binary(min_size=1, max_size=60), st.data())
def test_any_change_breaks_the_seal(plaintext: bytes, data: st.DataObject) -> None:
    """A ciphertext with one bit turned, or cut anywhere, does not open."""
    sealer = Sealer([NEW], "token")
    sealed = sealer.seal(plaintext, place="here")
    position = data.draw(st.integers(0, len(sealed) - 1))
    turned = bytearray(sealed)
    turned[position] ^= 1 << data.draw(st.integers(0, 7))
    for broken in (bytes(turned), sealed[:position]):
        with pytest.raises(SealBroken):
            sealer.open(broken, place="here")


def test_a_seal_belongs_to_its_place() -> None:
    """A ciphertext copied to another place does not open there."""
    sealer = Sealer([NEW], "token")
    with pytest.raises(SealBroken):
        sealer.open(sealer.seal(b"x", place="ada"), place="grace")


def test_purposes_do_not_share_keys() -> None:
    """What is sealed for one purpose does not open for another."""
    with pytest.raises(SealBroken):
        Sealer([NEW], "token").open(Sealer([NEW], "pending login").seal(b"x", place="p"), place="p")


def test_old_secrets_open_and_the_current_one_seals() -> None:
    """After a rotation, old values open while the old secret is listed, and new ones need the new secret alone."""
    before, rotated = Sealer([OLD], "token"), Sealer([NEW, OLD], "token")
    assert rotated.open(before.seal(b"x", place="p"), place="p") == b"x"
    assert Sealer([NEW], "token").open(rotated.seal(b"y", place="p"), place="p") == b"y"
    with pytest.raises(SealBroken):
        before.open(rotated.seal(b"y", place="p"), place="p")


def test_the_same_value_never_looks_the_same_twice() -> None:
    """Sealing twice gives two ciphertexts, so nobody can tell equal values."""
    sealer = Sealer([NEW], "token")
    assert sealer.seal(b"x", place="p") != sealer.seal(b"x", place="p")


def test_a_broken_seal_does_not_tell() -> None:
    """The error holds neither the ciphertext nor the secret."""
    with pytest.raises(SealBroken) as caught:
        Sealer([NEW], "token").open(b"\x01" + b"canary" * 10, place="p")
    assert "canary" not in str(caught.value)
    assert "secret of" not in str(caught.value)


@given(st.binary(max_size=60))
def test_sealed_text_fits_cookies_and_addresses(plaintext: bytes) -> None:
    """As text, a sealed value holds base64url characters only, and opens again."""
    sealer = Sealer([NEW], "ask")
    text = sealer.seal_text(plaintext, place="p")
    assert set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=")
    assert sealer.open_text(text, place="p") == plaintext


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text + "x",
        lambda text: text + "=",
        lambda text: "é" + text,
        lambda text: " " + text,
        lambda text: "",
    ],
)
def test_sealed_text_is_read_to_the_letter(spoil: Callable[[str], str]) -> None:
    """A character too many, even one that decoders like to pass over, breaks the seal."""
    sealer = Sealer([NEW], "ask")
    with pytest.raises(SealBroken):
        sealer.open_text(spoil(sealer.seal_text(b"xyz", place="p")), place="p")
