"""Pending logins and the cookies they travel in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import Clock
from trivet.pending import MAX_PENDING, MAX_PENDING_BYTES, PendingCookies, PendingLogin, attempt_key
from trivet.redirects import MAX_NEXT_CHARACTERS
from trivet.sealing import Sealer


@pytest.fixture
def cookies(clock: Clock) -> PendingCookies:
    return PendingCookies(Sealer([b"x" * 32], "pending login"), prefix="t-login-", login_seconds=900, clock=clock)


def attempt(state: str, *, begun_at: float = 1_800_000_000, return_to: str = "/") -> PendingLogin:
    return PendingLogin(
        state=state,
        nonce="n" * 43,
        code_verifier="canary" * 8,
        return_to=return_to,
        needed=(),
        demand="",
        sub=None,
        begun_at=int(begun_at),
    )


def jar(cookies: PendingCookies, *attempts: PendingLogin) -> dict[str, str]:
    return {cookies.name(pending.key): cookies.seal(pending) for pending in attempts}


def test_an_attempt_is_found_by_its_state(cookies: PendingCookies) -> None:
    """Several attempts side by side are each found by their own ``state``, whole."""
    one, two = attempt("one", return_to="/données?x=1"), attempt("two")
    both = jar(cookies, one, two)
    assert cookies.find(both, "one") == one
    assert cookies.find(both, "two") == two
    assert cookies.find(both, "three") is None


def test_a_cookie_shows_nothing(cookies: PendingCookies) -> None:
    """Neither name nor value of the cookie shows the ``state`` or the verifier."""
    ((name, value),) = jar(cookies, attempt("canary-state")).items()
    assert "canary" not in name + value


def test_a_cookie_under_another_name_is_not_an_attempt(cookies: PendingCookies) -> None:
    """A cookie renamed to fit another attempt's ``state`` is refused."""
    stolen = cookies.seal(attempt("one"))
    assert cookies.find({cookies.name(attempt_key("two")): stolen}, "two") is None


@given(st.text(max_size=200), st.text(max_size=40))
def test_no_cookie_or_state_breaks_it(value: str, state: str) -> None:
    """Whatever a browser sends as cookie and ``state``, the answer is "no such attempt"."""
    cookies = PendingCookies(Sealer([b"x" * 32], "pending login"), prefix="t-", login_seconds=900, clock=Clock())
    name = cookies.name(attempt_key(state))
    assert cookies.find({name: value}, state) is None
    assert cookies.surplus({name: value}, coming="") == [name]


def test_a_cookie_of_another_version_is_no_attempt(cookies: PendingCookies) -> None:
    """A record that another version of us sealed, with other fields, counts as none; it is cleared away."""
    name = cookies.name(attempt_key("one"))
    for record in (b'{"state": "one"}', b"[]", b"not json"):
        foreign = Sealer([b"x" * 32], "pending login").seal_text(record, place=name)
        assert cookies.find({name: foreign}, "one") is None
        assert cookies.surplus({name: foreign}, coming="") == [name]


@pytest.mark.parametrize(("seconds", "stale"), [(0, False), (899, False), (900, True), (-300, False), (-301, True)])
def test_an_attempt_has_its_time(cookies: PendingCookies, clock: Clock, seconds: int, stale: bool) -> None:
    """An attempt is stale from the very second that its time is over, or when no worker's clock can have begun it."""
    pending = attempt("one", begun_at=clock())
    clock.advance(seconds)
    assert cookies.is_stale(pending) is stale


def test_the_oldest_attempts_give_way(cookies: PendingCookies, clock: Clock) -> None:
    """At most six attempts are kept, the one that is beginning included, and the oldest are the first to go."""
    many = jar(cookies, *(attempt(f"s{number}", begun_at=clock() - number) for number in range(8)))
    surplus = cookies.surplus(many, coming="x")
    kept = [name for name in many if name not in surplus]
    assert kept == [cookies.name(attempt_key(f"s{number}")) for number in range(MAX_PENDING - 1)]


def test_attempts_never_outgrow_what_servers_accept(cookies: PendingCookies, clock: Clock) -> None:
    """However long the addresses to return to, the cookies together stay below what servers accept in one header."""
    longest = "/" + "é" * (MAX_NEXT_CHARACTERS // 6)
    many = jar(cookies, *(attempt(f"s{number}", begun_at=clock() - number, return_to=longest) for number in range(6)))
    coming = cookies.seal(attempt("new", return_to=longest))
    surplus = cookies.surplus(many, coming=coming)
    kept = {name: value for name, value in many.items() if name not in surplus}
    assert sum(len(name) + len(value) for name, value in kept.items()) + len(coming) <= MAX_PENDING_BYTES
    assert kept


def test_a_cookie_that_browsers_would_drop_is_noticed(cookies: PendingCookies) -> None:
    """An address to return to that makes the cookie too long for browsers is noticed before it is sent."""
    assert cookies.fits(attempt("one", return_to="/" + "a" * (MAX_NEXT_CHARACTERS - 1)))
    assert not cookies.fits(attempt("one", return_to="/" + '"' * (MAX_NEXT_CHARACTERS - 1)))


def test_other_cookies_are_left_alone(cookies: PendingCookies) -> None:
    """Only cookies of pending logins are ever surplus."""
    assert cookies.surplus({"session": "x", "t": "y"}, coming="") == []


def test_junk_is_cleared_away_bit_by_bit(cookies: PendingCookies) -> None:
    """However many cookies pretend to be attempts, one answer deletes twenty at most: headers have limits, too."""
    junk = {cookies.name(str(number)): "b" for number in range(3000)}
    assert len(cookies.surplus(junk, coming="x")) == 20
