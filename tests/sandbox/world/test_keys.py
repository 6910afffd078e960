"""The keys that sign ID tokens: made when they are wanted, and replaced without a gap."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from trivet.sandbox.world.keys import KEPT_KEYS, SigningKeys


def _ids(keys: SigningKeys) -> list[str]:
    return [key["kid"] for key in keys.document()["keys"]]


def test_the_first_is_one_for_all():
    """However many want the first key at once, they get the same one, and it is the one that is published."""
    keys = SigningKeys()
    with ThreadPoolExecutor(4) as pool:
        found = {key.kid for key in pool.map(lambda _: keys.current, range(4))}
    assert list(found) == _ids(keys)


def test_rotation_before_anybody_wanted_one():
    """There is a previous key after the first rotation, whether or not anybody has seen it."""
    keys = SigningKeys()
    keys.rotate()
    assert len(set(_ids(keys))) == KEPT_KEYS
    assert keys.current.kid == _ids(keys)[0]


def test_rotation():
    """The new key signs and comes first, the one before is still published, and older ones are not."""
    keys = SigningKeys()
    known = [keys.current.kid]
    for _ in range(KEPT_KEYS):
        keys.rotate()
        known.insert(0, keys.current.kid)
        assert _ids(keys) == known[:KEPT_KEYS]
