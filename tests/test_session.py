"""Sessions: what they outlive and what not."""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from conftest import START, Clock
from navigator import Navigator
from site_under_test import TRANSFER, Site
from trivet.errors import LoginNeeded
from trivet.sandbox import Sandbox
from trivet.sealed_tokens import SealedTokens
from trivet.sealing import Sealer
from trivet.session import Opened, Sessions
from trivet.store import Opening, SessionRecord, Store, TokenRecord
from trivet.store.memory import MemoryStore
from trivet.tokens import AccessToken, RefreshToken, TokenSet
from trivet.user import User

MakeSite = Callable[..., Site]
SEALED_TOKENS = SealedTokens(Sealer([b"x" * 32], "token"))
ADA, GRACE = User(sub="ada", identity_set=()), User(sub="grace", identity_set=())


def token_set(name: str, resource_server: str = TRANSFER) -> TokenSet:
    return TokenSet(
        resource_server, AccessToken(f"a-{name}"), RefreshToken(f"r-{name}"), frozenset({"s"}), START, START + 172800
    )


@pytest.fixture
def sessions(store: Store, clock: Clock) -> Sessions:
    return Sessions(store, SEALED_TOKENS, idle_seconds=3600, absolute_seconds=7200, clock=clock)


def opened(sessions: Sessions, user: User = ADA, *names: str) -> Opened:
    return done(sessions.open(user, {name: token_set(name, name) for name in names}))


def done(opened: Opened | None) -> Opened:
    assert opened
    return opened


def test_a_cookie_leads_to_its_session(sessions: Sessions) -> None:
    """The value that opening gave finds the session and its user; no other value does."""
    one = opened(sessions)
    found = sessions.find(one.cookie_value.reveal())
    assert found
    assert (found.id, found.user) == (one.session.id, ADA)
    for other in (
        "",
        "A" * 43,
        one.session.id,
        one.cookie_value.reveal() + "A",
        "é" * 43,
        one.cookie_value.reveal()[:-1],
    ):
        assert sessions.find(other) is None


def test_the_id_does_not_lead_to_the_cookie(sessions: Sessions) -> None:
    """A session's id may be shown: it is a hash of the cookie value, and finds nothing when sent as one."""
    one = opened(sessions)
    assert one.session.id != one.cookie_value.reveal()
    assert sessions.find(one.session.id) is None


@pytest.mark.parametrize(
    ("visits", "over"),
    [
        ([3599], False),
        ([3600], True),
        ([3000, 3000], False),
        ([3000, 3000, 1199], False),
        ([3000, 3000, 1200], True),
    ],
)
def test_sessions_end_when_idle_or_old(sessions: Sessions, clock: Clock, visits: list[int], over: bool) -> None:
    """A session is over exactly when its idle time or its absolute time has passed, however busy it was."""
    cookie_value = opened(sessions).cookie_value.reveal()
    for seconds in visits[:-1]:
        clock.advance(seconds)
        session = sessions.find(cookie_value)
        assert session
        assert not sessions.is_over(session)
        sessions.touch(session)
    clock.advance(visits[-1])
    session = sessions.find(cookie_value)
    assert session
    assert sessions.is_over(session) is over


def test_last_seen_is_written_once_a_minute(sessions: Sessions, clock: Clock) -> None:
    """An ordinary page view writes nothing; the first one after a minute does."""
    cookie_value = opened(sessions).cookie_value.reveal()
    for seconds, seen in ((59, START), (1, START + 60)):
        clock.advance(seconds)
        session = sessions.find(cookie_value)
        assert session
        sessions.touch(session)
        found = sessions.find(cookie_value)
        assert found
        assert found.last_seen_at == seen


def waiting(store: Store) -> set[str]:
    """Return the refresh tokens in the outbox."""
    revocations, _ = store.scan_revocations(limit=100)
    opened = [SEALED_TOKENS.open(revocation) for revocation in revocations]
    return {tokens.refresh_token.reveal() for tokens in opened if tokens.refresh_token}


def test_a_replaced_session_hands_its_other_tokens_on(sessions: Sessions, store: Store) -> None:
    """When the same person signs in again, tokens that did not come anew move along; the outbox gets what there was."""
    before = opened(sessions, ADA, "auth", "groups").session
    after = done(sessions.open(ADA, {"auth": token_set("new", "auth")}, replacing=before))
    held = sessions.all_tokens(after.session.id)
    assert {name: tokens.access_token.reveal() for name, tokens in held.items()} == {
        "auth": "a-new",
        "groups": "a-groups",
    }
    assert waiting(store) == {"r-auth", "r-groups"}
    assert sessions.all_tokens(before.id) == {}


def test_a_refresh_during_a_replacement_is_handed_on(clock: Clock) -> None:
    """What another worker refreshes while a new session takes the place of the old one is in the new session."""

    class SlowStore(MemoryStore):
        def open_session(self, session: SessionRecord, tokens: Sequence[TokenRecord], **how: Any) -> Opening:
            if how["handed_on"] and how["handed_on"][0].version == 1:
                sessions.replace(how["replacing"], token_set("fresh", "groups"), version=2)
            return super().open_session(session, tokens, **how)

    sessions = Sessions(SlowStore(), SEALED_TOKENS, idle_seconds=9, absolute_seconds=9, clock=clock)
    before = opened(sessions, ADA, "auth", "groups").session
    after = done(sessions.open(ADA, {"auth": token_set("new", "auth")}, replacing=before))
    held = sessions.all_tokens(after.session.id)
    assert {tokens.access_token.reveal() for tokens in held.values()} == {"a-new", "a-fresh"}


def test_a_different_person_inherits_nothing(sessions: Sessions, store: Store) -> None:
    """When somebody else takes over the browser, none of the first person's tokens pass to them."""
    before = opened(sessions, ADA, "auth", "groups").session
    after = done(sessions.open(GRACE, {"auth": token_set("grace", "auth")}, replacing=before))
    assert set(sessions.all_tokens(after.session.id)) == {"auth"}
    assert waiting(store) == {"r-auth", "r-groups"}


def test_a_moved_ciphertext_does_not_open(clock: Clock) -> None:
    """Tokens copied into another session's row, or another service's, are refused and count as signed out."""
    store = MemoryStore()
    sessions = Sessions(store, SEALED_TOKENS, idle_seconds=9, absolute_seconds=9, clock=clock)
    ada, grace = opened(sessions, ADA, "auth").session, opened(sessions, GRACE, "auth", "groups").session
    stolen = store.find_token(ada.id, "auth")
    assert stolen
    for place in ("auth", "groups"):
        assert store.replace_token(dataclasses.replace(stolen, session_id=grace.id, resource_server=place, version=2))
        with pytest.raises(LoginNeeded):
            sessions.held(grace.id, place)
    assert sessions.all_tokens(grace.id) == {}
    assert sessions.end(grace.id)


def test_an_idle_session_is_over_for_the_browser_too(
    make_site: MakeSite, browser: Navigator, sandbox: Sandbox, clock: Clock
) -> None:
    """Who comes back after the idle time is signed out, their tokens are revoked, and signing in leads back."""
    site = make_site(GLOBUS_SESSION_IDLE_SECONDS=600)
    browser.sign_in(f"{site.url}/private")
    clock.advance(600)
    assert browser.open(f"{site.url}/").text == "nobody"
    assert not any(token.active for token in sandbox.tokens)
    assert browser.sign_in(f"{site.url}/private?x=1").url == f"{site.url}/private?x=1"


def test_a_rotated_secret_keeps_people_signed_in(make_site: MakeSite, browser: Navigator) -> None:
    """With the old secret among Flask's SECRET_KEY_FALLBACKS, sessions and their tokens go on under a new one."""
    old = make_site()
    seen = browser.sign_in(f"{old.url}/token")
    old.stop()
    new = make_site(SECRET_KEY="b" * 40, SECRET_KEY_FALLBACKS=[old.app.config["SECRET_KEY"]])
    browser.http.cookies.set(new.session_cookie, browser.cookies[old.session_cookie], domain="localhost.local")
    assert browser.open(f"{new.url}/token").response.json() == seen.response.json()
