"""What is left to revoke, and how it is revoked in the end."""

import json
import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from socket import create_server
from typing import TYPE_CHECKING, Any, cast

import pytest

from conftest import START, Clock
from navigator import Navigator
from site_under_test import TRANSFER, Site
from trivet.errors import ClientRefused, GlobusUnavailable
from trivet.events import Events
from trivet.globus_auth import GlobusAuth
from trivet.outbox import CLAIM_SECONDS, KEPT_SECONDS, LAST_RETRY_SECONDS, Outbox
from trivet.sandbox import Sandbox
from trivet.sealed_tokens import SealedTokens
from trivet.sealing import Sealer
from trivet.session import Session, Sessions
from trivet.slow_globus import Entrance
from trivet.store import RevocationRecord, Store
from trivet.tokens import AccessToken, ClientSecret, RefreshToken, Secret, TokenSet
from trivet.transport import Transports
from trivet.user import User

if TYPE_CHECKING:
    from typing import Self

MakeSite = Callable[..., Site]
NewBrowser = Callable[[], Navigator]
REVOKE = "/v2/oauth2/token/revoke"
SEALED_TOKENS = SealedTokens(Sealer([b"x" * 32], "token"))
ADA = User(sub="ada")


class Globus:
    """Globus Auth as far as the outbox sees it: which tokens are good, which cannot be revoked, whether it answers."""

    def __init__(self) -> None:
        self.good: set[str] = set()
        self.stubborn: set[str] = set()
        self.error: Exception | None = None
        self.calls = 0

    def revoke(self, token: Secret) -> None:
        self.calls += 1
        if self.error:
            raise self.error
        if token.reveal() in self.stubborn:
            raise GlobusUnavailable("no")
        self.good.discard(token.reveal())

    def is_active(self, token: Secret) -> bool:
        if self.error:
            raise self.error
        return token.reveal() in self.good

    def close(self) -> None:
        pass


class Ears:
    """Hears every event."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, dict[str, object]]] = []

    def __call__(self, event: str, facts: dict[str, object]) -> None:
        self.heard.append((event, facts))

    @property
    def names(self) -> list[str]:
        return [event for event, _ in self.heard]


@pytest.fixture
def globus() -> Globus:
    return Globus()


@pytest.fixture
def ears() -> Ears:
    return Ears()


@pytest.fixture
def outbox(store: Store, globus: Globus, ears: Ears, clock: Clock) -> Outbox:
    return Outbox(store, SEALED_TOKENS, cast("GlobusAuth", globus), Events(ears), clock=clock)


@pytest.fixture
def sessions(store: Store, clock: Clock) -> Sessions:
    return Sessions(store, SEALED_TOKENS, idle_seconds=3600, absolute_seconds=7200, clock=clock)


def token_set(globus: Globus, name: str) -> TokenSet:
    globus.good |= {f"r-{name}", f"a-{name}"}
    return TokenSet(
        TRANSFER, AccessToken(f"a-{name}"), RefreshToken(f"r-{name}"), frozenset({"s"}), START, START + 172_800
    )


def signed_in(sessions: Sessions, tokens: TokenSet, *, replacing: Session | None = None) -> Session:
    opened = sessions.open(ADA, {tokens.resource_server: tokens}, replacing=replacing)
    assert opened
    return opened.session


def waiting(store: Store) -> list[RevocationRecord]:
    return store.scan_revocations(limit=1000)[0]


@pytest.mark.parametrize("error", [GlobusUnavailable("no"), ClientRefused("no")])
def test_each_attempt_in_vain_doubles_the_wait(
    sessions: Sessions, outbox: Outbox, globus: Globus, store: Store, clock: Clock, error: Exception
) -> None:
    """Tried again after 10, 20, 40 seconds and so on, but at least once an hour; not before, and then it is done."""
    session = signed_in(sessions, token_set(globus, "1"))
    globus.error = error
    sessions.end(session.id)
    outbox.settle_at_once(session.id)
    for seconds in (10, 20, 40, 80, 160, 320, 640, 1280, 2560, LAST_RETRY_SECONDS, LAST_RETRY_SECONDS):
        (revocation,) = waiting(store)
        assert revocation.due_at == clock.now + seconds
        clock.advance(seconds - 1)
        assert outbox.settle_due().looked_at == 0
        clock.advance(1)
        assert not outbox.settle_due().answered
    globus.error = None
    clock.advance(LAST_RETRY_SECONDS)
    assert outbox.settle_due().answered
    assert waiting(store) == []
    assert globus.good == set()


def test_an_outage_costs_one_call_per_attempt(
    sessions: Sessions, outbox: Outbox, globus: Globus, store: Store, clock: Clock
) -> None:
    """While Globus does not answer, the first failure ends the attempt, and what was not tried is due again soon."""
    for number in range(5):
        sessions.end(signed_in(sessions, token_set(globus, str(number))).id)
    globus.error = GlobusUnavailable("no")
    assert not outbox.settle_due().answered
    assert globus.calls == 1
    assert [revocation.due_at - clock.now for revocation in waiting(store)] == [10] * 5


def test_one_that_cannot_be_revoked_stops_no_other(
    sessions: Sessions, outbox: Outbox, globus: Globus, store: Store, clock: Clock
) -> None:
    """A token that Globus chokes on every time waits longer and longer, and the others behind it are revoked."""
    globus.stubborn.add("r-0")
    for number in range(5):
        sessions.end(signed_in(sessions, token_set(globus, str(number))).id)
    for _ in range(6):
        outbox.settle_due()
        clock.advance(10)
    assert globus.good == {"r-0", "a-0"}


def test_what_globus_calls_inactive_is_done(
    sessions: Sessions, outbox: Outbox, globus: Globus, store: Store, ears: Ears
) -> None:
    """A token that Globus fails to revoke but says is inactive needs no further attempt."""
    session = signed_in(sessions, token_set(globus, "1"))
    globus.stubborn |= globus.good
    globus.good.clear()
    sessions.end(session.id)
    outbox.settle_at_once(session.id)
    assert waiting(store) == []
    assert ears.heard == [("tokens_revoked", {"sub": "ada", "resource_server": TRANSFER, "count": 2})]


def test_a_string_that_another_session_holds_is_left_to_it(
    sessions: Sessions, outbox: Outbox, globus: Globus, store: Store, ears: Ears
) -> None:
    """Of two sessions of one person with the same tokens the first to end revokes nothing, and the last one all."""
    first, last = (signed_in(sessions, token_set(globus, "shared")) for _ in range(2))
    sessions.end(first.id)
    outbox.settle_at_once(first.id)
    assert globus.good == {"r-shared", "a-shared"}
    assert waiting(store) == []
    assert ears.names == []
    sessions.end(last.id)
    outbox.settle_at_once(last.id)
    assert globus.good == set()


def test_sessions_that_end_together_leave_no_shared_string(sessions: Sessions, outbox: Outbox, globus: Globus) -> None:
    """However the ends of several sessions with the same tokens fall together, the tokens are revoked."""
    for _ in range(20):
        held = [signed_in(sessions, token_set(globus, "shared")) for _ in range(4)]
        begun = threading.Barrier(len(held))

        def end(session: Session, begun: threading.Barrier = begun) -> None:
            begun.wait()
            sessions.end(session.id)
            outbox.settle_at_once(session.id)

        with ThreadPoolExecutor(len(held)) as pool:
            list(pool.map(end, held))
        assert globus.good == set()


def test_what_a_step_up_hands_on_is_not_revoked(sessions: Sessions, outbox: Outbox, globus: Globus) -> None:
    """A session that takes another's place keeps the tokens it was handed; what came anew takes the old ones' place."""
    before = signed_in(sessions, token_set(globus, "old"))
    new = TokenSet("groups", AccessToken("a-groups"), None, frozenset({"g"}), START, START + 9)
    after = signed_in(sessions, new, replacing=before)
    outbox.settle_at_once(before.id)
    assert globus.good == {"r-old", "a-old"}
    last = signed_in(sessions, token_set(globus, "new"), replacing=after)
    outbox.settle_at_once(after.id)
    assert globus.good == {"r-new", "a-new"}
    sessions.end(last.id)
    outbox.settle_at_once(last.id)
    assert globus.good == set()


def test_a_superseded_token_is_revoked_with_the_rest(sessions: Sessions, outbox: Outbox, globus: Globus) -> None:
    """An access token that was refreshed early is good for a while yet; it is revoked when its session ends."""
    first = token_set(globus, "first")
    session = signed_in(sessions, first)
    globus.good.add("a-second")
    fresh = TokenSet(TRANSFER, AccessToken("a-second"), None, frozenset({"s"}), START + 9, START + 99).keeping(first)
    assert sessions.replace(session.id, fresh, version=2)
    sessions.end(session.id)
    outbox.settle_at_once(session.id)
    assert globus.good == set()


def test_what_does_not_open_is_kept_until_its_key_is_back(
    sessions: Sessions, store: Store, globus: Globus, clock: Clock, ears: Ears
) -> None:
    """Tokens sealed under a key that is gone stay in the outbox, in nobody's way, and are revoked once it is back."""
    sessions.end(signed_in(sessions, token_set(globus, "1")).id)
    another = SealedTokens(Sealer([b"y" * 32], "token"))
    assert Outbox(store, another, cast("GlobusAuth", globus), Events(ears), clock=clock).settle_due().answered
    assert ears.heard == [("revocation_postponed", {"sub": "ada", "resource_server": TRANSFER, "reason": "unreadable"})]
    clock.advance(10)
    both = SealedTokens(Sealer([b"y" * 32, b"x" * 32], "token"))
    Outbox(store, both, cast("GlobusAuth", globus), Events(ears), clock=clock).settle_due()
    assert globus.good == set()


def test_nothing_is_given_up_before_it_is_dead(
    sessions: Sessions, outbox: Outbox, globus: Globus, store: Store, clock: Clock, ears: Ears
) -> None:
    """A revocation is tried for a year, twice as long as a refresh token lives unused; that it is given up is told."""
    sessions.end(signed_in(sessions, token_set(globus, "1")).id)
    globus.error = GlobusUnavailable("no")
    clock.advance(KEPT_SECONDS - 1)
    outbox.settle_due()
    assert len(waiting(store)) == 1
    clock.advance(LAST_RETRY_SECONDS)
    outbox.settle_due()
    assert waiting(store) == []
    assert ears.names == ["revocation_postponed", "revocation_abandoned"]


def test_a_revocation_that_is_late_is_told_once(
    sessions: Sessions, outbox: Outbox, globus: Globus, clock: Clock, ears: Ears
) -> None:
    """The audit log has one line when a revocation fails first, and one when it is done."""
    sessions.end(signed_in(sessions, token_set(globus, "1")).id)
    globus.error = GlobusUnavailable("no")
    for _ in range(5):
        outbox.settle_due()
        clock.advance(LAST_RETRY_SECONDS)
    globus.error = None
    outbox.settle_due()
    assert ears.names == ["revocation_postponed", "tokens_revoked"]


def test_what_a_dead_process_had_claimed_is_tried_again(
    sessions: Sessions, outbox: Outbox, globus: Globus, store: Store, clock: Clock
) -> None:
    """A worker that dies with revocations in hand is waited out, and then they are anybody's."""
    sessions.end(signed_in(sessions, token_set(globus, "1")).id)
    now = int(clock.now)
    assert store.claim_revocations(now=now, until=now + CLAIM_SECONDS, limit=10)
    assert outbox.settle_due().looked_at == 0
    clock.advance(CLAIM_SECONDS)
    assert outbox.settle_due().looked_at == 1
    assert globus.good == set()


class Dripping:
    """A server that takes every request and answers without ever coming to an end: one byte now and then."""

    def __init__(self) -> None:
        self._socket = create_server(("127.0.0.1", 0))
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._accept)]
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.asked = threading.Event()

    def __enter__(self) -> "Self":
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        with create_connection_to(self._socket.getsockname()[1]):
            pass
        for thread in self._threads:
            thread.join()
        self._socket.close()

    def _accept(self) -> None:
        while not self._over.is_set():
            connection, _ = self._socket.accept()
            self._threads.append(threading.Thread(target=self._drip, args=(connection,)))
            self._threads[-1].start()

    def _drip(self, connection: Any) -> None:
        with connection:
            connection.settimeout(5)
            if connection.recv(4096):
                self.asked.set()
                connection.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
                while not self._over.wait(0.05):
                    connection.sendall(b"x")


@contextmanager
def create_connection_to(port: int) -> Iterator[None]:
    from socket import create_connection

    with create_connection(("127.0.0.1", port)):
        yield


def test_nobody_waits_for_a_globus_that_never_comes_to_an_end(
    sessions: Sessions, globus: Globus, store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer that drips in byte by byte, within every time limit of a connection, holds nobody up."""
    session = signed_in(sessions, token_set(globus, "1"))
    with Dripping() as server:
        monkeypatch.setenv("GLOBUS_SDK_SERVICE_URL_AUTH", server.url)
        transports, entrance = Transports(timeout_seconds=10), Entrance(seats=1, clock=clock)
        dripping = GlobusAuth(
            client_id="x" * 36, client_secret=ClientSecret("y"), transports=transports, entrance=entrance
        )
        outbox = Outbox(store, SEALED_TOKENS, dripping, Events(), clock=clock)
        sessions.end(session.id)
        outbox.settle_at_once(session.id)  # returns, although the server has not finished
        assert server.asked.is_set()
        assert len(waiting(store)) == 1


def test_a_slow_globus_holds_nobody_up_at_sign_out(site: Site, browser: Navigator, sandbox: Sandbox) -> None:
    """Who signs out while Globus takes its time is signed out and on their way before Globus has done anything."""
    browser.sign_in(f"{site.url}/mine")
    sandbox.fail(REVOKE, times=None, status=None, latency=4)
    leaving = browser.step(f"{site.url}/logout", method="POST", referrer=f"{site.url}/")
    assert leaving.status_code == 303
    assert any(token.active for token in sandbox.tokens)
    assert browser.open(f"{site.url}/").text == "nobody"
    sandbox.clear_faults()


def test_sharing_holds_at_globus_too(
    site: Site, browser: Navigator, new_browser: NewBrowser, sandbox: Sandbox, store: Store, clock: Clock
) -> None:
    """Tokens that two real sessions share go on working when one signs out, and are dead when both have."""
    other = new_browser()
    browser.sign_in(f"{site.url}/mine")
    sealed_tokens = SealedTokens(Sealer([site.app.config["SECRET_KEY"].encode()], "token"))
    sessions = Sessions(store, sealed_tokens, idle_seconds=3600, absolute_seconds=7200, clock=clock)
    first = sessions.find(browser.cookies[site.session_cookie])
    assert first
    opened = sessions.open(first.user, sessions.all_tokens(first.id))
    assert opened
    other.http.cookies.set(site.session_cookie, opened.cookie_value.reveal(), domain="localhost.local")
    for someone, left in ((browser, True), (other, False)):
        assert someone.open(f"{site.url}/mine").status == 200
        someone.step(f"{site.url}/logout", method="POST", referrer=f"{site.url}/")
        assert any(token.active for token in sandbox.tokens) is left


def test_a_token_refreshed_early_is_dead_after_signing_out(
    make_site: MakeSite, browser: Navigator, sandbox: Sandbox, clock: Clock
) -> None:
    """With two access tokens of one session alive, the current one and the one before, signing out ends both."""
    site = make_site(GLOBUS_SESSION_IDLE_SECONDS=200_000, GLOBUS_SCOPES=[f"urn:globus:auth:scope:{TRANSFER}:all"])
    site.app.add_url_rule("/hour", "hour", lambda: str(site.globus.access_token(TRANSFER, for_at_least=3600)))
    browser.sign_in(f"{site.url}/token")
    clock.advance(172_800 - 30)
    assert browser.open(f"{site.url}/hour").status == 200
    alive = [token for token in sandbox.tokens if token.active and token.kind == "access"]
    assert len([token for token in alive if token.resource_server == TRANSFER]) == 2
    browser.step(f"{site.url}/logout", method="POST", referrer=f"{site.url}/")
    assert not any(token.active for token in sandbox.tokens)


def test_late_revocations_are_in_the_audit_log_without_secrets(
    site: Site, browser: Navigator, sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    """A revocation that fails is a line of JSON with who and which service, and no token is in it."""
    caplog.set_level(logging.INFO, "trivet.audit")
    browser.sign_in(f"{site.url}/mine")
    sandbox.fail(REVOKE, times=None, status=503)
    browser.step(f"{site.url}/logout", method="POST", referrer=f"{site.url}/")
    lines = [json.loads(record.message) for record in caplog.records if record.name == "trivet.audit"]
    late = [line for line in lines if line["event"] == "revocation_postponed"]
    assert late
    assert {line["sub"] for line in late} == {sandbox.people["ada"].sub}
    assert not any(token.value in caplog.text for token in sandbox.tokens)
