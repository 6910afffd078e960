"""What the Redis store promises beyond the contract: outages, servers that refuse, and keys that clean up."""

import secrets
import ssl
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from socket import create_server
from threading import Event

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from redis import Redis
from redis.exceptions import ResponseError

from between import Between, between
from conftest import Clock
from navigator import Navigator
from servers import Valkey
from site_under_test import Site
from trivet.errors import StoreUnavailable
from trivet.sandbox import Sandbox
from trivet.store import RevocationRecord, SessionRecord, Store, TokenRecord, open_store
from trivet.store.contract import together
from trivet.store.scripts import SLACK_SECONDS

NOW = 1_800_000_000
SERVERS = ("auth.globus.org", "transfer.api.globus.org")


def a_session(**changes: object) -> SessionRecord:
    session = SessionRecord(secrets.token_urlsafe(32), "sub", '{"name": "Zoë"}', "Firefox", NOW, NOW, NOW + 600)
    return replace(session, **changes)  # type: ignore[arg-type]


def tokens_for(session: SessionRecord) -> list[TokenRecord]:
    return [TokenRecord(session.id, server, 1, secrets.token_bytes(60)) for server in SERVERS]


@pytest.fixture
def store(opened: Callable[[str], Store], valkey_url: str) -> Store:
    return opened(valkey_url)


@pytest.fixture
def proxy(valkey: Valkey, valkey_client: Redis) -> Iterator[Between]:
    with between(valkey.port) as server:
        yield server


@pytest.fixture
def settings(valkey_client: Redis) -> Iterator[Callable[[str, str], None]]:
    """Change a setting of the server, for the time of the test."""
    before: dict[str, str] = {}

    def change(name: str, value: str) -> None:
        before.update(valkey_client.config_get(name))
        valkey_client.config_set(name, value)

    yield change
    for name, value in before.items():
        valkey_client.config_set(name, value)


def make_certificate(directory: Path) -> Path:
    """Make a certificate for 127.0.0.1 that vouches for itself; the file also holds its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a test")])
    today = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(today - timedelta(days=1)).not_valid_after(today + timedelta(days=1))
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), False)
    certificate = builder.sign(key, hashes.SHA256())
    path = directory / "certificate.pem"
    path.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + certificate.public_bytes(Encoding.PEM)
    )
    return path


def calls(client: Redis, command: str) -> int:
    """How often the server was given that command."""
    counts = client.info("commandstats").get(f"cmdstat_{command}", {"calls": 0})
    return int(counts["calls"])


class TestOutages:
    def test_a_server_that_is_down_is_unavailable_and_comes_back(
        self, store: Store, valkey: Valkey, valkey_url: str
    ) -> None:
        """While Valkey is stopped every method says so; when it is back, the very next call works."""
        session = a_session()
        (first, second), new = tokens_for(session), a_session()
        revocation = RevocationRecord(new.id, "auth", "sub", b"sealed", NOW, NOW, 0)
        store.open_session(session, [first, second])
        every_method: list[Callable[[], object]] = [
            lambda: store.open_session(new, [], replacing=session.id),
            lambda: store.find_session(session.id),
            lambda: store.touch_session(session.id, last_seen_at=NOW + 1, ends_at=NOW + 700),
            lambda: store.end_session(session.id, now=NOW),
            lambda: store.end_expired(now=NOW + 700, limit=10),
            lambda: store.sessions_of("sub"),
            lambda: store.scan_sessions(limit=10),
            lambda: store.tokens_of(session.id),
            lambda: store.find_token(session.id, first.resource_server),
            lambda: store.replace_token(replace(first, version=2)),
            lambda: store.reseal_token(first, b"sealed anew"),
            lambda: store.add_revocation(revocation),
            lambda: store.claim_revocations(now=NOW, until=NOW + 30, limit=10),
            lambda: store.postpone_revocation(revocation, due_at=NOW),
            lambda: store.settle_revocation(revocation),
            lambda: store.scan_revocations(limit=10),
            lambda: store.reseal_revocation(revocation, b"sealed anew"),
            lambda: store.keep("key", b"value", now=NOW, until=NOW + 60),
            lambda: store.kept("key", now=NOW),
            lambda: store.take("key", now=NOW),
            lambda: store.spend("key", now=NOW, until=NOW + 60),
            lambda: store.take_lease("key", "holder", now=NOW, until=NOW + 60),
            lambda: store.drop_lease("key", "holder"),
            lambda: open_store(valkey_url),
        ]
        valkey.stop()
        try:
            for call in every_method:
                with pytest.raises(StoreUnavailable):
                    call()
        finally:
            valkey.start()
        assert store.find_session(session.id) == session
        assert store.tokens_of(session.id) == [first, second]
        assert store.claim_revocations(now=NOW, until=NOW + 30, limit=10) == []

    @pytest.mark.parametrize("reading", [True, False])
    def test_a_restart_goes_unnoticed(
        self, store: Store, valkey: Valkey, reading: bool, caplog: pytest.LogCaptureFixture
    ) -> None:
        """A server that restarted has broken our connection and forgotten our scripts; nobody notices."""
        session = a_session()
        store.open_session(session, [])
        valkey.stop()
        valkey.start()
        if reading:
            assert store.sessions_of("sub") == [session]
        else:
            assert store.spend("key", now=NOW, until=NOW + 60) is True
        assert caplog.records == []

    def test_a_read_whose_answer_is_lost_is_tried_again(self, opened: Callable[[str], Store], proxy: Between) -> None:
        """Reading twice does no harm, so a connection that breaks in between is one that nobody hears of."""
        store, session = opened(proxy.url), a_session()
        store.open_session(session, [])
        proxy.losing = 1
        assert store.find_session(session.id) == session
        proxy.losing = 2
        with pytest.raises(StoreUnavailable):
            store.find_session(session.id)

    def test_a_write_whose_answer_is_lost_is_not_repeated(
        self, opened: Callable[[str], Store], proxy: Between, valkey_client: Redis
    ) -> None:
        """Nobody knows whether it was done, so it is said to have failed, and is done once at most."""
        store = opened(proxy.url)
        store.spend("another", now=NOW, until=NOW + 60)
        before = calls(valkey_client, "evalsha")
        proxy.losing = 1
        with pytest.raises(StoreUnavailable):
            store.spend("key", now=NOW, until=NOW + 60)
        assert calls(valkey_client, "evalsha") == before + 1

    def test_a_server_that_does_not_answer_is_given_up(self) -> None:
        """A host that takes connections and says nothing does not hang a page; how long it may take is in the URL."""
        with create_server(("127.0.0.1", 0)) as silent:
            url = f"redis://127.0.0.1:{silent.getsockname()[1]}/0?socket_timeout=0.1"
            with pytest.raises(StoreUnavailable) as caught:
                open_store(url)
        assert caught.value.data == {"kind": "redis"}

    def test_a_crash_in_the_middle_leaves_nothing_half_done(self, store: Store, valkey: Valkey) -> None:
        """When the server is killed while people sign in, every answered sign-in is there again, and each is whole."""
        opening, answered = Event(), []

        def sign_in_until_it_fails() -> None:
            with suppress(StoreUnavailable):
                while True:
                    session = a_session()
                    store.open_session(session, tokens_for(session))
                    answered.append(session)
                    opening.set()

        def kill() -> None:
            opening.wait()
            valkey.stop()

        try:
            together(kill, *[sign_in_until_it_fails] * 4)
        finally:
            valkey.start()
        found = store.sessions_of("sub")
        assert {session.id for session in answered} <= {session.id for session in found}
        assert {session.id for session in store.end_expired(now=NOW + 600, limit=100_000)} == {s.id for s in found}
        assert len(store.claim_revocations(now=NOW + 600, until=NOW + 700, limit=100_000)) == 2 * len(found)


class TestRefusals:
    @pytest.mark.parametrize(
        ("answer", "advice"),
        [
            ("LOADING Valkey is loading the dataset in memory", "has just started"),
            ("MASTERDOWN Link with MASTER is down", "has lost its primary"),
            ("MISCONF Errors writing to the AOF file: No space left on device", "disk"),
            ("BUSY Valkey is busy running a script.", "somebody else's"),
            ("READONLY You can't write against a read only replica.", "replica"),
            ("OOM command not allowed when used memory > 'maxmemory'.", "more memory"),
        ],
    )
    def test_what_is_wrong_with_the_server_is_said(
        self, opened: Callable[[str], Store], proxy: Between, answer: str, advice: str
    ) -> None:
        """A server that answers but does not do what it is told is unavailable, and the error says what to look at."""
        store = opened(proxy.url)
        proxy.saying = f"-{answer}\r\n".encode()
        for call in (
            lambda: store.find_session("id"),
            lambda: store.end_session("id", now=NOW),
            lambda: store.keep("key", b"", now=NOW, until=NOW + 60),
        ):
            with pytest.raises(StoreUnavailable, match=advice):
                call()

    def test_a_mistake_of_ours_is_no_outage(self, opened: Callable[[str], Store], proxy: Between) -> None:
        """An answer that speaks of a wrong command is not taken for a server that will be back."""
        store = opened(proxy.url)
        proxy.saying = b"-ERR wrong number of arguments\r\n"
        with pytest.raises(ResponseError):
            store.find_session("id")

    def test_a_replica_can_be_read_and_not_written(self, store: Store, valkey_client: Redis) -> None:
        """When the server has become a replica, pages go on and changes are refused as a whole."""
        session = a_session()
        store.open_session(session, tokens_for(session))
        valkey_client.replicaof("127.0.0.1", "1")
        try:
            assert store.find_session(session.id) == session
            with pytest.raises(StoreUnavailable, match="replica"):
                store.end_session(session.id, now=NOW)
        finally:
            valkey_client.replicaof("NO", "ONE")
        assert len(store.tokens_of(session.id)) == len(SERVERS)

    def test_without_memory_people_can_sign_out(self, store: Store, settings: Callable[[str, str], None]) -> None:
        """A server without memory left takes nothing new, as a whole or not; what is there goes on, and can end."""
        old, new = a_session(), a_session()
        store.open_session(old, tokens_for(old))
        settings("maxmemory", "1")
        for call in (
            lambda: store.open_session(new, tokens_for(new), replacing=old.id),
            lambda: store.keep("key", b"value", now=NOW, until=NOW + 60),
            lambda: store.spend("key", now=NOW, until=NOW + 60),
        ):
            with pytest.raises(StoreUnavailable, match="memory"):
                call()
        assert store.find_session(new.id) is None
        assert store.find_session(old.id) == old
        store.touch_session(old.id, last_seen_at=NOW + 60, ends_at=NOW + 660)
        assert store.replace_token(replace(tokens_for(old)[0], version=2)) is True
        assert store.take_lease("sweep", "holder", now=NOW, until=NOW + 8) is True
        assert store.end_session(old.id, now=NOW) is True
        for revocation in store.claim_revocations(now=NOW, until=NOW + 30, limit=10):
            store.settle_revocation(revocation)
        assert store.scan_revocations(limit=10) == ([], "")

    def test_without_memory_a_site_goes_on(
        self,
        make_site: Callable[..., Site],
        new_browser: Callable[[], Navigator],
        sandbox: Sandbox,
        clock: Clock,
        settings: Callable[[str, str], None],
    ) -> None:
        """With a full server people see pages that need fresh tokens, and sign out; who is gone is swept away."""
        site = make_site(GLOBUS_SESSION_IDLE_SECONDS=200_000)
        here, gone = new_browser(), new_browser()
        here.sign_in(f"{site.url}/mine", "ada")
        gone.sign_in(f"{site.url}/mine", "grace")
        settings("maxmemory", "1")
        clock.advance(172_800)
        assert here.open(f"{site.url}/mine").status == 200
        clock.advance(100_000)
        swept = site.app.extensions["trivet"].sweeper.sweep()
        assert (swept.ended, swept.answered) == (1, True)
        assert "/v2/web/logout" in here.open(f"{site.url}/logout", method="POST", referrer=f"{site.url}/").url
        assert not any(token.active for token in sandbox.tokens)

    def test_too_few_replicas_are_said(self, store: Store, settings: Callable[[str, str], None]) -> None:
        """A server that is set to write only with replicas, and has none, is unavailable for writing."""
        settings("min-replicas-to-write", "1")
        with pytest.raises(StoreUnavailable, match="replicas"):
            store.spend("key", now=NOW, until=NOW + 60)

    @pytest.mark.parametrize(
        ("rules", "advice"), [("+@all", "the user and the password"), ("-@all +auth", "this user")]
    )
    def test_who_may_not_in_is_told_no_secret(
        self, valkey: Valkey, valkey_client: Redis, rules: str, advice: str
    ) -> None:
        """A wrong password, and a user who may do nothing, are told apart; neither error holds the password."""
        right, wrong = secrets.token_hex(8), secrets.token_hex(8)
        valkey_client.execute_command("ACL", "SETUSER", "portal", "on", f">{right}", "~*", *rules.split())
        password = right if "auth" in rules else wrong
        with pytest.raises(StoreUnavailable, match=advice) as caught:
            open_store(f"redis://portal:{password}@127.0.0.1:{valkey.port}")
        assert password not in "".join(traceback.format_exception(caught.value))
        assert "127.0.0.1" not in str(caught.value)

    def test_a_user_with_few_rights_is_enough(self, valkey: Valkey, valkey_client: Redis) -> None:
        """The rights that the documentation names are all that is needed, and a password may hold any character."""
        rights = ("resetkeys", "~trivet:*", "-@all", "+@read", "+@write", "+@scripting", "-@dangerous", "+info")
        valkey_client.execute_command("ACL", "SETUSER", "portal", "on", ">p/w?#@:", *rights)
        store = open_store(f"valkey://portal:p%2Fw%3F%23%40%3A@127.0.0.1:{valkey.port}")
        session = a_session()
        store.open_session(session, tokens_for(session))
        assert store.sessions_of("sub") == [session]
        assert store.end_session(session.id, now=NOW) is True
        store.close()

    def test_a_cluster_is_refused(self) -> None:
        """Where keys lie on several machines nothing could be done as a whole, so it is said at once."""
        server = Valkey(**{"cluster-enabled": "yes"})
        try:
            server.start()
            with pytest.raises(ValueError, match="cluster"):
                open_store(server.url())
        finally:
            server.remove()

    def test_an_old_server_is_refused(self, proxy: Between) -> None:
        """Before version 7 a script could stop halfway, so such a server is refused by name."""
        facts = b"redis_version:6.2.14\r\ncluster_enabled:0"
        proxy.saying = b"$%d\r\n%b\r\n" % (len(facts), facts)
        with pytest.raises(ValueError, match=r"Redis 6\.2\.14"):
            open_store(proxy.url)

    @pytest.mark.parametrize(
        ("policy", "warned"), [("allkeys-lru", True), ("volatile-ttl", True), ("noeviction", False)]
    )
    def test_a_server_that_throws_things_away_is_warned_of(
        self,
        valkey_url: str,
        settings: Callable[[str, str], None],
        caplog: pytest.LogCaptureFixture,
        policy: str,
        warned: bool,
    ) -> None:
        """With another policy than noeviction a full memory costs sessions, and tokens before they are revoked."""
        settings("maxmemory", "1gb")
        settings("maxmemory-policy", policy)
        open_store(valkey_url).close()
        assert [policy in record.getMessage() for record in caplog.records] == [True] * warned


class TestUrls:
    @pytest.mark.parametrize(
        "url",
        [
            "redis:portal:hunter2@db",
            "redis://portal:hunter2@db:port",
            "redis://portal:hunter2@db:6379/first",
            "redis://portal:hunter2@db?no_such_option=1",
            "redis://portal:hunter2@db?socket_timeout=long",
            "valkeys://portal:hunter2@[db",
        ],
    )
    def test_what_is_no_url_is_refused_without_repeating_it(self, url: str) -> None:
        """An address that cannot be read may hold a password, so the error does not show it."""
        with pytest.raises(ValueError, match="not a URL") as caught:
            open_store(url)
        assert "hunter2" not in "".join(traceback.format_exception(caught.value))

    def test_databases_are_separate(self, opened: Callable[[str], Store], valkey: Valkey, valkey_client: Redis) -> None:
        """The number at the end of the URL is the database, so that applications can share a server."""
        one, other, session = opened(valkey.url(1)), opened(valkey.url(2)), a_session()
        one.open_session(session, [])
        assert one.find_session(session.id) == session
        assert other.find_session(session.id) is None

    @pytest.mark.parametrize("scheme", ["rediss", "valkeys"])
    def test_tls_checks_the_certificate(
        self, opened: Callable[[str], Store], valkey: Valkey, valkey_client: Redis, tmp_path: Path, scheme: str
    ) -> None:
        """With an ``s`` the store speaks TLS, to a server whose certificate is vouched for and to no other."""
        certificate = make_certificate(tmp_path)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
        with between(valkey.port, context) as server:
            url = server.url.replace("rediss", scheme)
            assert opened(f"{url}?ssl_ca_certs={certificate}").spend("key", now=NOW, until=NOW + 60) is True
            with pytest.raises(StoreUnavailable):
                open_store(url)


class TestKeys:
    def test_nothing_is_left_when_all_is_over(self, store: Store, valkey_client: Redis) -> None:
        """When sessions have ended and their tokens are revoked, no key remains that does not expire by itself."""
        kept, replaced = a_session(), a_session()
        store.open_session(replaced, tokens_for(replaced))
        store.open_session(kept, tokens_for(kept), replacing=replaced.id)
        store.end_session(kept.id, now=NOW)
        for revocation in store.claim_revocations(now=NOW, until=NOW + 30, limit=10):
            store.settle_revocation(revocation)
        assert valkey_client.dbsize() == 0

    def test_what_may_expire_does_so_after_its_time(self, store: Store, valkey_client: Redis) -> None:
        """The server forgets what is over by itself, yet later than any caller's clock could find it still good."""
        store.spend("key", now=NOW, until=NOW + 60)
        store.keep("key", b"value", now=NOW, until=NOW + 60)
        store.take_lease("key", "holder", now=NOW, until=NOW + 60)
        store.take_lease("key", "holder", now=NOW, until=NOW + 30)
        for name in ("spent", "kept", "lease"):
            assert 60 + SLACK_SECONDS - 5 < valkey_client.ttl(f"trivet:{name}:key") <= 60 + SLACK_SECONDS

    def test_what_is_still_to_be_revoked_never_expires(self, store: Store, valkey_client: Redis) -> None:
        """Neither a session nor its tokens in the outbox can vanish, however long nobody looks after them."""
        live, ended = a_session(), a_session()
        for session in (live, ended):
            store.open_session(session, tokens_for(session))
        store.end_session(ended.id, now=NOW)
        keys = set(valkey_client.scan_iter())
        assert {key.split(b":")[0] for key in keys} == {b"trivet"}
        assert {valkey_client.ttl(key) for key in keys} == {-1}

    def test_many_expired_sessions_are_ended_in_small_steps(self, store: Store, valkey_client: Redis) -> None:
        """However many are asked for at once, the server is not kept from others by ending all of them in one go."""
        for _ in range(50):
            store.open_session(a_session(), [])
        before = calls(valkey_client, "evalsha")
        ended = store.end_expired(now=NOW + 600, limit=45)
        assert len({session.id for session in ended}) == 45
        assert calls(valkey_client, "evalsha") == before + 3
        assert len(store.end_expired(now=NOW + 600, limit=45)) == 5

    def test_lost_keys_do_not_stop_anybody(self, store: Store, valkey_client: Redis) -> None:
        """When a server has thrown something away against our advice, the rest goes on, and what points to it goes."""
        lost, live = a_session(), a_session()
        for session in (lost, live):
            store.open_session(session, tokens_for(session))
        valkey_client.delete(f"trivet:session:{lost.id}")
        assert store.sessions_of("sub") == [live]
        assert store.scan_sessions(limit=10) == ([live], "")
        assert store.end_expired(now=NOW + 600, limit=1) + store.end_expired(now=NOW + 600, limit=10) == [live]
        valkey_client.delete(f"trivet:outbox:{live.id}")
        assert store.scan_revocations(limit=10) == ([], "")
        assert store.claim_revocations(now=NOW + 600, until=NOW + 700, limit=10) == []
        assert valkey_client.zcard("trivet:due") == 0
